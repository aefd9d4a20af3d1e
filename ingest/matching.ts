/** How well one text holds a question. */
import { type AtomMatch, LEVELS, type QueryUnits } from './query-units.js'
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
  readonly totalWeight: number
  readonly #rarities: Float32Array
  readonly #slots: Int32Array
  readonly #matches: (readonly AtomMatch[])[] = [[]]
  readonly #unitOf: Int32Array
  readonly #atoms: Float32Array
  readonly #clauseAtoms: Float32Array
  readonly #frequencies: Float32Array
  readonly #pairs: Float32Array
  readonly #pairWeight: number
  readonly #answerTerms: ReadonlySet<number>

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
    this.#answerTerms = answerTerms
    this.query = query
    this.#rarities = rarities
    this.#slots = slots
    for (const [term, matches] of query.terms) {
      slots[term] = this.#matches.length
      this.#matches.push(matches)
    }
    this.#unitOf = new Int32Array(query.atomCount)
    for (const [unit, { atom, partAtoms }] of query.units.entries()) {
      this.#unitOf[atom] = unit
      for (const part of partAtoms) this.#unitOf[part] = unit
    }
    this.#atoms = new Float32Array(query.atomCount)
    this.#clauseAtoms = new Float32Array(query.atomCount)
    this.#frequencies = new Float32Array(query.units.length)
    this.#pairs = new Float32Array(Math.max(0, query.units.length - 1))
    this.totalWeight = query.units.reduce((sum, { weight }) => sum + weight, 0)
    this.#pairWeight = query.units.slice(1).reduce((sum, _, at) => sum + this.#weightOfPair(at), 0)
  }

  /** Gives the borrowed slots back as they were. */
  release(): void {
    for (const term of this.query.terms.keys()) this.#slots[term] = 0
  }

  #weightOfPair(first: number): number {
    const { units } = this.query
    return ((units[first]?.weight ?? 0) + (units[first + 1]?.weight ?? 0)) / 2
  }

  /** How well atoms hold a unit. */
  #level(unit: number, atoms: Float32Array): number {
    const { atom, partAtoms } = this.query.units[unit] as QueryUnits['units'][number]
    let level = atoms[atom] as number
    if (partAtoms.length > 0 && level < LEVELS.parts) {
      let together = 0
      for (const part of partAtoms) together += atoms[part] as number
      level = Math.max(level, (LEVELS.parts * together) / partAtoms.length)
    }
    return level
  }

  #coverage(atoms: Float32Array): number {
    if (this.totalWeight === 0) return 0
    let held = 0
    for (const [unit, { weight }] of this.query.units.entries())
      if (weight > 0) held += weight * this.#level(unit, atoms)
    return held / this.totalWeight
  }

  /** Matches one text of a field. */
  match({ starts, terms }: TextTerms, text: number): TextMatch {
    const { units } = this.query
    const atoms = this.#atoms.fill(0)
    const clauseAtoms = this.#clauseAtoms.fill(0)
    const frequencies = this.#frequencies.fill(0)
    const pairs = this.#pairs.fill(0)
    let clause = 0
    let answerClause = 0
    let touched = false
    let hasAnswer = false
    let [total, held] = [0, 0]
    let length = 0
    let lastUnit = -1
    let lastLevel = 0
    let lastAt = 0
    const endClause = () => {
      if (touched) {
        const covered = this.#coverage(clauseAtoms)
        clause = Math.max(clause, covered)
        if (hasAnswer) answerClause = Math.max(answerClause, covered)
        clauseAtoms.fill(0)
        touched = false
      }
      hasAnswer = false
      lastUnit = -1
    }
    const end = starts[text + 1] as number
    for (let at = starts[text] as number; at < end; at++) {
      const term = terms[at] as number
      if (term === CLAUSE_END) {
        endClause()
        continue
      }
      const rarity = this.#rarities[term] as number
      if (rarity === 0) {
        if (this.#answerTerms.has(term)) hasAnswer = true
        continue
      }
      length++
      total += rarity
      const slot = this.#slots[term] as number
      if (slot === 0) continue
      touched = true
      let best = 0
      let bestUnit = -1
      for (const { atom, level } of this.#matches[slot] as readonly AtomMatch[]) {
        if (level > (atoms[atom] as number)) atoms[atom] = level
        if (level > (clauseAtoms[atom] as number)) clauseAtoms[atom] = level
        const unit = this.#unitOf[atom] as number
        frequencies[unit] = (frequencies[unit] as number) + level
        if (level > best) {
          best = level
          bestUnit = unit
        }
        if (lastUnit >= 0 && unit === lastUnit + 1 && at - lastAt <= NEAR && level >= LEAST_PAIR_LEVEL)
          pairs[lastUnit] = Math.max(pairs[lastUnit] as number, Math.min(level, lastLevel))
      }
      held += rarity * best
      if (best >= LEAST_PAIR_LEVEL) {
        lastUnit = bestUnit
        lastLevel = best
        lastAt = at
      }
    }
    endClause()
    const levels = new Float32Array(units.length)
    for (let unit = 0; unit < units.length; unit++) levels[unit] = this.#level(unit, atoms)
    let pairHeld = 0
    for (let at = 0; at < pairs.length; at++) pairHeld += (pairs[at] as number) * this.#weightOfPair(at)
    return {
      levels,
      frequencies: frequencies.slice(),
      coverage: this.covered(levels),
      clause,
      answerClause,
      phrase: this.#pairWeight === 0 ? 0 : pairHeld / this.#pairWeight,
      reverse: total === 0 ? 0 : held / total,
      length,
    }
  }

  /** Share of the question's weight that levels stand for. */
  covered(levels: Float32Array): number {
    if (this.totalWeight === 0) return 0
    let held = 0
    for (const [unit, { weight }] of this.query.units.entries()) held += weight * (levels[unit] as number)
    return held / this.totalWeight
  }
}

/** The higher of two levels for each word. */
export function highest(...all: readonly Float32Array[]): Float32Array {
  const [first, ...others] = all
  const levels = Float32Array.from(first ?? [])
  for (const other of others)
    for (let at = 0; at < levels.length; at++)
      if ((other[at] as number) > (levels[at] as number)) levels[at] = other[at] as number
  return levels
}
