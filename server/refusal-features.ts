/** What tells whether evidence carries a question: explainable features of the question and of the best paragraphs. */
import { fold, lexicon, type Token, tokenize, tokens } from '../ingest/analysis.js'
import { splitCompound } from '../ingest/compounds.js'
import type { Paragraph, PolicyDocument, Statement } from '../ingest/corpus.js'
import { isClose } from '../ingest/lexicon.js'
import type { QueryUnit } from '../ingest/query-units.js'
import type { Candidate } from '../ingest/search.js'
import { spellingDistance } from '../ingest/spelling.js'
import { type AnswerType, answerType, findValues } from './answer-type.js'
import type { Evidence } from './retrieval.js'
import { sentencesOf } from './sentences.js'

/** Features of the best paragraph that are taken over from the ranking (`ingest/features.ts`). */
const TAKEN_OVER = [
  'text',
  'clause',
  'phrase',
  'bm25',
  'joint',
  'question',
  'questionForward',
  'questionBackward',
  'questionPhrase',
  'statement',
  'enriched',
  'vector',
  'questionVector',
  'notPreferred',
] as const

/** Kinds of answers that have a form of their own, so that a sentence can be seen to lack one. */
const FORMED: readonly AnswerType[] = ['amount', 'percentage', 'number', 'date']
/** Kinds of answers that a statement holds or not: a question of this kind was written for it, or none was. */
const PARTICULAR: readonly AnswerType[] = [...FORMED, 'person', 'place', 'reason']
/** Level below which a word of the question counts as not held. */
const HELD = 0.4
/** Candidates among which a question of the enrichment may be nearer than that of the best one. */
const ALTERNATIVES = 6
/** How well a word is held that stands there itself, by a word that means nearly the same, and as part of a compound. */
const STRICT_LEVELS = { itself: 1, synonym: 0.4, part: 0.6 } as const
/** Candidates whose written questions are compared with the one asked. */
const COMPARED = 4
/** Numbers of words at which a count of missing words and the length of a question reach 1. */
const MANY_MISSING = 4
const LONG_QUESTION = 12

const YEAR = /\b(?:19|20)\d{2}\b/g

