/** Extractive answers: a Dutch lead-in that names the source, then verbatim sentences with their citations. */
import { analyze } from '../ingest/analysis.js'
import { citeParagraph } from './citation.js'
import type { AnswerSegment, Citation, NearestSource } from './protocol.js'
import type { Evidence } from './retrieval.js'
import { answerTexts } from './texts.js'

/** The parts of an answer that composing decides. */
export interface Composition {
  readonly segments: readonly AnswerSegment[]
  readonly citations: readonly Citation[]
}

/** Gives the source text of a document. */
export type SourceReader = (documentId: string) => Promise<string>

/** Sentence ranges of a text. */
function sentences(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  let start = 0
  for (const match of text.matchAll(/[.!?;]["”’)]*\s+(?=["“(]?\p{Lu})/gu)) {
    const end = match.index + match[0].trimEnd().length
    found.push({ start, end })
    start = match.index + match[0].length
  }
  if (start < text.length) found.push({ start, end: text.length })
  return found
}

/** Composes the answer from the best candidate: the sentence that carries the matched statement or most question words. */
export async function compose(
  evidence: Evidence,
  readSource: SourceReader,
  basePath: string,
): Promise<Composition> {
  const best = evidence.candidates[0]
  if (!best) return { segments: [], citations: [] }
  const { paragraph, document, statement } = best
  const wanted = new Set(evidence.analysis.words)
  const ranges = sentences(paragraph.text)
  const at = statement ? paragraph.text.indexOf(statement.statement.quote) : -1
  const overlap = ({ start, end }: { start: number; end: number }) => {
    const words = new Set(analyze(paragraph.text.slice(start, end)).words)
    const shared = [...wanted].filter(word => words.has(word)).length
    const holdsStatement = statement && at < end && at + statement.statement.quote.length > start
    return shared + (holdsStatement ? 3 : 0)
  }
  const chosen = ranges.reduce((top, range) => (overlap(range) > overlap(top) ? range : top))
  const cited = citeParagraph(
    basePath,
    document,
    paragraph,
    await readSource(document.id),
    chosen.start,
    chosen.end,
  )
  return {
    segments: [
      {
        kind: 'lead-in',
        text: answerTexts.leadIn(document.citeAs ?? document.title),
        markers: [],
        support: null,
      },
      { kind: 'quote', text: cited.quote, markers: [1], support: 'letterlijk' },
    ],
    citations: [{ marker: 1, support: 'letterlijk', ...cited }],
  }
}

/** Up to three paragraphs that come nearest, for a refusal. */
export async function nearestSources(
  evidence: Evidence,
  readSource: SourceReader,
  basePath: string,
): Promise<NearestSource[]> {
  return Promise.all(
    evidence.candidates
      .slice(0, 3)
      .map(async ({ document, paragraph }) =>
        citeParagraph(basePath, document, paragraph, await readSource(document.id)),
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
