/** Does a sentence tell as allowed or possible what its source tells as due, or the other way round? */
import { type Comparison, metClause } from './comparison.js'
import { type Lexeme, NEGATIONS } from './lexemes.js'

const words = (text: string) => text.split(' ')
/** Words for what may or can be. */
const MAY = new Set(
  words('kan kunnen kon konden mag mogen mogelijk mogelijkheid mogelijkheden zou zouden eventueel optie'),
)
/** Words for what has to be. */
const MUST = new Set(
  words('moet moeten moest moesten dient dienen verplicht verplichten verplichting vereist'),
)

/** Words for what something cannot do without. */
const NEEDED = new Set(words('nodig noodzaak noodzakelijk essentieel cruciaal onmisbaar vergt valt eist'))

/** How a sentence tells as allowed what its source tells as due, or the other way round. */
export type Modality = 'allowed' | 'possible' | 'due'

/** The verb of a sentence that tells as allowed or possible what the source tells as due, or as due what is only possible. */
export function exchangedModality(comparison: Comparison): { at: number; told: Modality } | undefined {
  const { sentence, source, from, to } = comparison
  const clause = metClause(comparison)
  if (!clause) return undefined
  const says = (words: ReadonlySet<string>, start: number, end: number) =>
    source.slice(start, end).some(({ folded }) => words.has(folded))
  const find = (verb: RegExp) => sentence.findIndex(({ folded }) => verb.test(folded))
  const [allowed, possible, due] = [
    find(/^mag$|^mogen$/),
    find(/^kan$|^kunnen$/),
    find(/^(?:moet|dien)(?:t|en)?$/),
  ]
  if (due < 0 && says(MUST, clause.from, clause.to) && !says(MAY, from, to)) {
    if (allowed >= 0) return isDenied(sentence, allowed) ? undefined : { at: allowed, told: 'allowed' }
    return possible < 0 ? undefined : { at: possible, told: 'possible' }
  }
  const isOnlyPossible = says(MAY, clause.from, clause.to) && !says(MUST, from, to) && !says(NEEDED, from, to)
  return due >= 0 && allowed + possible === -2 && isOnlyPossible ? { at: due, told: 'due' } : undefined
}

/** "mogen niet", which forbids. */
function isDenied(words: readonly Lexeme[], at: number): boolean {
  for (let after = at + 1; after < words.length && !words[after]?.clauseStart; after++)
    if (NEGATIONS.has(words[after]?.folded ?? '')) return true
  return false
}
