/** What of the text of a PDF page a reader cannot see: extracted text laid beside the characters as they are painted. */
import type { Fragment } from './pdf-lines.js'
import { bareText, type PaintedCharacter } from './pdf-painting.js'

/** Characters that may stand between two pieces of text in the order of painting: what stands outside of the page. */
const FURTHEST = 20_000

/** A piece of text with how it is painted. */
export interface SeenFragment {
  readonly fragment: Fragment
  /** What it was cut from; itself where it was not cut. */
  readonly whole: Fragment
  readonly look: PaintedCharacter['look']
}

/**
 * Tells for each piece of text how it is painted. A piece of which only some can be seen is cut in two; one that cannot be
 * found in the painting counts as visible.
 */
export function lookAt(
  fragments: readonly Fragment[],
  characters: readonly PaintedCharacter[],
): SeenFragment[] {
  if (characters.every(({ look }) => look === 'visible'))
    return fragments.map(fragment => ({ fragment, whole: fragment, look: 'visible' }))
  const seen: SeenFragment[] = []
  let at = 0
  for (const fragment of fragments) {
    const wanted = bareText(fragment.text)
    const from = wanted.length === 0 ? -1 : findPainted(wanted, fragment, characters, at)
    if (from < 0) {
      seen.push({
        fragment,
        whole: fragment,
        look: wanted.length === 0 ? (seen.at(-1)?.look ?? 'visible') : 'visible',
      })
      continue
    }
    at = from + wanted.length
    seen.push(...cutByLook(fragment, characters.slice(from, at)))
  }
  return seen
}

function findPainted(
  wanted: readonly string[],
  { y, size }: Fragment,
  characters: readonly PaintedCharacter[],
  from: number,
): number {
  const last = Math.min(characters.length - wanted.length, from + FURTHEST)
  for (let start = from; start <= last; start++) {
    if (Math.abs((characters[start]?.y ?? 0) - y) > size) continue
    if (wanted.every((each, offset) => characters[start + offset]?.character === each)) return start
  }
  return -1
}

function cutByLook(fragment: Fragment, painted: readonly PaintedCharacter[]): SeenFragment[] {
  const [first] = painted
  const look = first?.look ?? 'visible'
  if (painted.every(each => each.look === look)) return [{ fragment, whole: fragment, look }]
  const pieces: SeenFragment[] = []
  let [from, done] = [0, 0]
  let open = look
  const { text, x, width } = fragment
  const push = (to: number): void => {
    const share = (offset: number): number => (width * offset) / text.length
    const piece = { ...fragment, text: text.slice(from, to), x: x + share(from), width: share(to - from) }
    if (to > from) pieces.push({ fragment: piece, whole: fragment, look: open })
  }
  for (let offset = 0; offset < text.length; ) {
    const length = (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
    const own = bareText(text.slice(offset, offset + length)).length
    const next = own > 0 ? (painted[done]?.look ?? open) : open
    if (next !== open) {
      push(offset)
      from = offset
      open = next
    }
    done += own
    offset += length
  }
  push(text.length)
  return pieces
}
