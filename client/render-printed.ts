/** Printed text as templates: to the letter, with the marks of Markdown hidden and the quote highlighted. */
import { html, type TemplateResult } from 'lit'
import { printedPieces } from './answer-blocks.js'

/**
 * The printed text of a paragraph or a quote.
 *
 * @param quote The verbatim part to highlight; `null`: none.
 */
export const renderPrinted = (text: string, quote: string | null = null): readonly TemplateResult[] => {
  const pieces = printedPieces(text, quote)
  const draw = (piece: (typeof pieces)[number]): TemplateResult =>
    piece.mark
      ? html`<span hidden>${piece.text}</span>`
      : piece.bold
        ? html`<strong>${piece.text}</strong>`
        : html`${piece.text}`
  // The cited pieces are one run: one mark around them all, so that it reads and copies as one quotation.
  const first = pieces.findIndex(piece => piece.cited)
  if (first < 0) return pieces.map(draw)
  const cited = pieces.filter(piece => piece.cited)
  return [
    ...pieces.slice(0, first).map(draw),
    html`<mark part="highlight">${cited.map(draw)}</mark>`,
    ...pieces.slice(first + cited.length).map(draw),
  ]
}
