/** Dutch stems: inflected forms of one word meet, whether regular, irregular or a participle. */
import { readFileSync } from 'node:fs'
import { stemmer } from '@orama/stemmers/dutch'
import { wordKind } from './word-table.js'

const SEPARABLE_PREFIXES = (
  'aaneen achterna achteruit bijeen binnen buiten dooreen omhoog omlaag onder opeen over samen tegemoet tegen teloor ' +
  'tentoon terecht terug teweeg uiteen vast vooraf voorbij vooruit voort voor vrij weder weer weg achter aan af bij dicht ' +
  'door dood goed hoog ineen in klaar langs los mee mis na neer om op open plaats samen stil tegen toe thuis uit vol waar deel ' +
  'kennis rond gelijk bloot her'
).split(' ')
const INSEPARABLE_PREFIXES = [
  'be',
  'ge',
  'her',
  'ont',
  'ver',
  'er',
  'over',
  'onder',
  'voor',
  'door',
  'aan',
  'mis',
  'weer',
]

/** Prefixes by their first letter, because most words begin with none of them. */
function byFirstLetter(prefixes: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const prefix of prefixes)
    groups.set(prefix.charAt(0), [...(groups.get(prefix.charAt(0)) ?? []), prefix])
  return groups
}
const SEPARABLE = byFirstLetter(SEPARABLE_PREFIXES)
const INSEPARABLE = byFirstLetter(INSEPARABLE_PREFIXES)

/** Words that look like an inflected verb and are not. */
const NO_VERB = new Set(
  (
    'ruimte ziekte lengte hoogte diepte breedte grootte behoefte gewoonte belofte gedeelte gemeente schaarste warmte ' +
    'sterkte zwakte leegte droogte vlakte gedachte waarde vrede orde aarde einde periode schade liefde beide eerde ' +
    'genade kade code mode methode gebied geluid gebod geschied verband bestand gezant gemiddeld gewicht geweld gehalte ' +
    'gebaar gezag geding besluit bericht dienst kost kunst winst vracht toezicht vlucht tijd geboorte gesteente gebergte ' +
    'overhead gast mest lust rest nest onderhoud inhoud behoud overheid verbod aanbod verstand voorstand onderwijst raad staat maand wand hand stand land'
  ).split(' '),
)

interface Irregular {
  /** Canonical form by irregular form. */
  readonly forms: ReadonlyMap<string, string>
  /** The same for nouns that also end compounds. */
  readonly lastParts: ReadonlyMap<string, string>
  /** Stem of the infinitive by irregular form. */
  readonly verbs: ReadonlyMap<string, string>
}

let irregular: Irregular | undefined

function readTable(name: string): [string, string[]][] {
  const rows: [string, string[]][] = []
  for (const line of readFileSync(new URL(`tables/${name}`, import.meta.url), 'utf8').split('\n')) {
    const [base, others] = line.split('\t')
    if (base && others && !line.startsWith('#')) rows.push([base, others.split(' ')])
  }
  return rows
}

function loadIrregular(): Irregular {
  if (irregular) return irregular
  const forms = new Map<string, string>()
  const lastParts = new Map<string, string>()
  const verbs = new Map<string, string>()
  for (const [infinitive, others] of readTable('irregular-verbs.nl.tsv')) {
    const stemmed = regularStem(infinitive)
    for (const form of [infinitive, ...others]) verbs.set(form, stemmed)
  }
  for (const [entry, others] of readTable('irregular-forms.nl.tsv')) {
    const base = entry.replace(/^-/, '')
    const canonical = normalizeEnd(base)
    for (const form of [base, ...others]) {
      forms.set(form, canonical)
      if (entry.startsWith('-') && form !== base) lastParts.set(form, canonical)
    }
  }
  irregular = { forms, lastParts, verbs }
  return irregular
}

/** Last consonant as it is spoken and no doubled letters at the end, so that "brieven" meets "brief". */
function normalizeEnd(stemmed: string): string {
  if (stemmed.length < 3) return stemmed
  const single = stemmed
    .replace(/(aa|ee|oo|uu)([^aeiou])$/, pair => pair.slice(1))
    .replace(/([bcdfgklmnprst])\1$/, '$1')
  const last = single.at(-1)
  if (last === 'v') return `${single.slice(0, -1)}f`
  if (last === 'z') return `${single.slice(0, -1)}s`
  return single
}

/** Porter's Dutch stem with a normalised end. Knows no exceptions. */
export function regularStem(word: string): string {
  return normalizeEnd(word.length < 4 ? word : stemmer(word))
}

