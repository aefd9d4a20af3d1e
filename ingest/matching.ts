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

/** What a text holds of a question, without its clauses and pairs. Valid until the next text is looked at. */
export interface TextGlance {
  /** As in `TextMatch`. */
  readonly levels: Float32Array
  readonly frequencies: Float32Array
  readonly coverage: number
  readonly reverse: number
}

/** What is known of the texts of a field before any question: number and weight of the terms of each. */
interface FieldFacts {
  readonly lengths: Uint32Array
  readonly weights: Float64Array
}

/** Facts of the fields of an index, by its rarities; they go when the index goes. */
const factsByRarities = new WeakMap<Float32Array, Map<TextTerms, FieldFacts>>()

function factsOf(field: TextTerms, rarities: Float32Array): FieldFacts {
  const known = factsByRarities.get(rarities) ?? new Map<TextTerms, FieldFacts>()
  factsByRarities.set(rarities, known)
  const facts = known.get(field) ?? countFacts(field, rarities)
  known.set(field, facts)
  return facts
}

function countFacts({ starts, terms, count }: TextTerms, rarities: Float32Array): FieldFacts {
  const lengths = new Uint32Array(count)
  const weights = new Float64Array(count)
  for (let text = 0; text < count; text++) {
    let [length, weight] = [0, 0]
    const end = starts[text + 1] as number
    for (let at = starts[text] as number; at < end; at++) {
      const term = terms[at] as number
      const rarity = term === CLAUSE_END ? 0 : (rarities[term] as number)
      if (rarity === 0) continue
      length++
      weight += rarity
    }
    lengths[text] = length
    weights[text] = weight
  }
  return { lengths, weights }
}

const NO_FACTS: FieldFacts = { lengths: new Uint32Array(0), weights: new Float64Array(0) }

