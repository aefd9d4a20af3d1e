/** Between the ranges of a source and the collapsed text that readers see. */
import type { Span } from './corpus.js'

/** A collapsed text with the source offset of each of its characters. */
export interface CollapsedText {
  /** The spans joined by a space, white space collapsed, trimmed. */
  readonly text: string
  /** Source offset per UTF-16 unit of `text`. */
  readonly offsets: readonly number[]
}

/** Joins the spans of a source by a space and collapses white space: the `text` of a paragraph. */
export function collapseSpans(source: string, spans: readonly Span[]): CollapsedText {
  let text = ''
  const offsets: number[] = []
  let pendingSpace = false
  for (const [start, end] of spans) {
    if (text !== '') pendingSpace = true
    for (let at = start; at < end; at++) {
      const character = source[at] as string
      // Most characters are plain letters, and a pattern is slow to say so.
      if ((character <= ' ' || character > '~') && /\s/.test(character)) {
        pendingSpace = text !== ''
        continue
      }
      if (pendingSpace) {
        text += ' '
        offsets.push(at)
        pendingSpace = false
      }
      text += character
      offsets.push(at)
    }
  }
  return { text, offsets }
}

/**
 * The source ranges of `text.slice(start, end)`, one for each paragraph span that it touches.
 *
 * @param start inclusive offset into the collapsed text
 * @param end exclusive offset, after `start`
 */
export function sourceSpans(
  collapsed: CollapsedText,
  spans: readonly Span[],
  start: number,
  end: number,
): Span[] {
  const first = collapsed.offsets[start]
  const last = collapsed.offsets[end - 1]
  if (first === undefined || last === undefined) return []
  const found: Span[] = []
  for (const [from, to] of spans) {
    const touches = Math.max(from, first) < Math.min(to, last + 1)
    if (touches) found.push([Math.max(from, first), Math.min(to, last + 1)])
  }
  return found
}
