/** Official numbers of documents in a text: laws, judgments, acts and proposals of the Union, papers of parliament and of the Council. */

/** What a number belongs to. */
export type IdentifierKind = 'bwb' | 'ecli' | 'celex' | 'com' | 'kamerstuk' | 'raadsdocument'

/** A number as it stands in a text. */
export interface Identifier {
  readonly kind: IdentifierKind
  /** The same for every spelling: "32016R0679", "COM(2011) 743", "19637-2500". */
  readonly normalised: string
  /** Half-open range of the text that was given, in UTF-16 code units. */
  readonly start: number
  readonly end: number
  /** Official address by a pattern that its publisher documents; `null` where the number does not tell it for certain. */
  readonly url: string | null
}

interface Spelling {
  readonly kind: IdentifierKind
  readonly pattern: RegExp
  readonly read: (
    groups: Readonly<Record<string, string | undefined>>,
  ) => Pick<Identifier, 'normalised' | 'url'> | null
}

/** Legal acts by their type in CELEX numbers: https://eur-lex.europa.eu/content/tools/TableOfSectors/types_of_documents_in_eurlex.html */
const ACTS: Readonly<Record<string, string>> = {
  verordening: 'R',
  richtlijn: 'L',
  regulation: 'R',
  directive: 'L',
}
/** Years in which acts of the Union and its predecessors carry a number. */
const FIRST_YEAR = 1958
const LAST_YEAR = 2099
/** From this year on acts are numbered "2016/679" instead of "679/2016". */
const YEAR_FIRST_FROM = 2015
/** The register of the Council answers by number from this year on. */
const FIRST_COUNCIL_YEAR = 1999

const celex = (number: string) => ({
  normalised: number,
  url: `https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=CELEX:${number}`,
})

const SPELLINGS: readonly Spelling[] = [
  {
    kind: 'bwb',
    pattern: /\bBWB[RVW]\d{7}\b/g,
    read: ({ whole = '' }) => ({
      normalised: whole,
      url: `https://wetten.overheid.nl/${whole}`,
    }),
  },
  {
    kind: 'ecli',
    pattern: /\bECLI:(?<country>[A-Z]{2}):[A-Z][A-Z0-9]{0,6}:\d{4}:[A-Z0-9](?:[A-Z0-9.]{0,23}[A-Z0-9])?\b/gi,
    read: ({ whole = '', country = '' }) => ({
      normalised: whole.toUpperCase(),
      url:
        country.toUpperCase() === 'NL'
          ? `https://deeplink.rechtspraak.nl/uitspraak?id=${whole.toUpperCase()}`
          : null,
    }),
  },
  {
    kind: 'celex',
    pattern:
      /(?:\bCELEX(?:-?nummer)?\s?[:.]?\s?)?(?<number>\b[1-9CE](?:19|20)\d{2}[A-Z]{1,2}\d{4}(?:\(\d{2}\))?)(?![\w(])/g,
    read: ({ number = '' }) => celex(number),
  },
  {
    kind: 'celex',
    pattern:
      /\b(?<act>verordening|richtlijn|regulation|directive)\s(?:\((?:EU|EG|EEG|EC|EEC|Euratom)(?:, ?Euratom)?\)\s)?(?:(?:nr|no)\.?\s?)?(?<first>\d{1,4})\/(?<second>\d{1,4})(?:\/(?:EU|EG|EEG|EC|EEC|Euratom))?(?![\w/])/gi,
    read: ({ whole = '', act = '', first = '', second = '' }) => {
      const type = ACTS[act.toLowerCase()] ?? ''
      const numbered = actYear(type, first, second, /\bn[ro]\b/i.test(whole))
      return numbered && celex(`3${numbered.year}${type}${numbered.number.padStart(4, '0')}`)
    },
  },
  {
    kind: 'com',
    pattern:
      /\b(?<series>COM|SEC|SWD|JOIN)\s?(?:\(\s?(?<year>(?:19|20)\d{2})\s?\)\s?|\/(?<slashed>(?:19|20)\d{2})\/)(?<number>\d{1,4})(?<version>\/\d{1,2})?(?:\s(?:definitief|final|def\.))?(?![\d/])/g,
    read: ({ series = '', year, slashed, number = '', version = '' }) => {
      const [full, bare] = [year ?? slashed ?? '', String(Number(number))]
      const isSure = version === '' && (series === 'COM' || series === 'JOIN')
      return {
        normalised: `${series}(${full}) ${bare}${version}`,
        url: isSure
          ? `https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=${series}:${full}:${bare.padStart(4, '0')}:FIN`
          : null,
      }
    },
  },
  {
    kind: 'kamerstuk',
    pattern: /\bkst-(?<dossier>\d{5})(?<part>-(?:[IVX]{1,6}|\d{2,3})(?=-))?-(?<number>\d{1,5}|[A-Z]{1,3})\b/g,
    read: groups => paper(groups),
  },
  {
    kind: 'kamerstuk',
    pattern:
      /\b(?:(?<name>Kamerstuk(?:ken)?)\s?(?:(?:II|I|TK|EK)\b)?(?:\s?\/\s?(?:II|I))?,?\s?(?:\d{4}[/-]\d{2,4},?\s)?)?(?<dossier>\d{2}[ .\u00a0]?\d{3})(?<part>-(?:\d{2,3}|[IVX]{1,6})|\s[IVX]{1,6}(?![\w]))?(?:(?:,?\s(?:nr|nrs|no)\.?\s?|-)(?<number>\d{1,5})|,\s(?<letter>[A-Z]{1,2})(?!\w))?(?![\w/]|[.,]\d)/g,
    read: ({ name, letter, ...groups }) => {
      const isSpaced = /^\d{2}[ .\u00a0]\d{3}$/.test(groups.dossier ?? '')
      // Without the name a number of five digits is a dossier only where its paper is named with it.
      if (!name && !(isSpaced && groups.number && /\bn[ro]/.test(groups.whole ?? ''))) return null
      return paper({ ...groups, number: groups.number ?? letter })
    },
  },
  {
    kind: 'raadsdocument',
    pattern:
      /(?<prefix>\b(?:ST|[Rr]aadsdocument|[Dd]oc(?:ument|\.)?)\s(?:nr\.?\s)?(?:ST\s)?)?(?<![\d/.-])(?<number>\d{4,5})(?:\/(?<revision>\d{1,2}))?\/(?<year>\d{2}|20\d{2})(?:\s(?<series>REV|ADD|COR)\s?(?<count>\d{1,2})|\s(?<first>INIT))?(?![\w/])/g,
    read: ({ prefix, number = '', revision, year = '', series, count, first }) => {
      if (!prefix && !revision && !series && !first && number.length < 5) return null
      const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 60 ? 2000 : 1900)
      const version = series ? `${series} ${count}` : revision ? `REV ${revision}` : 'INIT'
      const isSure =
        full >= FIRST_COUNCIL_YEAR && full <= LAST_YEAR && !(revision && series && series !== 'REV')
      return {
        normalised: `ST ${Number(number)}/${full} ${version}`,
        url: isSure
          ? `https://data.consilium.europa.eu/doc/document/ST-${Number(number)}-${full}-${version.replace(' ', '-')}/nl/pdf`
          : null,
      }
    },
  },
]

