/** Answers, citations and paragraphs for tests of the widget: short, whole, and of every kind. */
import type {
  Answer,
  AnswerEvent,
  AnswerSegment,
  Citation,
  DocumentSummary,
  NearestSource,
  ParagraphView,
  SourceParagraph,
} from '../../server/protocol.js'

/** Paragraphs that a view holds on either side, as many as the widget asks for. */
export const NEIGHBOURS = 5

/** A citation; what is not given is made up from the marker. */
export const citation = (marker: number, given: Partial<Citation> = {}): Citation => {
  const anchor = `p-${marker}`
  const documentId = given.documentId ?? 'kamerbrief-2025'
  const quote = given.quote ?? `Voor ${2023 + marker} is ${100 + marker} miljoen euro begroot.`
  const text = given.text ?? `In deze brief staat het volgende. ${quote} Dat bedrag kan nog wijzigen.`
  return {
    marker,
    paragraphId: `${documentId}#${anchor}`,
    documentId,
    document: `${documentId}.txt`,
    title: 'Kamerbrief internationale migratiesamenwerking',
    documentNumber: 'BZ-2025-1234',
    date: '2025-05-23',
    label: null,
    page: marker,
    headingPath: ['Inzet van het kabinet', 'Financiën'],
    quote,
    text,
    spans: [[0, text.length]],
    support: 'letterlijk',
    href: `/documenten/${documentId}?citaat=0-${text.length}#${anchor}`,
    ...given,
  }
}

/** A segment; quotes and list items are verbatim unless told otherwise. */
export const segment = (
  kind: AnswerSegment['kind'],
  text: string,
  markers: number[] = [],
  support: AnswerSegment['support'] = markers.length > 0 ? 'letterlijk' : null,
): AnswerSegment => ({ kind, text, markers, support })

/** A complete answer from its segments and citations. */
export const answered = (
  question: string,
  segments: AnswerSegment[],
  citations: Citation[],
  given: Partial<Extract<Answer, { outcome: 'answered' }>> = {},
): Answer => ({
  answerId: `a-${question.length}-${segments.length}`,
  question,
  answer: segments
    .map(({ text, markers }) => [text, ...markers.map(marker => `[${marker}]`)].join(' '))
    .join(' '),
  segments,
  composedBy: 'search',
  outcome: 'answered',
  reason: null,
  citations,
  unanswered: [],
  nearest: [],
  ...given,
})

/** A paragraph near to a refused question. */
export const nearest = (marker: number, given: Partial<Citation> = {}): NearestSource => {
  const { marker: _marker, support: _support, ...source } = citation(marker, given)
  return source
}

/** A refusal. */
export const refused = (
  question: string,
  text: string,
  sources: NearestSource[],
  given: Partial<Extract<Answer, { outcome: 'refused' }>> = {},
): Answer => ({
  answerId: `r-${question.length}`,
  question,
  answer: text,
  segments: [segment('note', text)],
  composedBy: 'search',
  outcome: 'refused',
  reason: 'no-evidence',
  citations: [],
  unanswered: [],
  nearest: sources,
  ...given,
})

/** The events of an answer in the order of the wire. */
export const eventsOf = (answer: Answer): AnswerEvent[] => [
  {
    type: 'answer-start',
    answerId: answer.answerId,
    question: answer.question,
    composedBy: answer.composedBy,
  },
  ...answer.segments.map((each): AnswerEvent => ({ type: 'answer-delta', segment: each })),
  ...answer.citations.map((each): AnswerEvent => ({ type: 'citation-available', citation: each })),
  { type: 'answer-end', answer },
]

/** A document of the catalogue. */
export const summary = (id: string, given: Partial<DocumentSummary> = {}): DocumentSummary => ({
  id,
  title: 'Kamerbrief internationale migratiesamenwerking',
  citeAs: 'de Kamerbrief van 23 mei 2025',
  institution: 'Ministerie van Buitenlandse Zaken',
  date: '2025-05-23',
  documentNumber: 'BZ-2025-1234',
  kind: 'kamerbrief',
  status: 'definitief',
  language: 'nl',
  url: null,
  href: `/documenten/${id}`,
  ...given,
})

/** A paragraph of a source view. */
export const paragraph = (
  documentId: string,
  number: number,
  text: string,
  given: Partial<SourceParagraph> = {},
): SourceParagraph => ({
  id: `${documentId}#p-${number}`,
  anchor: `p-${number}`,
  kind: 'text',
  headingPath: ['Inzet van het kabinet', 'Financiën'],
  label: null,
  page: 1 + Math.floor(number / 4),
  text,
  spans: [[number * 1_000, number * 1_000 + text.length]],
  footnotes: [],
  ...given,
})

/** A view of a paragraph out of a made-up document of `total` paragraphs, the cited ones with the citations' texts. */
export const viewOf = (
  documentId: string,
  anchor: string,
  citations: readonly Citation[],
  total = 12,
): ParagraphView | null => {
  const at = Number(anchor.replace('p-', ''))
  if (!(at >= 1 && at <= total)) return null
  const all = Array.from({ length: total }, (_, index) => {
    const cited = citations.find(({ paragraphId }) => paragraphId === `${documentId}#p-${index + 1}`)
    return paragraph(
      documentId,
      index + 1,
      cited?.text ??
        `Alinea ${index + 1}. Het kabinet werkt samen met landen van herkomst, van doorreis en van bestemming. Die samenwerking richt zich op opvang in de regio, op terugkeer en op de aanpak van mensenhandel.`,
      cited ? { label: cited.label, page: cited.page } : {},
    )
  })
  const here = all[at - 1]
  if (!here) return null
  return {
    document: summary(documentId),
    paragraph: here,
    before: all.slice(Math.max(0, at - 1 - NEIGHBOURS), at - 1),
    after: all.slice(at, at + NEIGHBOURS),
    footnotes: [],
  }
}
