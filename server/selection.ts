/** Which pieces of which paragraphs answer one part of a question. */
import { analyze, tokens } from '../ingest/analysis.js'
import type { Paragraph } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate } from '../ingest/search.js'
import { askedValues } from './answer-type.js'
import { findList, itemsOf, listOf } from './list-choice.js'
import { quotableSentences } from './orders.js'
import { type Piece, pieceOf, plainSelection, type Selection, textOf } from './pieces.js'
import { withReferringSentence } from './referring-sentence.js'
import type { Evidence } from './retrieval.js'
import { chooseSentences } from './sentence-choice.js'
import { prepareText } from './verification/alignment.js'
import { saySamePoint } from './verify.js'

/**
 * A paragraph within the margin of the best, in log-odds (`evals/train.ts`), is a rival that may be the right one; `most` is
 * among how many after the best rivals are looked for.
 *
 * With enrichment the best is right in 98 of 100 questions of the evaluation cases beyond the margin; one, two and three
 * rivals bring a right citation in 92.1, 92.7 and 93.1 of 100, at a precision of 85.7, 84.9 and 84.5. Without, scores tell
 * less: two within 1 bring a right citation in 69.4 of 100 with a median of 92 words, none in 61.5 with 57, three within 2
 * in 72.6 with 138.
 */
const RIVALS = { enriched: { margin: 2, most: 3 }, plain: { margin: 1, most: 2 } } as const
/**
 * A paragraph whose nearest written question is this much further than the best one's is no rival: of 39 such runners-up in
 * the evaluation cases one was right where the best was not.
 */
const RIVAL_QUESTION_GAP = 0.05
/** A paragraph whose score is further from the best says something else; it is not compared. */
const SAME_POINT_MARGIN = 4
/** Candidates among which one that says the same point as the best is looked for. */
const SAME_POINT_CANDIDATES = 5

/**
 * The pieces that answer one part of a question: a list with what stands over it, or the sentences that carry the answer,
 * also those of paragraphs that answer nearly as likely.
 */
export async function selectPieces(found: Evidence, index: ParagraphIndex): Promise<Selection> {
  const evidence = { ...found, candidates: usable(found) }
  const [best, ...others] = evidence.candidates
  if (!best) return plainSelection([])
  const list = await findList(evidence, best, index)
  if (list) return list
  const rarity = (word: string) => index.inverseDocumentFrequency(word)
  const likeliest = (candidate: Candidate) =>
    pieceOf(candidate, chooseSentences(evidence, candidate, rarity, 1)[0])
  const compared = compare(evidence, best, others, likeliest)
  if (compared) return compared
  if (best.paragraph.kind === 'signature')
    return plainSelection(await signaturesBeside(evidence, best, index))
  // Beside a paragraph that holds the kind of value that is asked for, one without is no rival.
  const holdsAsked = ({ paragraph }: Candidate) => askedValues(evidence.question, paragraph.text).length > 0
  const isAskedThere = holdsAsked(best)
  const rivals = others
    .slice(0, best.statement ? RIVALS.enriched.most : RIVALS.plain.most)
    .filter(
      candidate =>
        isRival(candidate, best, evidence.understood.answerForms.length > 0) &&
        (!isAskedThere || holdsAsked(candidate)),
    )
  // Two sentences of a rival would make the answer longer and name no fact more.
  const pieces = [best, ...rivals].flatMap((candidate, rank) =>
    chooseSentences(evidence, candidate, rarity, rank === 0 ? 2 : 1).map(range => pieceOf(candidate, range)),
  )
  const documents = [...new Set(pieces.map(({ document }) => document.id))]
  const byDocument = documents.flatMap(id => pieces.filter(({ document }) => document.id === id))
  const completed = await Promise.all(byDocument.map(piece => withItems(piece, index)))
  const rows = await withHeadRows(completed.flat(), index)
  const held = (text: string) => {
    const words = new Set(analyze(text).words)
    return evidence.analysis.words.reduce((sum, word) => sum + (words.has(word) ? rarity(word) : 0), 0)
  }
  return plainSelection(await withReferringSentence(evidence.question, rows, held, index))
}

/** Rows of a table under the row of their heads, without which their cells say little. */
async function withHeadRows(pieces: readonly Piece[], index: ParagraphIndex): Promise<Piece[]> {
  const shown: Piece[] = []
  for (const piece of pieces) {
    const { document, paragraph } = piece
    if (paragraph.kind !== 'table-row' || paragraph.parent === null) {
      shown.push(piece)
      continue
    }
    const paragraphs = (await index.content(document.id))?.paragraphs ?? []
    const head = paragraphs.find(({ id }) => id === paragraph.parent)
    if (head && !shown.some(({ paragraph: { id } }) => id === head.id))
      shown.push(pieceOf({ document, paragraph: head }, { start: 0, end: head.text.length }))
    shown.push({ ...piece, kind: 'list-item' })
  }
  return shown
}

