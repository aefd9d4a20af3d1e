/** Typing errors: how far two spellings are apart, with the confusions of Dutch counted as small. */

/** Letters and pairs that sound alike in Dutch, brought to one spelling. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/sch(?=$|e$|en$)/g, 's'],
  [/ies(?=e?$)/g, 'is'],
  [/isch/g, 'is'],
  [/ij|ei|y/g, 'ɛ'],
  [/ou|au/g, 'ɑ'],
  [/ch/g, 'g'],
  [/ph/g, 'f'],
  [/qu/g, 'kw'],
  [/x/g, 'ks'],
  [/ck/g, 'k'],
  [/c(?=[eiyɛ])/g, 's'],
  [/c/g, 'k'],
  [/th/g, 't'],
  [/dt/g, 't'],
  [/z/g, 's'],
  [/v/g, 'f'],
  [/d$/g, 't'],
  [/ea|ae/g, 'e'],
  [/ie/g, 'i'],
  [/(.)\1+/g, '$1'],
]

/** A word as it sounds, roughly. */
function sound(word: string): string {
  let heard = word
  for (const [pattern, replacement] of SOUNDS) heard = heard.replace(pattern, replacement)
  return heard
}

/** Most edits between two spellings of a word of so many letters. */
function mostEdits(length: number): number {
  if (length < 4) return 0
  return length < 8 ? 1 : 2
}

/**
 * Edits (insert, delete, replace, swap neighbours) from one word to another; `undefined` above `most`. Optimal string
 * alignment (Damerau 1964), with two rows more than needed cut off by the limit.
 */
function edits(left: string, right: string, most: number): number | undefined {
  if (Math.abs(left.length - right.length) > most) return undefined
  let before: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    let least = row
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let cost = Math.min(
        (previous[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (previous[column - 1] as number) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1])
        cost = Math.min(cost, (before[column - 2] as number) + 1)
      current.push(cost)
      if (cost < least) least = cost
    }
    if (least > most) return undefined
    before = previous
    previous = current
  }
  const total = previous[right.length] as number
  return total <= most ? total : undefined
}

/**
 * How far two spellings are apart: edits, or half for what sounds the same.
 *
 * @returns 0 for equal words; `undefined` when they are different words
 */
export function spellingDistance(left: string, right: string): number | undefined {
  if (left === right) return 0
  const most = mostEdits(Math.max(left.length, right.length))
  if (most === 0) return undefined
  const written = edits(left, right, most)
  const heard = edits(sound(left), sound(right), 1)
  if (heard === undefined)
    return written === 1 || (written === 2 && left[0] === right[0]) ? written : undefined
  return Math.min(written ?? 9, heard === 0 ? 0.5 : heard + 0.5)
}

/** Letters of words as bits, to pass over most words without comparing them. */
export class LetterMasks {
  readonly #masks: Uint32Array
  readonly #lengths: Uint8Array

  constructor(words: readonly string[]) {
    this.#masks = Uint32Array.from(words, mask)
    this.#lengths = Uint8Array.from(words, ({ length }) => Math.min(255, length))
  }

  /** Positions of the words that may be near in spelling. */
  *near(word: string): Generator<number> {
    const wanted = mask(word)
    const most = 2
    for (let at = 0; at < this.#masks.length; at++) {
      if (Math.abs((this.#lengths[at] as number) - word.length) > most) continue
      // One edit changes at most two letters of the set.
      if (bitCount((this.#masks[at] as number) ^ wanted) <= 2 * most) yield at
    }
  }
}

function mask(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) {
    const letter = word.charCodeAt(at) - 97
    // Digits and spaces share the last bits, so that numbers and phrases are no near words.
    bits |= 1 << (letter >= 0 && letter < 26 ? letter : 27 + (word.charCodeAt(at) % 5))
  }
  return bits >>> 0
}

function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555)
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333)
  return (((count + (count >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
