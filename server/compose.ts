/** Extractive answers: a Dutch lead-in that names the source, then verbatim sentences with their citations. */
import { analyze, tokens } from '../ingest/analysis.js'
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate } from '../ingest/search.js'
import {
  answerType,
  asksForList,
  countedNoun,
  type FoundValue,
  findCounts,
  findValues,
} from './answer-type.js'
import { citeParagraph } from './citation.js'
import { addressesAssistant, quotableSentences } from './orders.js'
import type { AnswerSegment, Citation, NearestSource, Support } from './protocol.js'
import type { Evidence } from './retrieval.js'
import { leansOnPrevious, type Sentence, sentencesOf } from './sentences.js'
import { answerTexts } from './texts.js'
import { saySamePoint } from './verify.js'

/** The parts of an answer that composing decides. */
export interface Composition {
  readonly segments: readonly AnswerSegment[]
  readonly citations: readonly Citation[]
}

/** What composing needs besides the evidence. */
export interface ComposeContext {
  readonly index: ParagraphIndex
  /** Path prefix of source pages. */
  readonly basePath: string
  /** For telling how old a document is. */
  readonly today: Date
}

/** Most list items that one answer shows. */
const MOST_ITEMS = 12
/** A paragraph of at most this many words is quoted whole: leaving out a sentence would save little and can cost the fact. */
const SHORT_PARAGRAPH_WORDS = 45
/** Sentences are added to the best one while the quote stays within this many words. */
const MOST_QUOTE_WORDS = 60
/** A sentence beside the best one is quoted too when it scores at least this share of it. */
const NEIGHBOUR_SHARE = 0.6
/** How much it counts that a sentence holds the statement whose question matched. */
const STATEMENT_WEIGHT = 0.8
/** Share of the question's words that a quote must hold before its only amount or date is put first. */
const LEAST_ASKED_COVERAGE = 0.5
/**
 * Scores are log-odds (`evals/train.ts`). Within this margin the best paragraph is right in 61 of 100 questions of the
 * evaluation cases, and one of the first two in 74; beyond it in 96.
 */
const RIVAL_MARGIN = 1
/** A paragraph whose score is further from the best says something else; it is not compared. */
const SAME_POINT_MARGIN = 4
/** Candidates among which one that says the same point as the best is looked for. */
const SAME_POINT_CANDIDATES = 5
/** Age in years from which an answer tells how old its document is. */
const OLD_DOCUMENT_YEARS = 5

/** A verbatim piece of one paragraph. */
interface Piece {
  readonly document: PolicyDocument
  readonly paragraph: Paragraph
  readonly start: number
  readonly end: number
  readonly kind: 'quote' | 'list-item'
  /** Another paragraph that says the same point: cited too, not shown. */
  readonly same?: Piece
}

const countWords = (text: string) => text.split(/\s+/).filter(Boolean).length

/**
 * Composes one answer from the evidence of each part of the question.
 *
 * @param parts evidence per part that the documents answer, in the order of the question; never empty
 */
export async function compose(parts: readonly Evidence[], context: ComposeContext): Promise<Composition> {
  const pieces: Piece[] = []
  for (const evidence of parts) {
    for (const piece of await selectPieces(evidence, context.index)) {
      const known = pieces.some(
        ({ paragraph, start, end }) =>
          paragraph.id === piece.paragraph.id && start <= piece.start && end >= piece.end,
      )
      if (!known) pieces.push(piece)
    }
  }
  return render(pieces, parts, context)
}

/**
 * The pieces that answer one part: a list with its introduction, or the sentences that carry the answer, also those of
 * a second paragraph that answers nearly as likely.
 */
async function selectPieces(evidence: Evidence, index: ParagraphIndex): Promise<Piece[]> {
  // What only speaks to an assistant is no answer to anybody.
  const [best, rival] = evidence.candidates.filter(({ paragraph }) => quotableSentences(paragraph).length > 0)
  if (!best) return []
  const list = await findList(evidence, best, index)
  if (list) return list
  const quote = (candidate: Candidate): Piece => ({
    document: candidate.document,
    paragraph: candidate.paragraph,
    ...chooseSentences(evidence, candidate, index),
    kind: 'quote',
  })
  const first = quote(best)
  for (const candidate of evidence.candidates.slice(1, SAME_POINT_CANDIDATES)) {
    if (best.score - candidate.score > SAME_POINT_MARGIN) break
    const other = quote(candidate)
    if (!saySamePoint(textOf(first), textOf(other))) continue
    const isNewer = (other.document.date ?? '') > (first.document.date ?? '')
    return isNewer ? [{ ...other, same: first }] : [{ ...first, same: other }]
  }
  if (best.paragraph.kind === 'signature') return signaturesBeside(evidence, best, index)
  return rival && best.score - rival.score < RIVAL_MARGIN ? [first, quote(rival)] : [first]
}

