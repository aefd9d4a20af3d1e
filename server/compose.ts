/** Extractive answers: a Dutch lead-in that names the source, then verbatim sentences with their citations. */
import { analyze } from '../ingest/analysis.js'
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate } from '../ingest/search.js'
import { answerType, asksForList, findValues } from './answer-type.js'
import { citeParagraph } from './citation.js'
import type { AnswerSegment, Citation, NearestSource } from './protocol.js'
import type { Evidence } from './retrieval.js'
import { leansOnPrevious, type Sentence, splitSentences } from './sentences.js'
import { answerTexts } from './texts.js'

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
/** Age in years from which an answer tells how old its document is. */
const OLD_DOCUMENT_YEARS = 5

/** A verbatim piece of one paragraph. */
interface Piece {
  readonly document: PolicyDocument
  readonly paragraph: Paragraph
  readonly start: number
  readonly end: number
  readonly kind: 'quote' | 'list-item'
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

/** The pieces that answer one part: a list with its introduction, or the sentences that carry the answer. */
async function selectPieces(evidence: Evidence, index: ParagraphIndex): Promise<Piece[]> {
  const best = evidence.candidates[0]
  if (!best) return []
  const list = await findList(evidence, best, index)
  if (list) return list
  const { start, end } = chooseSentences(evidence, best, index)
  return [{ document: best.document, paragraph: best.paragraph, start, end, kind: 'quote' }]
}

/** The list that answers as a whole: when several things are asked, or when the best paragraph only introduces one. */
async function findList(
  evidence: Evidence,
  best: Candidate,
  index: ParagraphIndex,
): Promise<Piece[] | undefined> {
  const { paragraph, document } = best
  const paragraphs = (await index.content(document.id))?.paragraphs ?? []
  const childrenOf = (id: string) =>
    paragraphs.filter(other => other.parent === id && other.kind === 'list-item')
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
  const chosen = chooseIntroduction(introduction, evidence, best, index)
  const introduces = introduction.text.slice(chosen.start, chosen.end).endsWith(':')
  if (!wantsList && !introduces) return undefined
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

/** The sentence that introduces a list: its last one, unless another answers the question better by far. */
function chooseIntroduction(
  introduction: Paragraph,
  evidence: Evidence,
  best: Candidate,
  index: ParagraphIndex,
): Sentence {
  const last = splitSentences(introduction.text).at(-1)
  if (last && introduction.text.slice(last.start, last.end).endsWith(':')) return last
  return best.paragraph.id === introduction.id
    ? chooseSentences(evidence, best, index)
    : { start: 0, end: introduction.text.length }
}

/** The sentence that carries the answer, with what it needs to be understood and what the length allows. */
function chooseSentences(
  evidence: Evidence,
  { paragraph, statement }: Candidate,
  index: ParagraphIndex,
): Sentence {
  const { text } = paragraph
  const whole = { start: 0, end: text.length }
  const sentences = splitSentences(text)
  if (paragraph.kind === 'signature' || paragraph.kind === 'metadata' || sentences.length < 2) return whole
  if (countWords(text) <= SHORT_PARAGRAPH_WORDS) return whole
  const type = answerType(evidence.question)
  const wanted = [...new Set(evidence.analysis.words)]
  const concepts = new Set(evidence.analysis.concepts)
  const statementStart = statement ? text.indexOf(statement.statement.quote) : -1
  const scores = sentences.map(({ start, end }) => {
    const sentence = text.slice(start, end)
    const found = analyze(sentence)
    const words = new Set(found.words)
    let score = 0
    let total = 0
    for (const word of wanted) {
      const rarity = index.inverseDocumentFrequency(word)
      total += rarity
      if (words.has(word)) score += rarity
    }
    score = total === 0 ? 0 : score / total
    score += 0.05 * new Set(found.concepts.filter(concept => concepts.has(concept))).size
    if (findValues(sentence, type).length > 0) score += 0.2
    if (statement && statementStart >= 0) {
      const statementEnd = statementStart + statement.statement.quote.length
      const shared = Math.min(end, statementEnd) - Math.max(start, statementStart)
      if (shared > 0) score += (0.8 * shared) / Math.min(end - start, statementEnd - statementStart)
    }
    return score
  })
  let first = scores.indexOf(Math.max(...scores))
  let last = first
  const words = () => countWords(text.slice(sentences[first]?.start, sentences[last]?.end))
  while (first > 0 && leansOnPrevious(text.slice(sentences[first]?.start, sentences[first]?.end))) {
    first--
    if (words() > MOST_QUOTE_WORDS) break
  }
  // What follows belongs to the answer when it leans on it and the length allows.
  for (let next = last + 1; next < sentences.length; next++) {
    const following = text.slice(sentences[next]?.start, sentences[next]?.end)
    const fits = countWords(text.slice(sentences[first]?.start, sentences[next]?.end)) <= MOST_QUOTE_WORDS
    if (!fits || !(leansOnPrevious(following) || (scores[next] as number) >= 0.3)) break
    last = next
  }
  return { start: sentences[first]?.start ?? 0, end: sentences[last]?.end ?? text.length }
}

async function render(
  pieces: readonly Piece[],
  parts: readonly Evidence[],
  { index, basePath, today }: ComposeContext,
): Promise<Composition> {
  const segments: AnswerSegment[] = []
  const citations: Citation[] = []
  let previous: PolicyDocument | undefined
  for (const { document, paragraph, start, end, kind } of pieces) {
    if (document.id !== previous?.id) {
      segments.push({
        kind: 'lead-in',
        text: answerTexts.leadIn(document.citeAs ?? document.title, previous !== undefined),
        markers: [],
        support: null,
      })
      previous = document
    }
    const source = (await index.content(document.id))?.source ?? ''
    const marker = citations.length + 1
    const cited = citeParagraph(basePath, document, paragraph, source, start, end)
    citations.push({ marker, support: 'letterlijk', ...cited })
    segments.push({ kind, text: withoutMarks(cited.quote), markers: [marker], support: 'letterlijk' })
  }
  const asked = pieces.length === 1 && parts[0] ? askedValue(parts[0].question, segments) : undefined
  if (asked) segments.unshift(asked)
  for (const text of notes(pieces, today)) segments.push({ kind: 'note', text, markers: [], support: null })
  return { segments, citations }
}

/** Markdown marks are no words of the document: the display drops them, the citation keeps them. */
const withoutMarks = (text: string) => text.replace(/\*\*|(?<=^|\s)∞\s/g, '')

/** The asked amount, date or number by itself, when the quote holds exactly one of its kind. */
function askedValue(question: string, segments: readonly AnswerSegment[]): AnswerSegment | undefined {
  const quote = segments.find(({ kind }) => kind === 'quote')
  const values = quote ? findValues(quote.text, answerType(question)) : []
  const [value] = values
  if (!quote || !value || values.length > 1) return undefined
  const text = quote.text.slice(value.start, value.end)
  // A value that the question itself names is not what it asks for.
  if (question.toLowerCase().includes(text.toLowerCase())) return undefined
  return { kind: 'quote', text, markers: quote.markers, support: 'letterlijk' }
}

/** What a reader must know of the documents used: that one is a draft, or how old it is. */
function notes(pieces: readonly Piece[], today: Date): string[] {
  const documents = [...new Map(pieces.map(({ document }) => [document.id, document])).values()]
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
