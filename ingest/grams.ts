/** Letter 4-grams of the words of a corpus: they see that "geldovermakingen" and "geld overmaken" are alike. */
import type { Vocabulary } from './vocabulary.js'

const LENGTH = 4

/** The grams of a word, with its beginning and end marked. */
export function gramsOf(word: string): string[] {
  const marked = `_${word}_`
  const found: string[] = []
  for (let at = 0; at + LENGTH <= marked.length; at++) found.push(marked.slice(at, at + LENGTH))
  return found
}

/** Which grams each term of a vocabulary holds, and how rare each gram is among the paragraphs. */
export class GramTable {
  readonly #ids = new Map<string, number>()
  /** Where the grams of each term start in `grams`, and the end of the last. */
  readonly starts: Uint32Array
  readonly grams: Uint32Array
  readonly rarities: Float32Array
  /** Rarity of a gram that no term holds. */
  readonly highest: number

  constructor(vocabulary: Vocabulary, paragraphCount: number) {
    const starts = new Uint32Array(vocabulary.size + 1)
    const grams: number[] = []
    /** For each gram the logarithm of the share of paragraphs without it, were its words spread at random. */
    const absent: number[] = []
    for (let term = 0; term < vocabulary.size; term++) {
      const word = vocabulary.term(term)
      // A phrase repeats its words; references and marks are no words.
      if (!/[ _#]/.test(word)) {
        const share = Math.min(0.999, vocabulary.documentFrequency(term) / Math.max(1, paragraphCount))
        for (const gram of gramsOf(word)) {
          let id = this.#ids.get(gram)
          if (id === undefined) {
            id = this.#ids.size
            this.#ids.set(gram, id)
            absent.push(0)
          }
          absent[id] = (absent[id] as number) + Math.log(1 - share)
          grams.push(id)
        }
      }
      starts[term + 1] = grams.length
    }
    this.highest = vocabulary.rarity(0)
    this.starts = starts
    this.grams = Uint32Array.from(grams)
    this.rarities = Float32Array.from(absent, logarithm =>
      vocabulary.rarity(paragraphCount * (1 - Math.exp(logarithm))),
    )
  }

  /** Number of different grams. */
  get size(): number {
    return this.#ids.size
  }

  /** Number of a gram; `undefined` when no term holds it. */
  id(gram: string): number | undefined {
    return this.#ids.get(gram)
  }
}
