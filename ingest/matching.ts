/** How well one text holds a question. */
import { LEVELS, type QueryUnits } from './query-units.js'
import { CLAUSE_END, type TextTerms } from './term-index.js'

/** What a text holds of a question. All shares are of the weight of the question's words, 0..1. */
export interface TextMatch {
  /** For each word of the question how well the text holds it at best, 0..1. */
  readonly levels: Float32Array
  /** For each word of the question how often the text holds it, each time counted by how well. */
  readonly frequencies: Float32Array
  /** Share that the whole text holds. */
  readonly coverage: number
  /** Share that its best clause holds. */
  readonly clause: number
  /** Share that the best clause holds which has a form of the expected answer; 0 when none has, or none is expected. */
  readonly answerClause: number
  /** Share of the pairs of neighbouring words that stand together in the text too. */
  readonly phrase: number
  /** Share of the text's own weight that the question holds: 1 when the text says nothing else. */
  readonly reverse: number
  /** Weight of the text: the sum of the rarities of its terms. */
  readonly weight: number
  /** Number of terms. */
  readonly length: number
}

/** Most terms between two words that stand together. */
const NEAR = 2
/** Least level at which a word counts for a pair. */
const LEAST_PAIR_LEVEL = 0.45

/** Matches texts against one question. */
export class Matcher {
  readonly query: QueryUnits
  /** Sum of the weights of the question's words. */
  readonly totalWeight: number
  readonly #rarities: Float32Array
  readonly #slots: Int32Array
  readonly #answerTerms: ReadonlySet<number>
  /** What the term of each slot stands for, slot after slot; slot 0 is that of all other terms. */
  readonly #slotStarts: Uint32Array
  readonly #slotAtoms: Uint16Array
  readonly #slotLevels: Float32Array
  readonly #unitOfAtom: Uint16Array
  readonly #weights: Float64Array
  readonly #wholeAtoms: Uint16Array
  readonly #partAtoms: readonly (readonly number[])[]
  readonly #pairWeights: Float64Array
  readonly #pairTotal: number
  readonly #nothing: TextMatch
  // What one text gives; kept from text to text, because thousands are matched for one question.
  readonly #atoms: Float32Array
  readonly #clauseAtoms: Float32Array
  readonly #frequencies: Float32Array
  readonly #pairs: Float32Array
  #bestClause = 0
  #bestAnswerClause = 0
  #isClauseTouched = false
  #hasAnswer = false

