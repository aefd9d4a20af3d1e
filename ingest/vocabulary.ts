/** The words of a corpus: how rare each is, which compounds hold it, and which others are written nearly the same. */
import { LetterMasks, spellingDistance } from './spelling.js'
import type { Postings, TermIndex } from './term-index.js'

/** Most similar words that one misspelt word is taken for. */
const MOST_SIMILAR = 4

/** A word written nearly as another. */
export interface SimilarTerm {
  readonly term: number
  /** 1 is the same spelling, 0 another word. */
  readonly similarity: number
}

/** Looks up the terms of an index. */
export class Vocabulary {
  readonly #index: TermIndex
  readonly #ids: ReadonlyMap<string, number>
  #compounds: ReadonlyMap<string, readonly number[]> | undefined
  #masks: LetterMasks | undefined

  constructor(index: TermIndex) {
    this.#index = index
    const ids = new Map<string, number>()
    for (const [id, term] of index.terms.entries()) ids.set(term, id)
    this.#ids = ids
  }

  /** Number of terms. */
  get size(): number {
    return this.#index.terms.length
  }

  /** Number of a term; `undefined` when no text holds it. */
  id(term: string): number | undefined {
    return this.#ids.get(term)
  }

  /** The term of a number. */
  term(id: number): string {
    return this.#index.terms[id] as string
  }

  /** Number of paragraphs that hold the term in their text, or where none does, in heading or enrichment. */
  documentFrequency(term: number): number {
    const { byText, byHeading, byEnrichment } = this.#index
    return length(byText, term) || length(byHeading, term) + length(byEnrichment, term)
  }

  /** Rarity in nats of something that so many paragraphs hold: ln(1 + (N − n + ½) / (n + ½)), Robertson and Zaragoza 2009. */
  rarity(documentFrequency: number): number {
    const count = this.#index.paragraphCount
    return Math.log(1 + Math.max(0, count - documentFrequency + 0.5) / (documentFrequency + 0.5))
  }

  /** Terms that are compounds with this part, and the part's own position: `last` for "partnerschap" in "migratiepartnerschap". */
  compoundsWith(part: string): readonly number[] {
    if (!this.#compounds) {
      const compounds = new Map<string, number[]>()
      for (const [id, parts] of this.#index.parts.entries()) {
        if (parts === '') continue
        for (const each of new Set(parts.split('+'))) {
          const known = compounds.get(each)
          if (known) known.push(id)
          else compounds.set(each, [id])
        }
      }
      this.#compounds = compounds
    }
    return this.#compounds.get(part) ?? []
  }

  /** Whether the part is the last of a compound, which says what kind of thing it is. */
  endsWith(compound: number, part: string): boolean {
    const parts = this.#index.parts[compound] as string
    return parts === part || parts.endsWith(`+${part}`)
  }

  /** The terms whose spelling is nearest to a word that is not known, nearest first. */
  similar(word: string): SimilarTerm[] {
    this.#masks ??= new LetterMasks(this.#index.terms)
    const found: SimilarTerm[] = []
    for (const term of this.#masks.near(word)) {
      const distance = spellingDistance(word, this.#index.terms[term] as string)
      if (distance === undefined) continue
      found.push({ term, similarity: 1 - distance / (word.length + 1) })
    }
    found.sort(
      (left, right) =>
        right.similarity - left.similarity ||
        this.documentFrequency(right.term) - this.documentFrequency(left.term),
    )
    const best = found[0]?.similarity ?? 0
    return found.slice(0, MOST_SIMILAR).filter(({ similarity }) => similarity > best - 0.1)
  }
}

function length({ starts }: Postings, term: number): number {
  return (starts[term + 1] as number) - (starts[term] as number)
}