/** Ways of asking: what a policy document answers less often, or in other words. */
const MANNERS: Readonly<Record<string, RegExp>> = {
  asksPersonal: /\b(?:ik|mij|mijn|m'n|me)\b/u,
  asksOfOwn: /\b(?:mijn|m'n)\b/u,
  asksHowTo: /\b(?:hoe|waar|wanneer|mag|kan|moet|krijg|wat) (?:\p{L}+ )?ik\b/u,
  asksNow: /\b(?:nu|momenteel|vandaag|dit jaar|op dit moment|tegenwoordig|inmiddels|al)\b/u,
  asksWho: /\b(?:wie|welke (?:minister|persoon|organisatie|instantie|landen|land))\b/u,
  asksPast: /\b(?:heeft|hebben|werd|werden|is|zijn|had|was|waren)\b.*\bge\p{L}{3,}(?:d|t|en)\b/u,
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
const stemsOf = (text: string): ReadonlySet<string> => new Set(tokens(text).map(({ stem }) => stem))
const NOTHING: ReadonlySet<string> = new Set()

/** Computes a value once for each object while the object is in memory. */
function onceFor<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return key => {
    const found = known.get(key) ?? compute(key)
    known.set(key, found)
    return found
  }
}

/** Numbers of a text, with what joins their digits. */
const numbersOf = (text: string) => new Set(text.match(/\d+(?:[.,/]\d+)*/g) ?? [])

/** Names of a text, folded: words with a capital that does not only begin a sentence. */
function namesOf(text: string): string[] {
  return [...text.matchAll(/(?<![.?!:]\s|^)(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}-]{2,}/gu)].map(([name]) =>
    fold(name),
  )
}

/** Whether words hold a name in some form: "Marokkaanse" holds Marokko, for the beginning of a name stays. */
function holdsName(words: ReadonlySet<string>, name: string): boolean {
  const root = name.slice(0, Math.max(4, Math.min(6, name.length - 2)))
  for (const word of words) if (word.startsWith(root)) return true
  return false
}

/** A few different words. Thousands of these stay in memory, where a set of six words takes four times the room of a list. */
class ShortList {
  readonly #words: readonly string[]

  constructor(words: Iterable<string>) {
    this.#words = [...new Set(words)]
  }

  get size(): number {
    return this.#words.length
  }

  has(word: string): boolean {
    return this.#words.includes(word)
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#words[Symbol.iterator]()
  }
}

/** Compounds have more letters: two parts of four, of which the first may have lost one. */
const LONGEST_SIMPLE = 6
/** Letters with which a part begins as its stem does. */
const BEGINNING = 2

/** The parts of the compounds of a text. A word is cut only when what is looked for may be a part of it: cutting takes time. */
class CompoundParts {
  readonly #words: readonly string[]

  constructor(found: readonly Token[]) {
    const words = found.filter(({ word, stop }) => !stop && word.length > LONGEST_SIMPLE)
    this.#words = [...new Set(words.map(({ word }) => word))]
  }

  has(stem: string): boolean {
    const beginning = stem.slice(0, BEGINNING)
    return this.#words.some(word => word.includes(beginning) && splitCompound(word).includes(stem))
  }
}

/** The words of a text by which others are held. */
interface Words {
  readonly stems: ReadonlySet<string> | ShortList
  /** Stems of the parts of compounds. */
  readonly parts: Pick<ReadonlySet<string>, 'has'>
}

function wordsOf(text: string): Words {
  const found = tokens(text)
  return { stems: new Set(found.map(({ stem }) => stem)), parts: new CompoundParts(found) }
}

const paragraphText = ({ searchText, headingPath }: Paragraph) => [searchText, ...headingPath].join(' ')
const documentText = (document: PolicyDocument) =>
  [
    document.title,
    document.institution,
    document.date,
    document.documentNumber,
    document.kind,
    ...document.aliases,
  ].join(' ')
/** What a reader of a paragraph may take as given: its words, headings and the metadata of its document. */
const wordsOfParagraph = onceFor((paragraph: Paragraph) => wordsOf(paragraphText(paragraph)))
const wordsOfDocument = onceFor((document: PolicyDocument) => wordsOf(documentText(document)))
const formsOfParagraph = onceFor((paragraph: Paragraph) => new Set(tokenize(paragraphText(paragraph))))
const formsOfDocument = onceFor((document: PolicyDocument) => new Set(tokenize(documentText(document))))

/** The words of a statement, and of it with the questions that were written for it. */
const wordsOfStatement = onceFor(({ quote, questions }: Statement) => ({
  quote: stemsOf(quote),
  all: wordsOf([quote, ...questions].join(' ')),
}))

interface WrittenQuestion extends Words {
  readonly question: string
  readonly type: AnswerType
  readonly stems: ShortList
}

/** The questions that were written for a statement, without their stop words. */
const writtenQuestions = onceFor(({ questions }: Statement): readonly WrittenQuestion[] =>
  questions.map(question => {
    const content = tokens(question).filter(({ stop }) => !stop)
    const stems = new Set(content.map(({ stem }) => stem))
    return {
      question,
      type: answerType(question),
      stems: new ShortList(stems),
      parts: new CompoundParts(content),
    }
  }),
)

const synonymsOf = new Map<string, readonly string[]>()
const NO_SYNONYMS: readonly string[] = []

/** Words that mean nearly the same. */
function synonyms(stem: string): readonly string[] {
  const known = synonymsOf.get(stem)
  if (known) return known
  const { conceptsOf, termsOf } = lexicon()
  const concepts = conceptsOf.get(stem)
  if (!concepts) return NO_SYNONYMS
  const found = concepts.filter(isClose).flatMap(concept => [...(termsOf.get(concept) ?? [])])
  synonymsOf.set(stem, found)
  return found
}

/** How well some words hold one, 0..1, by nothing looser than a near synonym. */
function strictLevel(stem: string, ...words: readonly Words[]): number {
  if (words.some(({ stems }) => stems.has(stem))) return STRICT_LEVELS.itself
  if (synonyms(stem).some(other => words.some(({ stems }) => stems.has(other)))) return STRICT_LEVELS.synonym
  return words.some(({ parts }) => parts.has(stem)) ? STRICT_LEVELS.part : 0
}

/** The units of a question, a word that the corpus holds in another spelling only replaced by the nearest of the best candidates. */
function respelled({ units, candidates }: Evidence): readonly QueryUnit[] {
  if (!units.some(({ known }) => known === 'spelling')) return units
  const words = candidates
    .slice(0, COMPARED)
    .flatMap(({ paragraph, document, statement }) => [
      wordsOfParagraph(paragraph),
      wordsOfDocument(document),
      ...(statement ? [wordsOfStatement(statement.statement).all] : []),
    ])
  const stems = new Set(words.flatMap(each => [...each.stems]))
  return units.map(unit => {
    if (unit.known !== 'spelling') return unit
    let [nearest, least] = [unit.stem, Number.POSITIVE_INFINITY]
    for (const stem of stems) {
      const distance = spellingDistance(unit.stem, stem)
      if (distance !== undefined && distance < least) [nearest, least] = [stem, distance]
    }
    return { ...unit, stem: nearest }
  })
}

/**
 * What tells whether the best paragraph answers the question, as named values of about 0..1: how much of the question it,
 * its statement and the nearest question of the enrichment hold, what of it nothing holds, whether the asked kind of
 * thing, the numbers and the names stand there, and how it is asked. Empty without evidence.
 */
export function refusalFeatures(asked: Evidence): Readonly<Record<string, number>> {
  const [best, second] = asked.candidates
  if (!best) return {}
  const evidence = { ...asked, units: respelled(asked) }
  const features: Record<string, number> = {
    margin: Math.min(1, Math.max(0, best.score - (second?.score ?? 0)) / 4),
    score: best.score / 20,
    alternatives: Math.max(
      0,
      ...evidence.candidates.slice(1, ALTERNATIVES).map(candidate => candidate.features.question),
    ),
  }
  for (const name of TAKEN_OVER) features[name] = best.features[name]
  addCoverage(features, evidence, best)
  addStrictCoverage(features, evidence, best)
  addAskedThing(features, evidence, best)
  addNearestQuestions(features, evidence)
  addNumbersAndNames(features, evidence, best)
  const folded = evidence.question.toLowerCase()
  for (const [name, pattern] of Object.entries(MANNERS)) features[name] = pattern.test(folded) ? 1 : 0
  return features
}

/** Shares of the question's weight that are held, and the heaviest word that is not. */
function addCoverage(
  features: Record<string, number>,
  { units, candidates }: Evidence,
  { wordLevels, statement: matched, paragraph, document }: Candidate,
): void {
  const total = units.reduce((sum, { weight }) => sum + weight, 0)
  const heaviest = Math.max(0, ...units.map(({ weight }) => weight))
  const analyzed = matched && wordsOfStatement(matched.statement)
  const text = wordsOfParagraph(paragraph).stems
  const ofDocument = wordsOfDocument(document).stems
  const quote = analyzed?.quote ?? NOTHING
  const statement = analyzed?.all.stems ?? NOTHING
  const question =
    (matched &&
      writtenQuestions(matched.statement).find(({ question: each }) => each === matched.question)?.stems) ??
    NOTHING
  const top = candidates
    .slice(0, 5)
    .flatMap(each => [wordsOfParagraph(each.paragraph).stems, wordsOfDocument(each.document).stems])
  const weightWhere = (holds: (unit: (typeof units)[number]) => boolean) =>
    units.reduce((sum, unit) => sum + (holds(unit) ? unit.weight : 0), 0)
  const held = (...sets: readonly Words['stems'][]) =>
    share(
      weightWhere(({ stem }) => sets.some(stems => stems.has(stem))),
      total,
    )
  const heaviestWithout = (...sets: readonly Words['stems'][]) =>
    share(
      Math.max(0, ...units.map(({ stem, weight }) => (sets.some(stems => stems.has(stem)) ? 0 : weight))),
      heaviest,
    )
  const missing = units.map(({ weight }, at) => weight * (1 - (wordLevels[at] ?? 0)))
  features.coverage =
    1 -
    share(
      missing.reduce((sum, weight) => sum + weight, 0),
      total,
    )
  features.heaviestMissing = share(Math.max(0, ...missing), heaviest)
  features.wordsMissing = share(wordLevels.filter(level => level < HELD).length, units.length)
  features.unknown = share(
    weightWhere(({ known }) => known === 'none'),
    total,
  )
  features.conceptOnly = share(
    weightWhere(({ known }) => known === 'concept' || known === 'none'),
    total,
  )
  features.exactText = held(text, ofDocument)
  features.exactQuote = held(quote)
  features.exactQuestion = held(question)
  features.exactStatement = held(statement)
  features.exactEither = held(text, ofDocument, statement)
  features.exactTop = held(...top)
  features.missText = heaviestWithout(text, ofDocument)
  features.missStatement = heaviestWithout(statement)
  features.missEither = heaviestWithout(text, ofDocument, statement)
  features.missQuestion = heaviestWithout(question)
}

/** What neither paragraph, title nor statement holds by the word itself or by one that means nearly the same. */
function addStrictCoverage(
  features: Record<string, number>,
  { units }: Evidence,
  { paragraph, document, statement }: Candidate,
): void {
  const total = units.reduce((sum, { weight }) => sum + weight, 0)
  const heaviest = Math.max(0, ...units.map(({ weight }) => weight))
  const words = [wordsOfParagraph(paragraph), wordsOfTitle(document)]
  if (statement) words.push(wordsOfStatement(statement.statement).all)
  const levels = units.map(({ stem }) => strictLevel(stem, ...words))
  const missing = units.map(({ weight }, at) => weight * (1 - (levels[at] as number)))
  const count = levels.filter(level => level === 0).length
  features.strictMissingCount = Math.min(1, count / MANY_MISSING)
  features.strictMissingShare = share(count, units.length)
  features.strictMissingHeaviest = share(Math.max(0, ...missing), heaviest)
  features.strictMissing = share(
    missing.reduce((sum, weight) => sum + weight, 0),
    total,
  )
  features.length = Math.min(1, units.length / LONG_QUESTION)
}

const wordsOfTitle = onceFor(({ title }: PolicyDocument) => wordsOf(title))

/** Whether the kind of thing that is asked stands there, and the thing named after "welke" or "hoeveel". */
function addAskedThing(
  features: Record<string, number>,
  { question, units }: Evidence,
  best: Candidate,
): void {
  const type = answerType(question)
  const { paragraph, document } = best
  const analyzed = best.statement && wordsOfStatement(best.statement.statement)
  const questions = best.statement ? writtenQuestions(best.statement.statement) : []
  const sameType = questions.filter(each => each.type === type).length
  features.sameType = share(sameType, questions.length)
  features.noneOfType = questions.length > 0 && sameType === 0 ? 1 : 0
  features.bestOfType = best.statement && answerType(best.statement.question) === type ? 1 : 0
  features.particularNoneOfType = PARTICULAR.includes(type) && sameType === 0 ? 1 : 0
  if (FORMED.includes(type)) {
    const sentences = sentencesOf(paragraph).map(({ start, end }) => paragraph.text.slice(start, end))
    const beginning = best.statement?.statement.quote.slice(0, 30)
    const carrying = beginning ? sentences.filter(sentence => sentence.includes(beginning)) : []
    const holdsForm = (sentence: string) => findValues(sentence, type).length > 0
    features.formAsked = 1
    features.formAbsent = sentences.some(holdsForm) ? 0 : 1
    features.formAbsentInStatement = (carrying.length > 0 ? carrying : sentences).some(holdsForm) ? 0 : 1
  }
  for (const kind of ['person', 'place', 'reason', 'yes-no', 'list', 'definition'] as const)
    features[`type-${kind}`] = type === kind ? 1 : 0
  const head = /\b(?:welke?|hoeveel) (?:\p{L}+e )?([\p{L}'-]+)/iu.exec(question)?.[1]
  const stem = head === undefined ? undefined : tokens(head)[0]?.stem
  if (stem === undefined) return
  const unit = units.findIndex(each => each.stem === stem)
  const inText = wordsOfParagraph(paragraph).stems.has(stem) || wordsOfDocument(document).stems.has(stem)
  const inStatement = analyzed?.all.stems.has(stem) ?? false
  features.head = 1
  features.headMissText = inText ? 0 : 1
  features.headMissStatement = inStatement ? 0 : 1
  features.headMissEither = inText || inStatement ? 0 : 1
  features.headLevel = unit < 0 ? 0 : 1 - (best.wordLevels[unit] ?? 1)
}

/**
 * How near the written questions are to the one asked, by shares that each holds of the other: those of the best
 * statement, and among them those that ask for the same kind of thing.
 */
function addNearestQuestions(
  features: Record<string, number>,
  { question, units, candidates }: Evidence,
): void {
  const type = answerType(question)
  const total = units.reduce((sum, { weight }) => sum + weight, 0)
  const heaviest = Math.max(0, ...units.map(({ weight }) => weight))
  const asked: Words = {
    stems: new Set(units.map(({ stem }) => stem)),
    parts: new ShortList(units.flatMap(({ stem }) => splitCompound(stem))),
  }
  const nearest = { any: 0, anyForward: 0, anyLeast: 0, typed: 0, typedForward: 0, anyTop: 0, typedTop: 0 }
  const least = { anyMissing: 1, typedMissing: 1 }
  for (const [rank, { statement }] of candidates.slice(0, COMPARED).entries())
    for (const written of statement ? writtenQuestions(statement.statement) : []) {
      const levels = units.map(({ stem }) => strictLevel(stem, written))
      const forward = share(
        units.reduce((sum, { weight }, at) => sum + weight * (levels[at] as number), 0),
        total,
      )
      let held = 0
      for (const stem of written.stems) held += strictLevel(stem, asked)
      const backward = share(held, written.stems.size)
      const score = forward + backward === 0 ? 0 : (2 * forward * backward) / (forward + backward)
      const isTyped = written.type === type
      nearest.anyTop = Math.max(nearest.anyTop, score)
      if (isTyped) nearest.typedTop = Math.max(nearest.typedTop, score)
      if (rank > 0) continue
      const missing = share(
        Math.max(0, ...units.map(({ weight }, at) => weight * (1 - (levels[at] as number)))),
        heaviest,
      )
      nearest.any = Math.max(nearest.any, score)
      nearest.anyForward = Math.max(nearest.anyForward, forward)
      nearest.anyLeast = Math.max(nearest.anyLeast, Math.min(...levels))
      least.anyMissing = Math.min(least.anyMissing, missing)
      if (!isTyped) continue
      nearest.typed = Math.max(nearest.typed, score)
      nearest.typedForward = Math.max(nearest.typedForward, forward)
      least.typedMissing = Math.min(least.typedMissing, missing)
    }
  for (const [name, value] of Object.entries({ ...nearest, ...least })) features[`nearest-${name}`] = value
}

/** Numbers, years and names of the question that do not stand where the answer is taken from. */
function addNumbersAndNames(
  features: Record<string, number>,
  { question }: Evidence,
  { paragraph, document, statement }: Candidate,
): void {
  const [ofText, ofDocument] = [numbersOf(paragraphText(paragraph)), numbersOf(documentText(document))]
  features.numberAbsent = [...numbersOf(question)].some(
    number => !ofText.has(number) && !ofDocument.has(number),
  )
    ? 1
    : 0
  const names = namesOf(question)
  const [forms, documentForms] = [formsOfParagraph(paragraph), formsOfDocument(document)]
  features.names = names.length > 0 ? 1 : 0
  features.nameAbsent = names.some(name => !holdsName(forms, name) && !holdsName(documentForms, name)) ? 1 : 0
  const years = question.match(YEAR) ?? []
  const inText = new Set(paragraph.text.match(YEAR))
  const inStatement = new Set(statement?.statement.quote.match(YEAR))
  const ownYear = document.date?.slice(0, 4)
  const lacks = (held: ReadonlySet<string>) => years.some(year => !held.has(year))
  features.yearForeign = years.some(year => !inText.has(year) && year !== ownYear) ? 1 : 0
  features.yearOther = inText.size > 0 && lacks(inText) ? 1 : 0
  features.yearOtherInStatement = inStatement.size > 0 && lacks(inStatement) ? 1 : 0
}
