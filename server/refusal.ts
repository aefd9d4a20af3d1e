/** Whether the evidence carries the question: a probability from explainable features, fitted by `evals/train-refusal.ts`. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { fold, tokenize, tokens } from '../ingest/analysis.js'
import type { Candidate } from '../ingest/search.js'
import { type AnswerType, answerType, findValues } from './answer-type.js'
import type { Evidence } from './retrieval.js'
import { splitSentences } from './sentences.js'

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

const linearModelSchema = z.object({
  /** The run that made it: cases, cross-validated area under the curve and operating point. */
  run: z.string(),
  bias: z.number(),
  /** Log-odds of least probability that is answered. */
  threshold: z.number(),
  /** Coefficient per unit of each feature. */
  weights: z.record(z.string(), z.number()),
})
/** A linear model of the log-odds that the evidence carries the question. */
export type RefusalModel = z.infer<typeof linearModelSchema>

const models = z
  .object({ enriched: linearModelSchema, plain: linearModelSchema })
  .parse(JSON.parse(readFileSync(new URL('refusal.json', import.meta.url), 'utf8')))

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
const stemsOf = (text: string): ReadonlySet<string> => new Set(tokens(text).map(({ stem }) => stem))
const NOTHING: ReadonlySet<string> = new Set()

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

/** What a reader of the candidate may take as given: its words, headings and the metadata of its document. */
function contextOf({ paragraph, document }: Candidate): string {
  return [
    paragraph.searchText,
    ...paragraph.headingPath,
    document.title,
    document.institution,
    document.date,
    document.documentNumber,
    document.kind,
    ...document.aliases,
  ].join(' ')
}

/**
 * What tells whether the best paragraph answers the question, as named values of about 0..1: how much of the question it,
 * its statement and the nearest question of the enrichment hold, what of it nothing holds, whether the asked kind of
 * thing, the numbers and the names stand there. Empty without evidence.
 */
export function refusalFeatures(evidence: Evidence): Readonly<Record<string, number>> {
  const [best, second] = evidence.candidates
  if (!best) return {}
  const features: Record<string, number> = {
    margin: Math.min(1, Math.max(0, best.score - (second?.score ?? 0)) / 4),
    score: best.score / 20,
    alternatives: Math.max(
      0,
      ...evidence.candidates.slice(1, ALTERNATIVES).map(candidate => candidate.features.question),
    ),
  }
  for (const name of TAKEN_OVER) features[name] = best.features[name]
  const context = contextOf(best)
  const questions = best.statement?.statement.questions ?? []
  const texts = {
    text: stemsOf(context),
    quote: stemsOf(best.statement?.statement.quote ?? ''),
    question: stemsOf(best.statement?.question ?? ''),
    statement: stemsOf([best.statement?.statement.quote ?? '', ...questions].join(' ')),
    top: stemsOf(evidence.candidates.slice(0, 5).map(contextOf).join(' ')),
  }
  addCoverage(features, evidence, best, texts)
  addAskedThing(features, evidence, best, texts)
  const known = numbersOf(context)
  features.numberAbsent = [...numbersOf(evidence.question)].some(number => !known.has(number)) ? 1 : 0
  const words = new Set(tokenize(context))
  const names = namesOf(evidence.question)
  features.names = names.length > 0 ? 1 : 0
  features.nameAbsent = names.some(name => !holdsName(words, name)) ? 1 : 0
  return features
}

type StemSets = Readonly<Record<'text' | 'quote' | 'question' | 'statement' | 'top', ReadonlySet<string>>>

/** Shares of the question's weight that are held, and the heaviest word that is not. */
function addCoverage(
  features: Record<string, number>,
  { units }: Evidence,
  { wordLevels }: Candidate,
  { text, quote, question, statement, top }: StemSets,
): void {
  const total = units.reduce((sum, { weight }) => sum + weight, 0)
  const heaviest = Math.max(0, ...units.map(({ weight }) => weight))
  const weightWhere = (holds: (unit: (typeof units)[number], at: number) => boolean) =>
    units.reduce((sum, unit, at) => sum + (holds(unit, at) ? unit.weight : 0), 0)
  const held = (stems: ReadonlySet<string>, also = NOTHING) =>
    share(
      weightWhere(({ stem }) => stems.has(stem) || also.has(stem)),
      total,
    )
  const heaviestWithout = (stems: ReadonlySet<string>, also = NOTHING) =>
    share(
      Math.max(0, ...units.map(({ stem, weight }) => (stems.has(stem) || also.has(stem) ? 0 : weight))),
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
  features.conceptOnlyUnheld = share(
    weightWhere(({ known, stem }) => (known === 'concept' || known === 'none') && !statement.has(stem)),
    total,
  )
  features.exactText = held(text)
  features.exactQuote = held(quote)
  features.exactQuestion = held(question)
  features.exactStatement = held(statement)
  features.exactEither = held(text, statement)
  features.exactTop = held(top)
  features.missText = heaviestWithout(text)
  features.missStatement = heaviestWithout(statement)
  features.missEither = heaviestWithout(text, statement)
  features.missQuestion = heaviestWithout(question)
}

/** Whether the kind of thing that is asked stands there, and the thing named after "welke" or "hoeveel". */
function addAskedThing(
  features: Record<string, number>,
  { question, units }: Evidence,
  best: Candidate,
  { text, statement }: StemSets,
): void {
  const type = answerType(question)
  const questions = best.statement?.statement.questions ?? []
  const sameType = questions.filter(each => answerType(each) === type).length
  features.sameType = share(sameType, questions.length)
  features.noneOfType = questions.length > 0 && sameType === 0 ? 1 : 0
  features.bestOfType = best.statement && answerType(best.statement.question) === type ? 1 : 0
  features.particularNoneOfType = PARTICULAR.includes(type) && sameType === 0 ? 1 : 0
  if (FORMED.includes(type)) {
    const sentences = splitSentences(best.paragraph.text).map(({ start, end }) =>
      best.paragraph.text.slice(start, end),
    )
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
  features.head = 1
  features.headMissText = text.has(stem) ? 0 : 1
  features.headMissStatement = statement.has(stem) ? 0 : 1
  features.headMissEither = text.has(stem) || statement.has(stem) ? 0 : 1
  features.headLevel = unit < 0 ? 0 : 1 - (best.wordLevels[unit] ?? 1)
}

/** Whether the documents carry a question, and how likely. */
export interface RefusalDecision {
  readonly answers: boolean
  /** Probability that the evidence answers the question, 0..1, where answerable and unanswerable ones are as frequent. */
  readonly probability: number
  readonly features: Readonly<Record<string, number>>
}

/** Decides whether the evidence for a question, or for one part of it, carries an answer. */
export function decide(evidence: Evidence): RefusalDecision {
  const features = refusalFeatures(evidence)
  const [best] = evidence.candidates
  if (!best) return { answers: false, probability: 0, features }
  // A document without enrichment beside enriched ones has no statement to match, and is no worse for it.
  const isEnriched = evidence.candidates.some(
    ({ document, statement }) => document.id === best.document.id && statement !== null,
  )
  const { bias, weights, threshold } = isEnriched ? models.enriched : models.plain
  let logOdds = bias
  for (const [name, weight] of Object.entries(weights)) logOdds += weight * (features[name] ?? 0)
  return { answers: logOdds >= threshold, probability: 1 / (1 + Math.exp(-logOdds)), features }
}