/** A paper of parliament, or its dossier where no paper is named. */
function paper({
  dossier = '',
  part,
  number,
}: Readonly<Record<string, string | undefined>>): Pick<Identifier, 'normalised' | 'url'> {
  const bare = [dossier.replace(/\D/g, ''), part?.replace(/^[-\s]/, ''), number].filter(
    each => each !== undefined,
  )
  const normalised = bare.join('-')
  return {
    normalised,
    url: number === undefined ? null : `https://zoek.officielebekendmakingen.nl/kst-${normalised}.html`,
  }
}

/** Which of the two numbers of an act is its year; `null` where neither or both could be. */
function actYear(
  type: string,
  first: string,
  second: string,
  isNumbered: boolean,
): { readonly year: number; readonly number: string } | null {
  // Directives, and all acts from 2015 on, begin with the year. Regulations before that carry "nr." and end with it.
  const yearOf = (text: string): number => (text.length === 2 ? 1900 + Number(text) : Number(text))
  const isYear = (year: number): boolean => year >= FIRST_YEAR && year <= LAST_YEAR
  const [front, back] = [yearOf(first), yearOf(second)]
  if (type === 'L' && isYear(front) && (first.length === 2 ? front < 2000 : true))
    return { year: front, number: second }
  if (first.length === 4 && isYear(front) && front >= YEAR_FIRST_FROM && !isNumbered)
    return { year: front, number: second }
  if (type === 'R' && isYear(back) && (isNumbered || !isYear(front))) return { year: back, number: first }
  return null
}

/**
 * Finds all official numbers in a text, in reading order and without overlaps. Of spellings that begin together the longest
 * counts. Takes time in proportion to the length of the text.
 */
export function findIdentifiers(text: string): readonly Identifier[] {
  const found: Identifier[] = []
  for (const { kind, pattern, read } of SPELLINGS) {
    for (const match of text.matchAll(pattern)) {
      const result = read({ ...match.groups, whole: match[0] })
      if (result) found.push({ kind, ...result, start: match.index, end: match.index + match[0].length })
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  const kept: Identifier[] = []
  for (const each of found) if (each.start >= (kept.at(-1)?.end ?? 0)) kept.push(each)
  return kept
}
