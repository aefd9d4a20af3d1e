/** Acronyms and the long forms that a text gives for them: "totaalaanpak van migratie en mobiliteit (TAMM)". */
import { fold } from './analysis.js'
import { splitCompound } from './compounds.js'

/** An acronym with its long form, both as printed. */
export interface Acronym {
  readonly acronym: string
  readonly longForm: string
}

const WORD = /[\p{L}\p{N}]+(?:[-’'][\p{L}\p{N}]+)*/gu

/** Most words of a long form per letter of its acronym; small words stand in between. */
const WORDS_PER_LETTER = 3

/** Whether the letters occur in order, the first as the beginning of the first word, each later one anywhere after. */
function spells(letters: string, words: readonly string[]): boolean {
  // The parts of a compound count as words: "mobiliteitspartnerschap (MP)".
  const text = words.map(word => splitCompound(fold(word)).join(' ')).join(' ')
  if (text.charAt(0) !== letters.charAt(0)) return false
  let at = 0
  let initials = 0
  for (const letter of letters) {
    const initial = text.indexOf(` ${letter}`, at)
    const inside = text.indexOf(letter, at)
    if (at === 0) {
      at = 1
      initials++
    } else if (initial >= 0 && initial - at < 40) {
      at = initial + 2
      initials++
    } else if (inside >= 0) at = inside + 1
    else return false
  }
  return initials * 2 > letters.length
}

/**
 * Finds acronyms in brackets after their long form.
 *
 * @returns each pair once, in the order of the text
 */
export function findAcronyms(text: string): Acronym[] {
  const found = new Map<string, Acronym>()
  for (const match of text.matchAll(
    /\(\s?(?:(?:hierna|verder|afgekort)[^()]{0,20}?)?[“"'‘]?([A-Z][A-Za-z&-]{1,9}?)(?:['’]?s)?[”"'’]?\s?\)/g,
  )) {
    const acronym = match[1] as string
    const letters = fold(acronym).replace(/[^a-z]/g, '')
    const capitals = acronym.replace(/[^A-Z]/g, '').length
    if (capitals < 2 || letters.length < 2 || found.has(acronym)) continue
    const before =
      text
        .slice(Math.max(0, match.index - 160), match.index)
        .split(/[.;:()]/)
        .at(-1) ?? ''
    const words = before.match(WORD) ?? []
    const most = Math.min(words.length, letters.length * WORDS_PER_LETTER)
    for (let count = 1; count <= most; count++) {
      const longForm = words.slice(words.length - count)
      if (fold(longForm[0] as string).charAt(0) !== letters.charAt(0) || !spells(letters, longForm)) continue
      found.set(acronym, { acronym, longForm: longForm.join(' ') })
      break
    }
  }
  return [...found.values()]
}