  /**
   * @param slots one zero for each term of the corpus; borrowed until `release`
   * @param rarities rarity of each term; 0 for the marks of answer forms
   * @param answerTerms marks of the forms that the answer can take
   */
  constructor(
    query: QueryUnits,
    slots: Int32Array,
    rarities: Float32Array,
    answerTerms: ReadonlySet<number>,
  ) {
    this.query = query
    this.#rarities = rarities
    this.#slots = slots
    this.#answerTerms = answerTerms
    const { units, terms, atomCount } = query
    const count = [...terms.values()].reduce((sum, matches) => sum + matches.length, 0)
    this.#slotStarts = new Uint32Array(terms.size + 2)
    this.#slotAtoms = new Uint16Array(count)
    this.#slotLevels = new Float32Array(count)
    let [slot, at] = [1, 0]
    for (const [term, matches] of terms) {
      slots[term] = slot
      this.#slotStarts[slot] = at
      for (const { atom, level } of matches) {
        this.#slotAtoms[at] = atom
        this.#slotLevels[at++] = level
      }
      this.#slotStarts[++slot] = at
    }
    this.#unitOfAtom = new Uint16Array(atomCount)
    for (const [unit, { atom, partAtoms }] of units.entries())
      for (const each of [atom, ...partAtoms]) this.#unitOfAtom[each] = unit
    this.#weights = Float64Array.from(units, ({ weight }) => weight)
    this.#wholeAtoms = Uint16Array.from(units, ({ atom }) => atom)
    this.#partAtoms = units.map(({ partAtoms }) => partAtoms)
    this.totalWeight = this.#weights.reduce((sum, weight) => sum + weight, 0)
    this.#pairWeights = this.#weights
      .slice(1)
      .map((weight, first) => (weight + (this.#weights[first] as number)) / 2)
    this.#pairTotal = this.#pairWeights.reduce((sum, weight) => sum + weight, 0)
    this.#atoms = new Float32Array(atomCount)
    this.#clauseAtoms = new Float32Array(atomCount)
    this.#frequencies = new Float32Array(units.length)
    this.#pairs = new Float32Array(this.#pairWeights.length)
    const none = new Float32Array(units.length)
    this.#nothing = {
      levels: none,
      frequencies: none,
      coverage: 0,
      clause: 0,
      answerClause: 0,
      phrase: 0,
      reverse: 0,
      weight: 0,
      length: 0,
    }
  }

  /** Gives the borrowed slots back as they were. */
  release(): void {
    for (const term of this.query.terms.keys()) this.#slots[term] = 0
  }

  /** How well atoms hold a word. */
  #level(unit: number, atoms: Float32Array): number {
    const whole = atoms[this.#wholeAtoms[unit] as number] as number
    const parts = this.#partAtoms[unit] as readonly number[]
    if (parts.length === 0 || whole >= LEVELS.parts) return whole
    let together = 0
    for (const part of parts) together += atoms[part] as number
    return Math.max(whole, (LEVELS.parts * together) / parts.length)
  }

  #endClause(): void {
    if (this.#isClauseTouched) {
      let held = 0
      for (let unit = 0; unit < this.#weights.length; unit++)
        held += (this.#weights[unit] as number) * this.#level(unit, this.#clauseAtoms)
      const covered = this.totalWeight === 0 ? 0 : held / this.totalWeight
      if (covered > this.#bestClause) this.#bestClause = covered
      if (this.#hasAnswer && covered > this.#bestAnswerClause) this.#bestAnswerClause = covered
      this.#clauseAtoms.fill(0)
      this.#isClauseTouched = false
    }
    this.#hasAnswer = false
  }

  /** Matches one text of a field. The arrays of the result must not be changed. */
  match({ starts, terms }: TextTerms, text: number): TextMatch {
    const [rarities, slots] = [this.#rarities, this.#slots]
    let isTouched = false
    let [total, held] = [0, 0]
    let length = 0
    let lastUnit = -1
    let [lastLevel, lastAt] = [0, 0]
    const end = starts[text + 1] as number
    for (let at = starts[text] as number; at < end; at++) {
      const term = terms[at] as number
      if (term === CLAUSE_END) {
        this.#endClause()
        lastUnit = -1
        continue
      }
      const rarity = rarities[term] as number
      if (rarity === 0) {
        if (this.#answerTerms.has(term)) this.#hasAnswer = true
        continue
      }
      length++
      total += rarity
      const slot = slots[term] as number
      if (slot === 0) continue
      if (!isTouched) {
        isTouched = true
        this.#begin()
      }
      const [unit, level] = this.#take(slot, at - lastAt <= NEAR ? lastUnit : -1, lastLevel)
      held += rarity * level
      if (level >= LEAST_PAIR_LEVEL) {
        lastUnit = unit
        lastLevel = level
        lastAt = at
      }
    }
    if (!isTouched) {
      this.#hasAnswer = false
      return length === 0 ? this.#nothing : { ...this.#nothing, length, weight: total }
    }
    this.#endClause()
    return this.#result(length, total, held)
  }

  #begin(): void {
    this.#atoms.fill(0)
    this.#clauseAtoms.fill(0)
    this.#frequencies.fill(0)
    this.#pairs.fill(0)
    this.#bestClause = 0
    this.#bestAnswerClause = 0
  }

  /**
   * Takes a term that stands for something of the question.
   *
   * @param near word that the term just before stands for; −1 without one
   * @returns the word that it stands for best, and how well
   */
  #take(slot: number, near: number, nearLevel: number): readonly [unit: number, level: number] {
    this.#isClauseTouched = true
    let [best, bestUnit] = [0, -1]
    const end = this.#slotStarts[slot + 1] as number
    for (let at = this.#slotStarts[slot] as number; at < end; at++) {
      const atom = this.#slotAtoms[at] as number
      const level = this.#slotLevels[at] as number
      const unit = this.#unitOfAtom[atom] as number
      if (level > (this.#atoms[atom] as number)) this.#atoms[atom] = level
      if (level > (this.#clauseAtoms[atom] as number)) this.#clauseAtoms[atom] = level
      this.#frequencies[unit] = (this.#frequencies[unit] as number) + level
      if (level > best) {
        best = level
        bestUnit = unit
      }
      if (near >= 0 && unit === near + 1 && level >= LEAST_PAIR_LEVEL)
        this.#pairs[near] = Math.max(this.#pairs[near] as number, Math.min(level, nearLevel))
    }
    return [bestUnit, best]
  }

  #result(length: number, weight: number, held: number): TextMatch {
    const levels = new Float32Array(this.#weights.length)
    for (let unit = 0; unit < levels.length; unit++) levels[unit] = this.#level(unit, this.#atoms)
    let pairHeld = 0
    for (let at = 0; at < this.#pairs.length; at++)
      pairHeld += (this.#pairs[at] as number) * (this.#pairWeights[at] as number)
    return {
      levels,
      frequencies: this.#frequencies.slice(),
      coverage: this.covered(levels),
      clause: this.#bestClause,
      answerClause: this.#bestAnswerClause,
      phrase: this.#pairTotal === 0 ? 0 : pairHeld / this.#pairTotal,
      reverse: weight === 0 ? 0 : held / weight,
      weight,
      length,
    }
  }

  /** Share of the question's weight that levels stand for. */
  covered(levels: Float32Array): number {
    if (this.totalWeight === 0) return 0
    let held = 0
    for (let unit = 0; unit < levels.length; unit++)
      held += (this.#weights[unit] as number) * (levels[unit] as number)
    return held / this.totalWeight
  }
}

/** Raises levels to those of another text where they are higher. */
export function raise(levels: Float32Array, other: Float32Array): void {
  for (let at = 0; at < levels.length; at++)
    if ((other[at] as number) > (levels[at] as number)) levels[at] = other[at] as number
}

/** The higher of two levels for each word. */
export function highest(first: Float32Array, ...others: readonly Float32Array[]): Float32Array {
  const levels = first.slice()
  for (const other of others) raise(levels, other)
  return levels
}