/** A piece that ends in the colon of a list, with the items that complete it. */
async function withItems(piece: Piece, index: ParagraphIndex): Promise<Piece[]> {
  if (!textOf(piece).endsWith(':')) return [piece]
  const list = await listOf(piece, index)
  return list?.introduction?.id === piece.paragraph.id ? [piece, ...itemsOf(list)] : [piece]
}

/** The candidates that can be quoted, best first, those of the documents that the question names when it names some. */
function usable({ candidates, understood: { named } }: Evidence): Candidate[] {
  // What only speaks to an assistant is no answer to anybody.
  const quotable = candidates.filter(({ paragraph }) => quotableSentences(paragraph).length > 0)
  const [first] = quotable
  return first && named.includes(first.document.id)
    ? quotable.filter(({ document }) => named.includes(document.id))
    : quotable
}

/** Kinds of paragraphs that state what a document is; beside running text they answer nothing. */
const isFormal = ({ paragraph: { kind } }: Candidate) =>
  kind === 'metadata' || kind === 'signature' || kind === 'heading'

const isRival = (candidate: Candidate, best: Candidate, asksForForm: boolean) =>
  (asksForForm || isFormal(best) || !isFormal(candidate)) &&
  best.score - candidate.score < (best.statement ? RIVALS.enriched.margin : RIVALS.plain.margin) &&
  best.features.question - candidate.features.question <= RIVAL_QUESTION_GAP

/** The best piece beside one that says the same point, or the same with another value. */
function compare(
  evidence: Evidence,
  best: Candidate,
  others: readonly Candidate[],
  likeliest: (candidate: Candidate) => Piece,
): Selection | undefined {
  const first = likeliest(best)
  const point = prepareText(textOf(first))
  for (const candidate of others.slice(0, SAME_POINT_CANDIDATES - 1)) {
    if (best.score - candidate.score > SAME_POINT_MARGIN) break
    const other = likeliest(candidate)
    const [newer, older] =
      (other.document.date ?? '') > (first.document.date ?? '') ? [other, first] : [first, other]
    if (saySamePoint(point, prepareText(textOf(other)))) return plainSelection([{ ...newer, same: older }])
    if (other.document.id !== first.document.id && differ(evidence.question, textOf(first), textOf(other)))
      return { ...plainSelection([newer, older]), isDiffering: true }
  }
  return undefined
}

/** Words that turn a sentence round. */
const NEGATION = /(?<!\p{L})(?:niet|geen|nooit|niets|niemand|zonder)(?!\p{L}) ?/giu

/** Whether two texts make the same point with another value of the asked kind, or one of them denies it. */
export function differ(question: string, one: string, other: string): boolean {
  const [value, ...more] = askedValues(question, one)
  const [otherValue, ...moreOthers] = askedValues(question, other)
  if (value && otherValue && more.length === 0 && moreOthers.length === 0) {
    const said = one.slice(value.start, value.end)
    const otherSaid = other.slice(otherValue.start, otherValue.end)
    if (said.toLowerCase() === otherSaid.toLowerCase()) return false
    const exchanged = other.slice(0, otherValue.start) + said + other.slice(otherValue.end)
    return saySamePoint(prepareText(one), prepareText(exchanged))
  }
  const denials = (text: string) => [...text.matchAll(NEGATION)].length
  if (denials(one) + denials(other) !== 1) return false
  return saySamePoint(prepareText(one.replace(NEGATION, '')), prepareText(other.replace(NEGATION, '')))
}

/** All who signed, in the order of the page, when the question does not single out one of them. */
async function signaturesBeside(
  { question }: Evidence,
  { document, paragraph }: Candidate,
  index: ParagraphIndex,
): Promise<Piece[]> {
  const paragraphs = (await index.content(document.id))?.paragraphs ?? []
  const signatures = paragraphs.filter(({ kind }) => kind === 'signature')
  const asked = new Set(analyze(question).words)
  const shared = ({ text }: Paragraph) => tokens(text).filter(({ stem }) => asked.has(stem)).length
  const others = signatures.filter(other => other.id !== paragraph.id)
  const isSingledOut = others.every(other => shared(other) < shared(paragraph))
  return (isSingledOut ? [paragraph] : signatures).map(signature =>
    pieceOf({ document, paragraph: signature }, { start: 0, end: signature.text.length }),
  )
}
