/** Verbatim pieces of paragraphs, of which answers are composed. */
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { Sentence } from './sentences.js'

/** A verbatim piece of one paragraph. */
export interface Piece {
  readonly document: PolicyDocument
  readonly paragraph: Paragraph
  /** Range of the paragraph's text. */
  readonly start: number
  readonly end: number
  readonly kind: 'quote' | 'list-item'
  /** Another paragraph that says the same point: cited too, not shown. */
  readonly same?: Piece
}

/** The pieces that answer one part of a question, in the order in which they are shown. */
export interface Selection {
  readonly pieces: readonly Piece[]
  /** Headings over a list that no sentence introduces, outermost first; `null` otherwise. */
  readonly heading: string | null
  /** Number of items of the list that are not shown. */
  readonly leftOut: number
  /** Whether the pieces answer the same with different values, newest first. */
  readonly isDiffering: boolean
}

/** Pieces without anything particular about them. */
export const plainSelection = (pieces: readonly Piece[]): Selection => ({
  pieces,
  heading: null,
  leftOut: 0,
  isDiffering: false,
})

/** A range of a paragraph as a piece. */
export function pieceOf(
  { document, paragraph }: { readonly document: PolicyDocument; readonly paragraph: Paragraph },
  { start, end }: Sentence,
  kind: Piece['kind'] = 'quote',
): Piece {
  return { document, paragraph, start, end, kind }
}

/** What a piece says, as printed. */
export const textOf = ({ paragraph, start, end }: Piece) => paragraph.text.slice(start, end)

/** Number of words of a text. */
export const countWords = (text: string) => text.split(/\s+/).filter(Boolean).length