/** All who signed, in the order of the page, when the question does not single out one of them. */
async function signaturesBeside(
  { question }: Evidence,
  { document, paragraph }: Candidate,
  index: ParagraphIndex,
): Promise<Piece[]> {
  const paragraphs = (await index.content(document.id))?.paragraphs ?? []
  const signatures = paragraphs.filter(({ kind }) => kind === 'signature')
  const asked = new Set(tokens(question).flatMap(({ stem, stop }) => (stop ? [] : [stem])))
  const shared = ({ text }: Paragraph) => tokens(text).filter(({ stem }) => asked.has(stem)).length
  const others = signatures.filter(other => other.id !== paragraph.id)
  const isSingledOut = others.every(other => shared(other) < shared(paragraph))
  return (isSingledOut ? [paragraph] : signatures).map(signature => ({
    document,
    paragraph: signature,
    start: 0,
    end: signature.text.length,
    kind: 'quote',
  }))
}

const textOf = ({ paragraph, start, end }: Piece) => paragraph.text.slice(start, end)

/** The list that answers as a whole: when several things are asked, or when the best paragraph only introduces one. */
async function findList(
  evidence: Evidence,
  best: Candidate,
  index: ParagraphIndex,
): Promise<Piece[] | undefined> {
  const { paragraph, document } = best
  const paragraphs = (await index.content(document.id))?.paragraphs ?? []
  const childrenOf = (id: string) =>
    paragraphs.filter(
      other => other.parent === id && other.kind === 'list-item' && !addressesAssistant(other.text),
    )
  const wantsList = asksForList(evidence.question)
  let introduction = paragraph
  let items = childrenOf(paragraph.id)
  if (items.length === 0) {
    if (!wantsList || paragraph.parent === null) return undefined
    const parent = paragraphs.find(({ id }) => id === paragraph.parent)
    if (!parent) return undefined
    items = childrenOf(parent.id)
    const found = new Set(evidence.candidates.slice(0, 8).map(candidate => candidate.paragraph.id))
    const support = [parent, ...items].filter(({ id }) => found.has(id)).length
    if (support < 3 && !found.has(parent.id)) return undefined
    introduction = parent
  }
  const chosen = chooseIntroduction(introduction, wantsList, evidence, best, index)
  if (!chosen) return undefined
  if (items.length > MOST_ITEMS) items = items.slice(0, MOST_ITEMS)
  return [
    { document, paragraph: introduction, start: chosen.start, end: chosen.end, kind: 'quote' },
    ...items.map(item => ({
      document,
      paragraph: item,
      start: 0,
      end: item.text.length,
      kind: 'list-item' as const,
    })),
  ]
}

/**
 * The sentence that introduces a list; `undefined` when another sentence of the paragraph answers the question.
 *
 * @param wantsList whether several things are asked, so that the list is likelier than any one sentence
 */
function chooseIntroduction(
  introduction: Paragraph,
  wantsList: boolean,
  evidence: Evidence,
  best: Candidate,
  index: ParagraphIndex,
): Sentence | undefined {
  const { text } = introduction
  const last = sentencesOf(introduction).at(-1)
  const ending = last && text.slice(last.start, last.end).endsWith(':') ? last : undefined
  if (best.paragraph.id !== introduction.id) return ending ?? { start: 0, end: text.length }
  const chosen = chooseSentences(evidence, best, index)
  if (ending && (wantsList || chosen.end === ending.end)) return chosen.end === ending.end ? chosen : ending
  return wantsList ? chosen : undefined
}

