/** Text that a reader of the page does not see: comments and elements that their style hides, in text and Markdown. */
import type { Furniture, Span } from '../corpus.js'
import type { Block } from '../formats/format.js'

const COMMENT = /<!--[\s\S]*?(?:-->|$)/g
/** An element with its content whose own attributes hide it: no display, no size, or the colour of paper. */
const HIDDEN_ELEMENT =
  /<([a-z][a-z0-9]*)\b(?=[^>]*(?:\shidden\b|style\s*=\s*["'][^"']*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0|(?<!-)color\s*:\s*(?:white|#fff(?:fff)?\b|rgb\(\s*255\s*,\s*255\s*,\s*255))))[^>]*>[\s\S]*?<\/\1\s*>/gi

function hiddenRanges(source: string): Span[] {
  if (!source.includes('<')) return []
  const found = [COMMENT, HIDDEN_ELEMENT].flatMap(pattern =>
    [...source.matchAll(pattern)].map((match): Span => [match.index, match.index + match[0].length]),
  )
  return found.sort(([left], [right]) => left - right)
}

/** What is left of a span outside some ranges, without white space at its ends. */
function outside(source: string, [start, end]: Span, ranges: readonly Span[]): Span[] {
  const left: Span[] = []
  const keep = (from: number, to: number) => {
    const text = source.slice(from, to)
    if (text.trim() !== '')
      left.push([from + (text.length - text.trimStart().length), from + text.trimEnd().length])
  }
  let from = start
  for (const [hiddenFrom, hiddenTo] of ranges) {
    if (hiddenTo <= from || hiddenFrom >= end) continue
    if (hiddenFrom > from) keep(from, hiddenFrom)
    from = Math.max(from, Math.min(hiddenTo, end))
  }
  keep(from, end)
  return left
}

/** Takes hidden text out of blocks; what is taken out becomes furniture, and a block of nothing else is gone. */
export function takeOutHidden<Kept extends Pick<Block, 'spans'>>(
  source: string,
  blocks: readonly Kept[],
): { readonly blocks: readonly Kept[]; readonly furniture: readonly Furniture[] } {
  const ranges = hiddenRanges(source)
  if (ranges.length === 0) return { blocks, furniture: [] }
  const furniture: Furniture[] = []
  const kept = blocks.flatMap(block => {
    const spans = block.spans.flatMap(span => outside(source, span, ranges))
    const hidden = block.spans.flatMap(span => outside(source, span, spans))
    if (hidden.length === 0) return [block]
    furniture.push({ name: 'hidden text', spans: hidden })
    return spans.length === 0 ? [] : [{ ...block, spans }]
  })
  return { blocks: kept, furniture }
}