/** Slot of a term that marks a form of the expected answer. */
const ANSWER = -1

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
  readonly #facts = new Map<TextTerms, FieldFacts>()
  #lastField: TextTerms | null = null
  #lastFacts: FieldFacts = NO_FACTS
  /** What the term of each slot stands for, slot after slot; slot 0 is that of all other terms. */
  readonly #slotStarts: Uint32Array
  readonly #slotAtoms: Uint16Array
  readonly #slotLevels: Float32Array
  readonly #unitOfAtom: Uint16Array
  /** Weight of each word. */
  readonly weights: Float64Array
  readonly #wholeAtoms: Uint16Array
  readonly #partAtoms: readonly (readonly number[])[]
  readonly #pairWeights: Float64Array
  readonly #pairTotal: number
  readonly #nothing: TextMatch
  readonly #glance: { levels: Float32Array; frequencies: Float32Array; coverage: number; reverse: number }
  // What one text gives; kept from text to text, because thousands are matched for one question.
  readonly #atoms: Float32Array
  readonly #clauseAtoms: Float32Array
  readonly #frequencies: Float32Array
  readonly #pairs: Float32Array
  #bestClause = 0
  #bestAnswerClause = 0
  #isClauseTouched = false
  #hasAnswer = false
  #takenUnit = -1
  #takenLevel = 0

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
    for (const term of answerTerms) slots[term] = ANSWER
    for (const [term, matches] of terms) {
      // What has no rarity is a mark of an answer form and no word.
      if (rarities[term] !== 0) slots[term] = slot
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
    this.weights = Float64Array.from(units, ({ weight }) => weight)
    this.#wholeAtoms = Uint16Array.from(units, ({ atom }) => atom)
    this.#partAtoms = units.map(({ partAtoms }) => partAtoms)
    this.totalWeight = this.weights.reduce((sum, weight) => sum + weight, 0)
    this.#pairWeights = this.weights
      .slice(1)
      .map((weight, first) => (weight + (this.weights[first] as number)) / 2)
    this.#pairTotal = this.#pairWeights.reduce((sum, weight) => sum + weight, 0)
    this.#atoms = new Float32Array(atomCount)
    this.#clauseAtoms = new Float32Array(atomCount)
    this.#frequencies = new Float32Array(units.length)
    this.#pairs = new Float32Array(this.#pairWeights.length)
    const none = new Float32Array(units.length)
    this.#glance = {
      levels: new Float32Array(units.length),
      frequencies: new Float32Array(units.length),
      coverage: 0,
      reverse: 0,
    }
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
    for (const term of this.#answerTerms) this.#slots[term] = 0
  }

  /** Number of terms of a text, marks left out. */
  lengthOf(field: TextTerms, text: number): number {
    return this.#factsOf(field).lengths[text] as number
  }

  /** Weight of a text: the sum of the rarities of its terms. */
  weightOf(field: TextTerms, text: number): number {
    return this.#factsOf(field).weights[text] as number
  }

  #factsOf(field: TextTerms): FieldFacts {
    if (field === this.#lastField) return this.#lastFacts
    this.#lastFacts = this.#facts.get(field) ?? factsOf(field, this.#rarities)
    this.#lastField = field
    this.#facts.set(field, this.#lastFacts)
    return this.#lastFacts
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
      for (let unit = 0; unit < this.weights.length; unit++)
        held += (this.weights[unit] as number) * this.#level(unit, this.#clauseAtoms)
      const covered = this.totalWeight === 0 ? 0 : held / this.totalWeight
      if (covered > this.#bestClause) this.#bestClause = covered
      if (this.#hasAnswer && covered > this.#bestAnswerClause) this.#bestAnswerClause = covered
      clear(this.#clauseAtoms)
      this.#isClauseTouched = false
    }
    this.#hasAnswer = false
  }

  /** Matches one text of a field. The arrays of the result must not be changed. */
  match(field: TextTerms, text: number): TextMatch {
    const { starts, terms } = field
    const [rarities, slots] = [this.#rarities, this.#slots]
    let isTouched = false
    let held = 0
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
      const slot = slots[term] as number
      if (slot === 0) continue
      if (slot === ANSWER) {
        this.#hasAnswer = true
        continue
      }
      if (!isTouched) {
        isTouched = true
        this.#begin()
      }
      this.#take(slot, at - lastAt <= NEAR ? lastUnit : -1, lastLevel)
      const level = this.#takenLevel
      held += (rarities[term] as number) * level
      if (level >= LEAST_PAIR_LEVEL) {
        lastUnit = this.#takenUnit
        lastLevel = level
        lastAt = at
      }
    }
    const facts = this.#factsOf(field)
    const length = facts.lengths[text] as number
    const weight = facts.weights[text] as number
    if (!isTouched) {
      this.#hasAnswer = false
      return length === 0 ? this.#nothing : { ...this.#nothing, length, weight }
    }
    this.#endClause()
    return this.#result(length, weight, held)
  }

  /**
   * Matches one text of a field, but not its clauses and pairs.
   *
   * @returns what it holds, in arrays that the next call changes; `null` when it holds nothing
   */
  glance(field: TextTerms, text: number): TextGlance | null {
    const { starts, terms } = field
    const [rarities, slots, glance] = [this.#rarities, this.#slots, this.#glance]
    const { frequencies, levels } = glance
    const [slotStarts, slotAtoms, slotLevels] = [this.#slotStarts, this.#slotAtoms, this.#slotLevels]
    const [atoms, unitOfAtom] = [this.#atoms, this.#unitOfAtom]
    let isTouched = false
    let held = 0
    const end = starts[text + 1] as number
    for (let at = starts[text] as number; at < end; at++) {
      const term = terms[at] as number
      if (term === CLAUSE_END) continue
      const slot = slots[term] as number
      if (slot <= 0) continue
      if (!isTouched) {
        isTouched = true
        clear(atoms)
        clear(frequencies)
      }
      let best = 0
      const slotEnd = slotStarts[slot + 1] as number
      for (let entry = slotStarts[slot] as number; entry < slotEnd; entry++) {
        const atom = slotAtoms[entry] as number
        const level = slotLevels[entry] as number
        const unit = unitOfAtom[atom] as number
        if (level > (atoms[atom] as number)) atoms[atom] = level
        frequencies[unit] = (frequencies[unit] as number) + level
        if (level > best) best = level
      }
      held += (rarities[term] as number) * best
    }
    if (!isTouched) return null
    for (let unit = 0; unit < levels.length; unit++) levels[unit] = this.#level(unit, atoms)
    glance.coverage = this.covered(levels)
    const weight = this.weightOf(field, text)
    glance.reverse = weight === 0 ? 0 : held / weight
    return glance
  }

  #begin(): void {
    clear(this.#atoms)
    clear(this.#clauseAtoms)
    clear(this.#frequencies)
    clear(this.#pairs)
    this.#bestClause = 0
    this.#bestAnswerClause = 0
  }

  /**
   * Takes a term that stands for something of the question.
   *
   * The word that it stands for best, and how well, stand in `#takenUnit` and `#takenLevel`.
   *
   * @param near word that the term just before stands for; −1 without one
   */
  #take(slot: number, near: number, nearLevel: number): void {
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
    this.#takenUnit = bestUnit
    this.#takenLevel = best
  }

  #result(length: number, weight: number, held: number): TextMatch {
    const levels = new Float32Array(this.weights.length)
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
      held += (this.weights[unit] as number) * (levels[unit] as number)
    return held / this.totalWeight
  }
}

/** Sets all to 0; for a few numbers faster than `fill`. */
function clear(numbers: Float32Array): void {
  for (let at = 0; at < numbers.length; at++) numbers[at] = 0
}

/** Adds the numbers of another text. */
export function add(sums: Float32Array, more: Float32Array): void {
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (more[at] as number)
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