/** As `regularStem`, but "grens" keeps its s and "conclusies" loses it. */
function nounStem(word: string): string {
  if (!word.endsWith('s')) return regularStem(word)
  if (wordKind(word)?.endsInS) return word
  const singular = word.slice(0, -1)
  if (word.length >= 5 && /[aeiouy]$/.test(singular) && !/[aeiou]{2}$/.test(singular.replace(/ie$/, 'e'))) {
    const stemmed = regularStem(singular)
    if (wordKind(stemmed)) return stemmed
  }
  return regularStem(word)
}

function isVerbStem(stemmed: string): boolean {
  return stemmed.length >= 3 && wordKind(stemmed)?.verb === true
}

/** The stem of a finite form or participle of a regular verb; `undefined` when the word is none. */
function verbStem(word: string): string | undefined {
  const infinitive = regularStem(word)
  if (word.endsWith('en') && isVerbStem(infinitive)) return infinitive
  if (/[td]$/.test(word)) {
    const participle = participleStem(word)
    if (participle) return participle
  }
  const ending = /(?:ten|den|te|de|t|d)$/.exec(word)?.[0]
  if (!ending) return undefined
  const base = word.slice(0, word.length - ending.length)
  // A verb stem ends in a consonant; "buit" is no form of "buien".
  if (base.length < 3 || !/[^aeiou]$/.test(base)) return undefined
  const participle = participleStem(base)
  if (participle) return participle
  if (ending === 'd' && !INSEPARABLE_PREFIXES.some(prefix => base.startsWith(prefix))) return undefined
  const finite = normalizeEnd(base)
  return isVerbStem(finite) ? finite : undefined
}

/** "gewerk" → "werk", "opgestel" → "opstel", when that is a verb. */
function participleStem(base: string): string | undefined {
  if (base.startsWith('ge')) {
    const bare = normalizeEnd(base.slice(2))
    if (isVerbStem(bare)) return bare
  }
  if (!base.includes('ge', 2)) return undefined
  for (const prefix of SEPARABLE.get(base.charAt(0)) ?? []) {
    if (!base.startsWith(`${prefix}ge`) || base.length < prefix.length + 5) continue
    const bare = normalizeEnd(base.slice(prefix.length + 2))
    if (isVerbStem(bare) || isVerbStem(prefix + bare)) return prefix + bare
  }
  return undefined
}

/** "aangenomen" → "aannem", "vernam" → "vernem": a prefixed form of an irregular verb. */
function irregularVerbStem(word: string, verbs: ReadonlyMap<string, string>): string | undefined {
  const whole = verbs.get(word)
  if (whole) return whole
  for (const prefix of SEPARABLE.get(word.charAt(0)) ?? []) {
    if (!word.startsWith(prefix)) continue
    const rest = word.slice(prefix.length)
    const base = verbs.get(rest)
    if (base && (rest.length >= 4 || isVerbStem(prefix + base))) return prefix + base
  }
  for (const prefix of INSEPARABLE.get(word.charAt(0)) ?? []) {
    if (!word.startsWith(prefix)) continue
    const rest = word.slice(prefix.length)
    // "verkocht" lacks the "ge" of "gekocht".
    const base = verbs.get(rest) ?? verbs.get(`ge${rest}`)
    if (base && (rest.length >= 4 || isVerbStem(prefix + base))) return prefix + base
  }
  return undefined
}

/** "hoofdsteden" → "hoofdstad". */
function irregularNounStem(word: string, lastParts: ReadonlyMap<string, string>): string | undefined {
  for (const length of LAST_PART_LENGTHS) {
    if (word.length < length + 3) continue
    const singular = lastParts.get(word.slice(-length))
    if (singular) return word.slice(0, -length) + singular
  }
  return undefined
}
const LAST_PART_LENGTHS = [9, 8, 7, 6, 5, 4]

const cache = new Map<string, string>()
const CACHE_SIZE = 200_000

/**
 * The stem of a folded word. Numbers and words of fewer than three letters stay as they are.
 *
 * Rests on Porter's Dutch algorithm (snowballstem.org, `dutch_porter`), with tables for irregular forms and with the
 * verbs of the word table for endings that the algorithm leaves.
 */
export function stem(word: string): string {
  const known = cache.get(word)
  if (known !== undefined) return known
  const stemmed = computeStem(word)
  if (cache.size >= CACHE_SIZE) cache.clear()
  cache.set(word, stemmed)
  return stemmed
}

function computeStem(word: string): string {
  if (word.length < 3 || /\d/.test(word)) return word
  const { forms, lastParts, verbs } = loadIrregular()
  const form = forms.get(word)
  if (form) return form
  if (NO_VERB.has(word)) return nounStem(word)
  // "opgelopen" and "opgelopene", "begonnen" and "begonnene".
  const participle = word.endsWith('ene') ? irregularVerbStem(word.slice(0, -1), verbs) : undefined
  return (
    irregularVerbStem(word, verbs) ??
    participle ??
    irregularNounStem(word, lastParts) ??
    verbStem(word) ??
    nounStem(word)
  )
}
