/** Extractive answers: a Dutch lead-in that names the source, then verbatim sentences with their citations. */
import { analyze } from '../ingest/analysis.js'
import type { PolicyDocument } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate } from '../ingest/search.js'
import { askedValues } from './answer-type.js'
import { citeParagraph } from './citation.js'
import { interleave } from './part-evidence.js'
import type { Piece, Selection } from './pieces.js'
import type { AnswerSegment, Citation, NearestSource, Support } from './protocol.js'
import type { Evidence } from './retrieval.js'
import { selectPieces } from './selection.js'
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

/** Share of the question's words that a quote must hold before its only amount or date is put first. */
const LEAST_ASKED_COVERAGE = 0.5
/** Most paragraphs that a refusal shows. */
const MOST_NEAREST = 3
/**
 * Share of the question that a nearest paragraph must hold. The best paragraph of 49 in 50 answerable evaluation cases
 * holds more; that of a question about bicycles or novels holds less.
 */
const LEAST_NEAREST_COVERAGE = 0.35
/** Age in years from which an answer tells how old its document is. */
const OLD_DOCUMENT_YEARS = 5

/** The answer to one part of the question. */
interface AnsweredPart {
  readonly evidence: Evidence
  readonly selection: Selection
}

/**
 * Composes one answer from the evidence of each part of the question.
 *
 * @param parts evidence per part that the documents answer, in the order of the question; never empty
 */