/** The sentence that carries the answer, with what it needs to be understood and what the length allows. */
function chooseSentences(evidence: Evidence, best: Candidate, index: ParagraphIndex): Sentence {
  const { text, kind } = best.paragraph
  const whole = { start: 0, end: text.length }
  const sentences = sentencesOf(best.paragraph)
  const allowed = new Set(quotableSentences(best.paragraph).map(({ start }) => start))
  const isAllowed = (at: number) => allowed.has(sentences[at]?.start ?? -1)
  if (allowed.size === sentences.length) {
    if (kind === 'signature' || kind === 'metadata' || sentences.length < 2) return whole
    if (countWords(text) <= SHORT_PARAGRAPH_WORDS) return whole
  }
  const scores = scoreSentences(sentences, evidence, best, index).map((score, at) =>
    isAllowed(at) ? score : -1,
  )
  const highest = Math.max(...scores)
  let first = scores.indexOf(highest)
  let last = first
  const cut = (from: number, to: number) => text.slice(sentences[from]?.start, sentences[to]?.end)
  while (
    first > 0 &&
    isAllowed(first - 1) &&
    leansOnPrevious(cut(first, first)) &&
    countWords(cut(first, last)) <= MOST_QUOTE_WORDS
  )
    first--
  // A neighbour belongs to the answer when it leans on it or says nearly as much of what was asked.
  const belongs = (at: number) => (scores[at] ?? 0) >= NEIGHBOUR_SHARE * highest
  const fits = (from: number, to: number) =>
    isAllowed(from) && isAllowed(to) && countWords(cut(from, to)) <= MOST_QUOTE_WORDS
  while (
    last + 1 < sentences.length &&
    fits(first, last + 1) &&
    (belongs(last + 1) || leansOnPrevious(cut(last + 1, last + 1)))
  )
    last++
  while (first > 0 && fits(first - 1, last) && belongs(first - 1)) first--
  return { start: sentences[first]?.start ?? 0, end: sentences[last]?.end ?? text.length }
}

/** How much each sentence says of what was asked: the question's words by rarity, its spelling, concepts, kind of answer, statement. */
function scoreSentences(
  sentences: readonly Sentence[],
  { question, analysis }: Evidence,
  { paragraph: { text }, statement }: Candidate,
  index: ParagraphIndex,
): number[] {
  const type = answerType(question)
  const asked = analyze(question)
  const rarity = (word: string) => index.inverseDocumentFrequency(word)
  const statementStart = statement ? text.indexOf(statement.statement.quote) : -1
  const statementEnd = statementStart + (statement?.statement.quote.length ?? 0)
  return sentences.map(({ start, end }) => {
    const sentence = text.slice(start, end)
    const found = analyze(sentence)
    // The turn itself decides; earlier turns of the conversation only name what it leaves unsaid.
    let score =
      0.7 * coveredShare(asked.words, found.words, rarity) +
      0.3 * coveredShare(analysis.words, found.words, rarity)
    score += 0.5 * coveredShare(asked.grams, found.grams, () => 1)
    score += 0.3 * coveredShare(asked.concepts, found.concepts, () => 1)
    if (findValues(sentence, type).length > 0) score += 0.2
    const shared = Math.min(end, statementEnd) - Math.max(start, statementStart)
    if (statementStart >= 0 && shared > 0)
      score += (STATEMENT_WEIGHT * shared) / Math.min(end - start, statementEnd - statementStart)
    return score
  })
}

/** Share, 0..1, of the weight of the wanted terms that is among the found ones; 0 when nothing is wanted. */
function coveredShare(
  wanted: readonly string[],
  found: readonly string[],
  weigh: (term: string) => number,
): number {
  const held = new Set(found)
  let total = 0
  let covered = 0
  for (const term of new Set(wanted)) {
    const weight = weigh(term)
    total += weight
    if (held.has(term)) covered += weight
  }
  return total === 0 ? 0 : covered / total
}

