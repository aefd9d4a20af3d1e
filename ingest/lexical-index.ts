/** BM25 over typed postings: built once, stored as one buffer, opened without copying. */

/** Parameters of BM25. */
export interface Bm25Parameters {
  /** How soon a repeated term stops adding; 0.9 to 1.2 for short texts. */
  readonly k1: number
  /** How much long entries are punished, 0..1. */
  readonly b: number
}

/** Collects the terms of entries, numbered from 0 in the order of adding. */
export class LexicalIndexBuilder {
  readonly #termIds = new Map<string, number>()
  readonly #lengths: number[] = []
  #terms = new Uint32Array(1 << 16)
  #entries = new Uint32Array(1 << 16)
  #frequencies = new Uint16Array(1 << 16)
  #size = 0

  /** Adds one entry with its terms; repeats count. */
  add(terms: readonly string[]): void {
    const entry = this.#lengths.length
    const counts = new Map<number, number>()
    for (const term of terms) {
      let id = this.#termIds.get(term)
      if (id === undefined) {
        id = this.#termIds.size
        this.#termIds.set(term, id)
      }
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    for (const [id, count] of counts) {
      if (this.#size === this.#terms.length) this.#grow()
      this.#terms[this.#size] = id
      this.#entries[this.#size] = entry
      this.#frequencies[this.#size] = Math.min(count, 0xffff)
      this.#size++
    }
    this.#lengths.push(terms.length)
  }

  #grow(): void {
    const grow = <T extends Uint32Array | Uint16Array>(from: T, to: T): T => {
      to.set(from)
      return to
    }
    const capacity = this.#terms.length * 2
    this.#terms = grow(this.#terms, new Uint32Array(capacity))
    this.#entries = grow(this.#entries, new Uint32Array(capacity))
    this.#frequencies = grow(this.#frequencies, new Uint16Array(capacity))
  }

  /** Sorts the postings by term. The builder is spent afterwards. */
  finish(): LexicalIndex {
    const termCount = this.#termIds.size
    const offsets = new Uint32Array(termCount + 1)
    for (let at = 0; at < this.#size; at++) {
      const next = (this.#terms[at] as number) + 1
      offsets[next] = (offsets[next] as number) + 1
    }
    for (let term = 0; term < termCount; term++) {
      offsets[term + 1] = (offsets[term + 1] as number) + (offsets[term] as number)
    }
    const cursor = offsets.slice()
    const entries = new Uint32Array(this.#size)
    const frequencies = new Uint16Array(this.#size)
    for (let at = 0; at < this.#size; at++) {
      const term = this.#terms[at] as number
      const to = cursor[term] as number
      cursor[term] = to + 1
      entries[to] = this.#entries[at] as number
      frequencies[to] = this.#frequencies[at] as number
    }
    return new LexicalIndex(this.#termIds, offsets, entries, frequencies, Uint32Array.from(this.#lengths))
  }
}

/** Postings of one channel, ready to be scored. */
export class LexicalIndex {
  readonly #termIds: ReadonlyMap<string, number>
  readonly #offsets: Uint32Array
  readonly #entries: Uint32Array
  readonly #frequencies: Uint16Array
  readonly #lengths: Uint32Array
  readonly #averageLength: number

  constructor(
    termIds: ReadonlyMap<string, number>,
    offsets: Uint32Array,
    entries: Uint32Array,
    frequencies: Uint16Array,
    lengths: Uint32Array,
  ) {
    this.#termIds = termIds
    this.#offsets = offsets
    this.#entries = entries
    this.#frequencies = frequencies
    this.#lengths = lengths
    this.#averageLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length)
  }

  /** Number of entries. */
  get size(): number {
    return this.#lengths.length
  }

  /** Number of entries that hold the term. */
  documentFrequency(term: string): number {
    const id = this.#termIds.get(term)
    return id === undefined ? 0 : (this.#offsets[id + 1] as number) - (this.#offsets[id] as number)
  }

  /** Rarity of a term in nats, ≥ 0: ln(1 + (N − n + ½) / (n + ½)), Robertson and Zaragoza 2009, as in Lucene. */
  inverseDocumentFrequency(term: string): number {
    const frequency = this.documentFrequency(term)
    return Math.log(1 + (this.size - frequency + 0.5) / (frequency + 0.5))
  }

  /**
   * BM25 of every entry for the terms (Robertson and Zaragoza 2009, The Probabilistic Relevance Framework, eq. 3.15).
   *
   * @returns one score per entry, ≥ 0, higher is closer
   */
  score(terms: Iterable<string>, { k1, b }: Bm25Parameters): Float32Array {
    const scores = new Float32Array(this.size)
    for (const term of new Set(terms)) {
      const id = this.#termIds.get(term)
      if (id === undefined) continue
      const weight = this.inverseDocumentFrequency(term) * (k1 + 1)
      const end = this.#offsets[id + 1] as number
      for (let at = this.#offsets[id] as number; at < end; at++) {
        const entry = this.#entries[at] as number
        const frequency = this.#frequencies[at] as number
        const length = (this.#lengths[entry] as number) / this.#averageLength
        scores[entry] =
          (scores[entry] as number) + (weight * frequency) / (frequency + k1 * (1 - b + b * length))
      }
    }
    return scores
  }

  /**
   * Joins indexes whose entries follow each other: the same as one index built from all their entries.
   *
   * @param parts gives the indexes in order; called twice, so that they need not be in memory together
   */
  static merge(parts: () => Iterable<LexicalIndex>): LexicalIndex {
    const termIds = new Map<string, number>()
    const termsOfParts: Uint32Array[] = []
    const frequencyOf: number[] = []
    const allLengths: Uint32Array[] = []
    let [size, entryCount] = [0, 0]
    for (const part of parts()) {
      const terms = new Uint32Array(part.#termIds.size)
      for (const [term, local] of part.#termIds) {
        let id = termIds.get(term)
        if (id === undefined) {
          id = termIds.size
          termIds.set(term, id)
        }
        terms[local] = id
        frequencyOf[id] =
          (frequencyOf[id] ?? 0) + (part.#offsets[local + 1] as number) - (part.#offsets[local] as number)
      }
      termsOfParts.push(terms)
      allLengths.push(part.#lengths.slice())
      size += part.#entries.length
      entryCount += part.#lengths.length
    }
    const offsets = new Uint32Array(termIds.size + 1)
    for (const [id, frequency] of frequencyOf.entries()) {
      offsets[id + 1] = (offsets[id] as number) + frequency
    }
    const cursor = offsets.slice()
    const entries = new Uint32Array(size)
    const frequencies = new Uint16Array(size)
    const lengths = new Uint32Array(entryCount)
    let [number, firstEntry] = [0, 0]
    for (const part of parts()) {
      const terms = termsOfParts[number] as Uint32Array
      for (let local = 0; local < terms.length; local++) {
        const id = terms[local] as number
        let to = cursor[id] as number
        const end = part.#offsets[local + 1] as number
        for (let at = part.#offsets[local] as number; at < end; at++, to++) {
          entries[to] = (part.#entries[at] as number) + firstEntry
          frequencies[to] = part.#frequencies[at] as number
        }
        cursor[id] = to
      }
      lengths.set(allLengths[number] as Uint32Array, firstEntry)
      firstEntry += part.#lengths.length
      number++
    }
    return new LexicalIndex(termIds, offsets, entries, frequencies, lengths)
  }

  /** Writes the postings into one buffer that `fromBuffer` opens. */
  toBuffer(): Buffer {
    const terms = Buffer.from([...this.#termIds.keys()].join('\n'), 'utf8')
    const padding = Buffer.alloc((4 - (terms.length % 4)) % 4)
    const header = Buffer.from(
      Uint32Array.of(terms.length, this.#offsets.length, this.#entries.length, this.#lengths.length).buffer,
    )
    const bytes = (array: Uint32Array | Uint16Array) =>
      Buffer.from(array.buffer, array.byteOffset, array.byteLength)
    return Buffer.concat([
      header,
      terms,
      padding,
      bytes(this.#offsets),
      bytes(this.#entries),
      bytes(this.#lengths),
      bytes(this.#frequencies),
    ])
  }

  /** Opens what `toBuffer` wrote. The buffer must have been checked: nothing is validated here. */
  static fromBuffer(stored: Buffer): LexicalIndex {
    // Typed arrays need aligned memory; a buffer read from disk starts wherever the pool put it.
    const memory = stored.byteOffset % 4 === 0 ? stored : Buffer.from(Uint8Array.from(stored).buffer)
    const header = new Uint32Array(memory.buffer, memory.byteOffset, 4)
    const [termBytes, offsetCount, entryCount, lengthCount] = header as unknown as [
      number,
      number,
      number,
      number,
    ]
    let at = memory.byteOffset + 16
    const terms = Buffer.from(memory.buffer, at, termBytes).toString('utf8')
    at += termBytes + ((4 - (termBytes % 4)) % 4)
    const numbers = (count: number) => {
      const array = new Uint32Array(memory.buffer, at, count)
      at += count * 4
      return array
    }
    const offsets = numbers(offsetCount)
    const entries = numbers(entryCount)
    const lengths = numbers(lengthCount)
    const frequencies = new Uint16Array(memory.buffer, at, entryCount)
    const termIds = new Map<string, number>()
    if (offsetCount > 1) for (const term of terms.split('\n')) termIds.set(term, termIds.size)
    return new LexicalIndex(termIds, offsets, entries, frequencies, lengths)
  }
}
