/** How the segments of an answer stand together on the page. Pure: no text is changed, joined or read for markup. */
import type { AnswerSegment } from '../server/protocol.js'

/**
 * A block of an answer: the asked value by itself (an amount, a date) where the answer opens with it, running text, a verbatim quotation (its sentences, then the items of the list they introduce), or
 * a remark.
 */
export type AnswerBlock =
  | { readonly kind: 'value'; readonly segment: AnswerSegment }
  | { readonly kind: 'paragraph'; readonly segments: readonly AnswerSegment[] }
  | {
      readonly kind: 'quotation'
      readonly sentences: readonly AnswerSegment[]
      readonly items: readonly AnswerSegment[]
    }
  | { readonly kind: 'note'; readonly segment: AnswerSegment }

/** The blocks of an answer in reading order; every segment is in exactly one. */
export const answerBlocks = (segments: readonly AnswerSegment[]): readonly AnswerBlock[] => {
  const blocks: AnswerBlock[] = []
  const [opening, following] = segments
  // A quotation has its source named before it; one that comes before the naming is the value that was asked for.
  const value = opening?.kind === 'quote' && following?.kind === 'lead-in' ? opening : null
  if (value) blocks.push({ kind: 'value', segment: value })
  for (const segment of value ? segments.slice(1) : segments) {
    const last = blocks.at(-1)
    switch (segment.kind) {
      case 'note':
        blocks.push({ kind: 'note', segment })
        break
      case 'lead-in':
        blocks.push({ kind: 'paragraph', segments: [segment] })
        break
      case 'sentence':
        if (last?.kind === 'paragraph')
          blocks[blocks.length - 1] = { ...last, segments: [...last.segments, segment] }
        else blocks.push({ kind: 'paragraph', segments: [segment] })
        break
      case 'quote':
        // A sentence after list items opens a new quotation: it does not belong to that list.
        if (last?.kind === 'quotation' && last.items.length === 0)
          blocks[blocks.length - 1] = { ...last, sentences: [...last.sentences, segment] }
        else blocks.push({ kind: 'quotation', sentences: [segment], items: [] })
        break
      case 'list-item':
        if (last?.kind === 'quotation')
          blocks[blocks.length - 1] = { ...last, items: [...last.items, segment] }
        else blocks.push({ kind: 'quotation', sentences: [], items: [segment] })
        break
    }
  }
  return blocks
}

/** A piece of printed text: `bold` as Markdown marks say, `cited` where it belongs to the quote, `mark` for the marks themselves. */
export interface PrintedPiece {
  readonly text: string
  readonly bold: boolean
  readonly cited: boolean
  readonly mark: boolean
}

const BOLD_MARK = '**'

/**
 * Cuts the printed text of a paragraph where its looks change. The pieces put together are the text, to the letter: the
 * marks of Markdown are pieces of their own that the page hides.
 *
 * @param quote The verbatim part to highlight; its first occurrence is taken. `null` or absent from the text: none.
 */
export const printedPieces = (text: string, quote: string | null): readonly PrintedPiece[] => {
  const found = quote === null || quote === '' ? -1 : text.indexOf(quote)
  const from = found
  const to = found < 0 ? -1 : found + (quote ?? '').length
  const cuts = new Set([0, text.length])
  if (found >= 0) cuts.add(from).add(to)
  const marks: number[] = []
  for (let at = text.indexOf(BOLD_MARK); at >= 0; at = text.indexOf(BOLD_MARK, at + BOLD_MARK.length)) {
    marks.push(at)
    cuts.add(at).add(at + BOLD_MARK.length)
  }
  const isMark = (start: number): boolean => marks.some(at => start >= at && start < at + BOLD_MARK.length)
  const boundaries = [...cuts].sort((left, right) => left - right)
  let marksSeen = 0
  return boundaries.slice(0, -1).map((start, index) => {
    const mark = isMark(start)
    if (mark && marks.includes(start)) marksSeen += 1
    return {
      text: text.slice(start, boundaries[index + 1]),
      bold: !mark && marksSeen % 2 === 1,
      cited: start >= from && start < to,
      mark,
    }
  })
}