async function render(
  pieces: readonly Piece[],
  parts: readonly Evidence[],
  { index, basePath, today }: ComposeContext,
): Promise<Composition> {
  const segments: AnswerSegment[] = []
  const citations: Citation[] = []
  let previous: PolicyDocument | undefined
  const cite = async ({ document, paragraph, start, end }: Piece, support: Support): Promise<Citation> => {
    const source = (await index.content(document.id))?.source ?? ''
    const cited = citeParagraph(basePath, document, paragraph, source, start, end)
    const citation = { marker: citations.length + 1, support, ...cited }
    citations.push(citation)
    return citation
  }
  for (const piece of pieces) {
    const { document, kind, same } = piece
    const named = [document, ...(same && same.document.id !== document.id ? [same.document] : [])]
    if (document.id !== previous?.id || named.length > 1) {
      const names = named.map(({ citeAs, title }) => citeAs ?? title)
      segments.push({
        kind: 'lead-in',
        text: answerTexts.leadIn(names, previous !== undefined),
        markers: [],
        support: null,
      })
      previous = document
    }
    const cited = await cite(piece, 'letterlijk')
    const markers = [cited.marker]
    if (same) markers.push((await cite(same, 'bevestigd')).marker)
    segments.push({ kind, text: withoutMarks(cited.quote), markers, support: 'letterlijk' })
  }
  const asked = pieces.length === 1 && parts[0] ? askedValue(parts[0], segments, index) : undefined
  if (asked) segments.unshift(asked)
  for (const text of documentNotes(
    pieces.flatMap(({ document, same }) => (same ? [document, same.document] : [document])),
    today,
  ))
    segments.push({ kind: 'note', text, markers: [], support: null })
  return { segments, citations }
}

/** Markdown marks and bullets are no words of the document: the display drops them, the citation keeps them. */
const withoutMarks = (text: string) => text.replace(/\*\*/g, '').replace(/^[-–—•∞]\s+/, '')

function askedValues(question: string, text: string): FoundValue[] {
  const type = answerType(question)
  if (type !== 'number') return findValues(text, type)
  const noun = countedNoun(question)
  const asked = noun === null ? undefined : tokens(noun)[0]?.stem
  return asked === undefined ? [] : findCounts(text, word => tokens(word)[0]?.stem === asked)
}

/** The asked amount, date or number by itself, when the quote holds exactly one of its kind. */
function askedValue(
  { question, analysis }: Evidence,
  segments: readonly AnswerSegment[],
  index: ParagraphIndex,
): AnswerSegment | undefined {
  const quote = segments.find(({ kind }) => kind === 'quote')
  if (!quote) return undefined
  const rarity = (word: string) => index.inverseDocumentFrequency(word)
  if (coveredShare(analysis.words, analyze(quote.text).words, rarity) < LEAST_ASKED_COVERAGE) return undefined
  // A quote about another year or number than the question names does not give the asked value.
  const numbers = question.match(/\d+/g) ?? []
  if (numbers.some(number => !quote.text.includes(number))) return undefined
  const values = askedValues(question, quote.text)
  const [value] = values
  if (!value || values.length > 1) return undefined
  const text = quote.text.slice(value.start, value.end)
  // A value that the question itself names is not what it asks for.
  if (question.toLowerCase().includes(text.toLowerCase())) return undefined
  return { kind: 'quote', text, markers: quote.markers, support: 'letterlijk' }
}

/** What a reader must know of the documents used: that one is a draft, or how old it is. */
/** What a reader of an answer should know of its documents: that one is a draft, or old. */
export function documentNotes(used: readonly PolicyDocument[], today: Date): string[] {
  const documents = [...new Map(used.map(document => [document.id, document])).values()]
  const remarkable = documents
    .map(({ status, date }) => ({
      draft: status === 'ontwerp',
      year: date === null ? null : Number(date.slice(0, 4)),
    }))
    .filter(({ draft, year }) => draft || (year !== null && today.getFullYear() - year >= OLD_DOCUMENT_YEARS))
  return remarkable.length === 0 ? [] : [answerTexts.documentNote(remarkable, documents.length)]
}

/** Up to three paragraphs that come nearest, for a refusal. */
export async function nearestSources(
  candidates: readonly Candidate[],
  { index, basePath }: Pick<ComposeContext, 'index' | 'basePath'>,
): Promise<NearestSource[]> {
  return Promise.all(
    candidates
      .slice(0, 3)
      .map(async ({ document, paragraph }) =>
        citeParagraph(basePath, document, paragraph, (await index.content(document.id))?.source ?? ''),
      ),
  )
}

/** The whole answer as plain text with `[n]` markers. */
export function renderAnswer(segments: readonly AnswerSegment[]): string {
  return segments
    .map(({ kind, text, markers }) => {
      const marked = [text, ...markers.map(marker => `[${marker}]`)].join(' ')
      return kind === 'list-item' ? `- ${marked}` : marked
    })
    .join('\n')
}
