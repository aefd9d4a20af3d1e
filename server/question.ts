/** What a question asks for: its words with how much each counts, the documents it names, what it carries over. */
import { type Token, tokens } from '../ingest/analysis.js'
import type { AnswerForm } from '../ingest/answer-forms.js'
import type { PolicyDocument } from '../ingest/corpus.js'
import { type QueryWord, withNumbers } from '../ingest/query-units.js'
import { type AnswerType, answerType } from './answer-type.js'
import { type DocumentQuestion, splitByDocument } from './document-parts.js'
import { type DocumentScope, findScope } from './document-scope.js'
import { splitQuestion } from './question-parts.js'

/** An earlier turn, as far as understanding the next one needs it. */
export interface EarlierTurn {
  readonly question: string
  /** Document of the first citation of its answer; `null` when it was refused or failed. */
  readonly documentId: string | null
  /** Paragraph of the first citation of its answer; `null` when it was refused or failed. */
  readonly paragraphId: string | null
}

/** A question, ready to be searched. */
export interface UnderstoodQuestion {
  /** Words of earlier turns first, in order, stop words included. */
  readonly words: readonly QueryWord[]
  /** How strongly each document is asked for, 0..1; documents that are not asked for are absent. */
  readonly preferences: ReadonlyMap<string, number>
  /** Documents that the question itself names clearly. */
  readonly named: readonly string[]
  /** Whether other documents than those named are no answer: each of several is asked by itself. */
  readonly confined: boolean
  /** Whether several documents are asked the same. */
  readonly isShared: boolean
  /** Forms that the answer can take; empty when the question does not tell. */
  readonly answerForms: readonly AnswerForm[]
  /** Whether it cannot be understood without the turn before it. */
  readonly followUp: boolean
  /** For such a question, the paragraph that answered that turn; otherwise `null`. */
  readonly earlierParagraph: string | null
}

/** How much words count. Chosen by `evals/train.ts`. */
const WEIGHTS = {
  /** A word that only names the document. */
  naming: 0.15,
  /** A word that many questions hold whatever they ask. */
  light: 0.35,
  /** A word of the turn before a question that needs it, and before one that does not. */
  carried: 0.45,
  carriedAnyway: 0.12,
  /** A word of another part of the same question. */
  around: 0.35,
  /** Each turn further back. */
  decay: 0.4,
} as const
/** How strongly the document of the earlier answer is asked for. */
const PREFERENCE_CARRIED = 0.6
const PREFERENCE_CARRIED_ANYWAY = 0.25
/** The same where the question before named the document itself, and this one cannot be understood without it. */
const PREFERENCE_ASKED_ON = 0.8
/** How strongly each of several documents is asked for that one name can mean. */
const PREFERENCE_SEVERAL = 0.4
const CLEARLY_NAMED = 0.75

/** Verbs and nouns of asking, as stems. */
const LIGHT_WORDS = new Set(
  (
    'zeg schrijf schriff noem vertel vind zie beschrijf stel spreek afspreek betreken gebeur precies eigenlijk graag informatie vrag antwoord ' +
    'document tekst stuk bron passag paragraaf bedoel beteken houd inhoud uitleg leg weet kom ga mens ding manier wijz vorm ' +
    'soort aantal verder samengevat kort gezegd belangrijk tijdens rond wens probeer probern iemand niemand echt alvast altijd ooit nooit ' +
    'nou maak gebruik krijg geef neem houdt dacht denk gek verschil rol spel standpunt mening visie stand'
  ).split(' '),
)