export async function compose(parts: readonly Evidence[], context: ComposeContext): Promise<Composition> {
  const answered: AnsweredPart[] = []
  for (const evidence of parts)
    answered.push({ evidence, selection: await selectPieces(evidence, context.index) })
  return new Composer(context).compose(answered)
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

const note = (text: string): AnswerSegment => ({ kind: 'note', text, markers: [], support: null })

/** Writes the segments of one answer and numbers its citations. */
class Composer {
  readonly #context: ComposeContext
  readonly #segments: AnswerSegment[] = []
  readonly #citations: Citation[] = []
  readonly #shown: Piece[] = []
  #previous: PolicyDocument | undefined

  constructor(context: ComposeContext) {
    this.#context = context
  }

  async compose(parts: readonly AnsweredPart[]): Promise<Composition> {
    const questions = new Set(parts.map(({ evidence }) => evidence.title))
    let labelled = ''
    for (const { evidence, selection } of parts) {
      const pieces = selection.pieces.filter(piece => !this.#isShown(piece))
      const isNew = questions.size > 1 && evidence.title !== labelled
      const label = isNew && pieces.length > 0 ? answerTexts.part(evidence.title) : ''

      if (label !== '') labelled = evidence.title
      await this.#add({ ...selection, pieces }, label)
    }
    const [only] = parts
    const asked = parts.length === 1 && only ? this.#askedValue(only) : undefined
    if (asked) this.#segments.unshift(asked)
    const documents = this.#shown.flatMap(({ document, same }) => [
      document,
      ...(same ? [same.document] : []),
    ])
    this.#segments.push(...documentNotes(documents, this.#context.today).map(note))
    return { segments: this.#segments, citations: this.#citations }
  }

  #isShown(piece: Piece): boolean {
    return this.#shown.some(
      ({ paragraph, start, end }) =>
        paragraph.id === piece.paragraph.id && start <= piece.start && end >= piece.end,
    )
  }

  async #add({ pieces, heading, leftOut, isDiffering }: Selection, label: string): Promise<void> {
    if (isDiffering) this.#segments.push(note(answerTexts.differing))
    for (const [at, piece] of pieces.entries()) {
      this.#leadIn(piece, at === 0 ? label : '', heading)
      const cited = await this.#cite(piece, 'letterlijk')
      const markers = [cited.marker]
      if (piece.same) markers.push((await this.#cite(piece.same, 'bevestigd')).marker)
      const text = withoutMarks(cited.quote)
      this.#segments.push({ kind: piece.kind, text, markers, support: 'letterlijk' })
      this.#shown.push(piece)
    }
    const items = pieces.filter(({ kind }) => kind === 'list-item').length
    if (leftOut > 0) this.#segments.push(note(answerTexts.longerList(items, leftOut)))
  }

  /** Names the source of a piece where it changes, and the part of the question that begins with it. */
  #leadIn({ document, same }: Piece, label: string, heading: string | null): void {
    const named = [document, ...(same && same.document.id !== document.id ? [same.document] : [])]
    const isNamed = document.id !== this.#previous?.id || named.length > 1
    const names = named.map(({ citeAs, title }) => citeAs ?? title)
    const source = isNamed
      ? answerTexts.leadIn(names, this.#previous !== undefined && label === '', heading)
      : ''
    this.#previous = document
    const text = [label, source].filter(Boolean).join(' ')
    if (text !== '') this.#segments.push({ kind: 'lead-in', text, markers: [], support: null })
  }

  async #cite({ document, paragraph, start, end }: Piece, support: Support): Promise<Citation> {
    const { index, basePath } = this.#context
    const source = (await index.content(document.id))?.source ?? ''
    const cited = citeParagraph(basePath, document, paragraph, source, start, end)
    const citation = { marker: this.#citations.length + 1, support, ...cited }
    this.#citations.push(citation)
    return citation
  }

  /** The asked amount, date or number by itself, when what is quoted of one paragraph holds exactly one of its kind. */
  #askedValue({ evidence: { question, analysis } }: AnsweredPart): AnswerSegment | undefined {
    const quotes = this.#segments.filter(({ kind }) => kind === 'quote')
    if (new Set(this.#shown.map(({ paragraph }) => paragraph.id)).size !== 1) return undefined
    const quoted = quotes.map(({ text }) => text).join('\n')
    const rarity = (word: string) => this.#context.index.inverseDocumentFrequency(word)
    if (coveredShare(analysis.words, analyze(quoted).words, rarity) < LEAST_ASKED_COVERAGE) return undefined
    // A quote about another year or number than the question names does not give the asked value.
    const numbers = question.match(/\d+/g) ?? []
    if (numbers.some(number => !quoted.includes(number))) return undefined
    const values = quotes.flatMap(({ text, markers }) =>
      askedValues(question, text).map(({ start, end }) => ({ text: text.slice(start, end), markers })),
    )
    const [value] = values
    if (!value || values.length > 1) return undefined
    // A value that the question itself names is not what it asks for.
    if (question.toLowerCase().includes(value.text.toLowerCase())) return undefined
    return { kind: 'quote', text: value.text, markers: value.markers, support: 'letterlijk' }
  }
}

/** Markdown marks and bullets are no words of the document: the display drops them, the citation keeps them. */
const withoutMarks = (text: string) => text.replace(/\*\*/g, '').replace(/^[-–—•∞]\s+/, '')

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

/**
 * Up to three paragraphs that come nearest, for a refusal; none that holds too little of what is asked to be of use.
 *
 * @param parts evidence for each part of the question
 * @param leastHeld share of the question that a paragraph must hold; a question in another language holds few words of ours
 */
export async function nearestSources(
  parts: readonly Evidence[],
  { index, basePath }: Pick<ComposeContext, 'index' | 'basePath'>,
  leastHeld: number = LEAST_NEAREST_COVERAGE,
): Promise<NearestSource[]> {
  const near = parts.map(part => ({
    ...part,
    candidates: part.candidates.filter(candidate => heldShare(part, candidate) >= leastHeld),
  }))
  return Promise.all(
    interleave(near, MOST_NEAREST).map(async ({ document, paragraph }) =>
      citeParagraph(basePath, document, paragraph, (await index.content(document.id))?.source ?? ''),
    ),
  )
}

/** Share of the question's weight that a paragraph, its heading and its enrichment hold, 0..1. */
function heldShare({ units }: Evidence, { wordLevels }: Candidate): number {
  const total = units.reduce((sum, { weight }) => sum + weight, 0)
  const held = units.reduce((sum, { weight }, unit) => sum + weight * (wordLevels[unit] ?? 0), 0)
  return total === 0 ? 0 : held / total
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
