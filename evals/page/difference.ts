/** Two texts side by side with their differences marked, word by word. */
import { type Html, html } from './html.js'

/** A run of words with whether the other text has them too, in the same order. */
export interface Piece {
  readonly text: string
  readonly shared: boolean
}

/** Words beyond which a text is compared by its beginning only; a paragraph of policy text has up to a few hundred. */
const LONGEST = 600

/**
 * The words of each text, with those marked that are not part of the longest common subsequence (Hirschberg, 1975, in
 * the plain quadratic form).
 */
export function compareTexts(left: string, right: string): readonly [readonly Piece[], readonly Piece[]] {
  const a = words(left)
  const b = words(right)
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
  const sharedA = new Array<boolean>(a.length).fill(false)
  const sharedB = new Array<boolean>(b.length).fill(false)
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      sharedA[i++] = true
      sharedB[j++] = true
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++
    else j++
  }
  return [pieces(a, sharedA), pieces(b, sharedB)]
}

/** The pieces as HTML; what the other text does not have is marked. */
export function markPieces(parts: readonly Piece[]): Html {
  return html`${parts.map((part, index) => [
    index > 0 && ' ',
    part.shared ? part.text : html`<mark>${part.text}</mark>`,
  ])}`
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean).slice(0, LONGEST)
}

function pieces(list: readonly string[], shared: readonly boolean[]): readonly Piece[] {
  const result: { text: string; shared: boolean }[] = []
  for (const [index, word] of list.entries()) {
    const last = result.at(-1)
    if (last !== undefined && last.shared === shared[index]) last.text += ` ${word}`
    else result.push({ text: word, shared: shared[index] ?? false })
  }
  return result
}