/** Words that point back to what was said before. */
const POINTING =
  /(?:^|[^\p{L}])(?:het|ze|zij|hij|hen|hun|die|dat|dit|deze|daar|er|ervan|ervoor|erop|eraan|ermee|erbij|erin|daarvan|daarvoor|daarop|daaraan|daarmee|daarbij|daarin|daarover|daaruit|daarna|zo['’]n|zulke|dan|eerste|tweede|laatste|andere|ook|nog)(?![\p{L}])/iu
/** The same where they cannot be an article or open a clause, for a part of a question. */
const POINTING_IN_PART =
  /(?<![\p{L}])(?:ze|zij|hij|hen|hun|(?:er|daar)(?:van|voor|op|aan|mee|bij|in|over|uit|na|door|tegen)|(?:is|zijn|was|waren|wordt|worden|werd|werden|heeft|hebben|kan|moet|komt|gaat|geldt|verscheen|verschillen) (?:die|dat|dit|deze|het))(?= (?:op|in|uit|mee|van|voor|aan|bij|al|ook|nog|niet|echt|precies|\p{L}+(?:d|t|en|lijk|baar|end))(?![\p{L}])|$)|(?<![\p{L}])(?:die|dat|dit|deze|het)$/iu
const OPENING = /^(?:en|maar|of|dus|ook|oke|ok|nee|ja)(?![\p{L}])/iu
/** Content words from which a question stands by itself when nothing points back. */
const SELF_CONTAINED = 4

/** The tokens of a question, sentence by sentence, so that nothing is joined across an end; official numbers are told. */
const tokensOf = (question: string) =>
  withNumbers(question.split(/(?<=[.?!;:])\s+/).flatMap(tokens), question)

function needsEarlier(question: string, own: readonly Token[]): boolean {
  const content = own.filter(({ stop, stem }) => !stop && !LIGHT_WORDS.has(stem)).length
  return content < SELF_CONTAINED || OPENING.test(question.trim()) || POINTING.test(question)
}

function weigh(
  all: readonly Omit<QueryWord, 'weight'>[],
  naming: ReadonlySet<number>,
  factor: number,
): QueryWord[] {
  return all.map((token, at) => {
    const weight = naming.has(at) ? WEIGHTS.naming : LIGHT_WORDS.has(token.stem) ? WEIGHTS.light : 1
    return { ...token, weight: weight * factor }
  })
}

const FORMS: Partial<Record<AnswerType, readonly AnswerForm[]>> = {
  amount: ['amount', 'number'],
  percentage: ['percentage'],
  number: ['number'],
  date: ['date'],
  person: ['actor'],
  place: ['place'],
  reason: ['reason'],
  definition: ['definition'],
}
const DURATION =
  /\b(?:hoe ?lang|hoe vaak|hoe snel|welke termijn|binnen hoeveel|hoeveel (?:tijd|dagen|weken|maanden|jaar|jaren|uur|uren)|om de hoeveel)\b/iu

/** Forms that the answer to a question can take. */
export function expectedForms(question: string): readonly AnswerForm[] {
  if (DURATION.test(question)) return ['duration', 'date']
  return FORMS[answerType(question)] ?? []
}

/** What a question says about documents, or what is known of it already. */
function scopeOf(
  own: readonly Token[],
  documents: readonly PolicyDocument[],
  meant: readonly string[] | undefined,
): Pick<DocumentScope, 'preferences' | 'naming'> {
  const scope = findScope(own, documents)
  if (!meant) return scope
  const years = new Set(documents.filter(({ id }) => meant.includes(id)).map(({ date }) => date?.slice(0, 4)))
  const naming = new Set(scope.mentioning)
  for (const [at, { stem }] of own.entries()) if (years.has(stem)) naming.add(at)
  return { naming, preferences: new Map(meant.map(id => [id, meant.length === 1 ? 1 : PREFERENCE_SEVERAL])) }
}

/**
 * Reads a question in its conversation.
 *
 * @param meant documents that it is known to ask
 */
export function understand(
  question: string,
  history: readonly EarlierTurn[],
  documents: readonly PolicyDocument[],
  meant?: readonly string[],
): UnderstoodQuestion {
  const own = tokensOf(question)
  const scope = scopeOf(own, documents, meant)
  const preferences = new Map(scope.preferences)
  const named = clearlyNamed(scope)
  const followUp = history.length > 0 && needsEarlier(question, own)
  let factor: number = followUp ? WEIGHTS.carried : WEIGHTS.carriedAnyway
  let preference = followUp ? PREFERENCE_CARRIED : PREFERENCE_CARRIED_ANYWAY
  const prefer = (id: string, strength: number) =>
    preferences.set(id, Math.max(preferences.get(id) ?? 0, strength))
  const carried: QueryWord[][] = []
  for (const turn of [...history].reverse()) {
    const earlier = tokensOf(turn.question)
    const earlierScope = findScope(earlier, documents)
    carried.unshift(without(weigh(earlier, earlierScope.naming, factor), own))
    if (named.length === 0) {
      for (const [id, clearly] of earlierScope.preferences) {
        const isAskedOn = preference === PREFERENCE_CARRIED && clearly >= CLEARLY_NAMED
        prefer(id, isAskedOn ? PREFERENCE_ASKED_ON : clearly * preference)
      }
      if (turn.documentId !== null) prefer(turn.documentId, preference)
    }
    factor *= WEIGHTS.decay
    preference *= WEIGHTS.decay
  }
  return {
    words: [...carried.flat(), ...weigh(own, scope.naming, 1)],
    preferences,
    named,
    confined: meant?.length === 1,
    isShared: false,
    followUp,
    earlierParagraph: followUp ? (history.at(-1)?.paragraphId ?? null) : null,
    answerForms: expectedForms(question),
  }
}

/** A part of a question, as understood. */
export interface UnderstoodPart {
  /** The part as a question of its own. */
  readonly question: string
  /** As it is shown. */
  readonly title: string
  readonly understood: UnderstoodQuestion
  /** Whether it speaks of what the part before it was about. */
  readonly pointsBack: boolean
}

/** Most parts of one question that are searched. */
const MOST_PARTS = 4

/**
 * Reads the parts of a question: the questions it holds, and where it asks several documents, one for each of them.
 *
 * @returns at least one part, in the order of the question
 */
export function understandParts(
  question: string,
  history: readonly EarlierTurn[],
  documents: readonly PolicyDocument[],
): UnderstoodPart[] {
  const byDocument = splitByDocument(question, documents)
  const understood =
    byDocument.length > 0
      ? byDocument.flatMap(each => understandOf(each, byDocument, history, documents))
      : understandQuestions(splitQuestion(question), history, documents)
  return understood.slice(0, MOST_PARTS)
}

/** Reads what is asked of one document, with the words of the other questions around it where it may need them. */
function understandOf(
  { question, title, documents: meant, isShared }: DocumentQuestion,
  all: readonly DocumentQuestion[],
  history: readonly EarlierTurn[],
  documents: readonly PolicyDocument[],
): UnderstoodPart[] {
  const questions = splitQuestion(question)
  const others = isShared ? [] : all.map(each => each.question)
  return questions.map(each => {
    const understood = { ...understand(each, history, documents, meant), isShared }
    const words = [...wordsAround(each, [...others, ...questions], documents), ...understood.words]
    return {
      question: each,
      title: questions.length > 1 ? each : title,
      understood: { ...understood, words },
      pointsBack: false,
    }
  })
}

/** The words of other questions beside one, those left out that it holds itself. */
function wordsAround(
  question: string,
  others: readonly string[],
  documents: readonly PolicyDocument[],
): QueryWord[] {
  const own = tokensOf(question)
  return others
    .filter(other => other !== question && !other.includes(question))
    .flatMap(other => {
      const stems = tokensOf(other)
      return without(weigh(stems, findScope(stems, documents).naming, WEIGHTS.around), own)
    })
}

/** A part that points back, read as one about the document that answers the part before it. */
export function withDocumentBefore(
  understood: UnderstoodQuestion,
  { id }: Pick<PolicyDocument, 'id'>,
): UnderstoodQuestion {
  if (understood.named.length > 0) return understood
  const preferences = new Map(understood.preferences)
  preferences.set(id, Math.max(preferences.get(id) ?? 0, PREFERENCE_CARRIED))
  return { ...understood, preferences }
}

/** Reads questions, each with the words of the whole around it. */
function understandQuestions(
  parts: readonly string[],
  history: readonly EarlierTurn[],
  documents: readonly PolicyDocument[],
): UnderstoodPart[] {
  const whole = understand(parts.join(' '), history, documents)
  return parts
    .map((question, at) => ({
      question,
      title: question,
      pointsBack: at > 0 && POINTING_IN_PART.test(question),
      understood: understandPart(question, parts, whole, documents, history),
    }))
    .flatMap(perDocument)
}

function understandPart(
  question: string,
  parts: readonly string[],
  whole: UnderstoodQuestion,
  documents: readonly PolicyDocument[],
  history: readonly EarlierTurn[],
): UnderstoodQuestion {
  if (parts.length === 1) return whole
  const part = understand(question, history, documents)
  const around = wordsAround(question, parts, documents)
  // A part that names no document is about the one that was named before.
  const preferences = part.named.length > 0 ? part.preferences : whole.preferences
  return { ...part, words: [...around, ...part.words], preferences }
}

function perDocument(part: UnderstoodPart): UnderstoodPart[] {
  const { understood } = part
  const clearest = Math.max(...understood.preferences.values())
  const named = understood.named.filter(id => (understood.preferences.get(id) ?? 0) >= clearest - 0.15)
  if (named.length < 2) return [part]
  return named.map(id => ({
    ...part,
    understood: { ...understood, preferences: new Map([[id, 1]]), named: [id] },
  }))
}

function clearlyNamed({ preferences }: { readonly preferences: ReadonlyMap<string, number> }): string[] {
  return [...preferences].flatMap(([id, preference]) => (preference >= CLEARLY_NAMED ? [id] : []))
}

/** Words without those that the question itself holds: they count once, and in full. */
function without(words: readonly QueryWord[], own: readonly Token[]): QueryWord[] {
  const stems = new Set(own.map(({ stem }) => stem))
  return words.filter(({ stop, stem }) => stop || !stems.has(stem))
}
