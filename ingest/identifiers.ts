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
    pattern: /\bBWB[RVW]\d{7}\b/gi,
    read: ({ whole = '' }) => ({
      normalised: whole.toUpperCase(),
      url: `https://wetten.overheid.nl/${whole.toUpperCase()}`,
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
      /(?:\bCELEX(?:-?nummer)?\s?[:.]?\s?)?(?<number>\b[1-9CE](?:19|20)\d{2}[A-Z]{1,2}\d{4}(?:\(\d{2}\))?)(?![\w(])/gi,
    read: ({ number = '' }) => celex(number.toUpperCase()),
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
      /\b(?<series>COM|SEC|SWD|JOIN)\s?(?:\(\s?(?<year>(?:19|20)\d{2})\s?\)\s?|[\s/-](?<slashed>(?:19|20)\d{2})[\s/-])(?<number>\d{1,4})(?<version>\/\d{1,2})?(?:\s(?:definitief|final|def\.))?(?![\d/])/gi,
    read: ({ series: printed = '', year, slashed, number = '', version = '' }) => {
      const series = printed.toUpperCase()
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
      /\b(?:(?<name>Kamerstuk(?:ken)?|[Dd]ossier)\s?(?:(?:II|I|TK|EK)\b)?(?:\s?\/\s?(?:II|I))?,?\s?(?:\d{4}[/-]\d{2,4},?\s)?)?(?<dossier>\d{2}[ .\u00a0]?\d{3})(?<part>-(?:\d{2,3}|[IVX]{1,6})|\s[IVX]{1,6}(?![\w]))?(?:(?:,?\s(?:nr|nrs|no)\.?\s?|-)(?<number>\d{1,5})|,\s(?<letter>[A-Z]{1,2})(?!\w))?(?![\w/]|[.,]\d)/g,
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
      /(?<prefix>\bST)[\s-]?(?<number>\d{4,5})[\s-](?<year>(?:19|20)\d{2})(?:[\s-](?:(?<series>REV|ADD|COR)[\s-]?(?<count>\d{1,2})|(?<first>INIT)))?(?![\w/])/g,
    read: groups => councilPaper(groups),
  },
  {
    kind: 'raadsdocument',
    pattern:
      /(?<prefix>\b(?:ST|[Rr]aadsdocument|[Dd]oc(?:ument|\.)?)\s(?:nr\.?\s)?(?:ST\s)?)?(?<![\d/.-])(?<number>\d{4,5})(?:\/(?<revision>\d{1,2}))?\/(?<year>\d{2}|20\d{2})(?:\s(?<series>REV|ADD|COR)\s?(?<count>\d{1,2})|\s(?<first>INIT))?(?![\w/])/g,
    read: groups => councilPaper(groups),
  },
]

/** A paper of the Council; `null` where a number and a year alone could be anything. */
function councilPaper({
  prefix,
  number = '',
  revision,
  year = '',
  series,
  count,
  first,
}: Readonly<Record<string, string | undefined>>): Pick<Identifier, 'normalised' | 'url'> | null {
  if (!prefix && !revision && !series && !first && number.length < 5) return null
  const full = fullYear(year)
  const version = series ? `${series} ${count}` : revision ? `REV ${revision}` : 'INIT'
  const isSure = full >= FIRST_COUNCIL_YEAR && full <= LAST_YEAR && !(revision && series && series !== 'REV')
  return {
    normalised: `ST ${Number(number)}/${full} ${version}`,
    url: isSure
      ? `https://data.consilium.europa.eu/doc/document/ST-${Number(number)}-${full}-${version.replace(' ', '-')}/nl/pdf`
      : null,
  }
}

/** The year that two digits mean: "09" is 2009, "71" is 1971. */
const fullYear = (year: string): number =>
  year.length === 4 ? Number(year) : Number(year) + (Number(year) < 60 ? 2000 : 1900)

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
  return withoutOverlaps(found)
}

/** In reading order; of those that begin together the longest counts. */
function withoutOverlaps<Range extends { readonly start: number; readonly end: number }>(
  found: Range[],
): Range[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  const kept: Range[] = []
  for (const each of found) if (each.start >= (kept.at(-1)?.end ?? 0)) kept.push(each)
  return kept
}

/** An official number, or an article with its part, as a search compares it. */
export interface IdentifierTerms {
  /** Half-open range of the text that was given, in UTF-16 code units. */
  readonly start: number
  readonly end: number
  /**
   * The same for every spelling, the most exact first: the paper, then its dossier. They begin with ``, which no word of a
   * text does.
   */
  readonly terms: readonly string[]
}

const ORDINALS =
  'eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende vijftiende'.split(
    ' ',
  )
const ORDINAL = `(?:${ORDINALS.join('|')}|\\d{1,2}e)`

/**
 * Spellings that are too short to link, because they could be something else. For a search that does no harm: they are
 * compared with each other only.
 */
const SHORT_SPELLINGS: readonly {
  readonly pattern: RegExp
  readonly read: (groups: Readonly<Record<string, string | undefined>>) => readonly string[]
}[] = [
  {
    // "9283/09"; "2010/11" are years.
    pattern: /(?<![\d/.,-])(?!(?:19|20)\d{2}\/)(?<number>\d{4,5})\/(?<year>\d{2})(?![\w/])/g,
    read: ({ number, year = '' }) => [`st:${Number(number)}/${fullYear(year)}`],
  },
  {
    // "2003/86/EG"
    pattern:
      /(?<![\w/.,-])(?<year>(?:19|20)?\d{2})\/(?<number>\d{1,4})\/(?:EU|EG|EEG|EC|EEC|JBZ|Euratom)(?!\w)/gi,
    read: ({ number, year = '' }) => [`eu:${fullYear(year)}/${Number(number)}`],
  },
  {
    // "19637-2547", "19 637 nr. 2547"
    pattern:
      /(?<![\d.,-])(?<dossier>\d{2}[ .\u00a0]?\d{3})(?<part>-(?:\d{2,3}|[IVX]{1,6})(?=[\s,-])|\s[IVX]{1,6}(?=[\s,]))?(?:-|,?\s(?:nr|nrs|no|nummer)\.?\s?)(?<number>\d{1,5})(?![\w/-]|[.,]\d)/g,
    read: groups => paperTerms(paper(groups).normalised),
  },
  {
    // "artikel 14, eerste lid", "art. 14 lid 1"
    pattern: new RegExp(
      `(?<!\\p{L})art(?:ikel(?:en)?|\\.)?\\s?(?<article>\\d+[a-z]{0,2}(?:[.:]\\d+[a-z]?)*),?\\s(?:(?:het\\s)?(?<ordinals>${ORDINAL}(?:(?:,|\\s(?:en|of))\\s${ORDINAL})*)\\slid|lid\\s(?<number>\\d{1,2}))(?![\\p{L}\\d])`,
      'giu',
    ),
    read: ({ article = '', ordinals = '', number }) => {
      const parts = ordinals.toLowerCase().match(new RegExp(ORDINAL, 'g')) ?? []
      const counted = parts.map(each => ORDINALS.indexOf(each) + 1 || Number.parseInt(each, 10))
      return (number ? [Number(number)] : counted).map(each => `artikel:${article.toLowerCase()}:${each}`)
    },
  },
]

/** Preparatory papers of the Commission by their type in CELEX numbers; staff papers changed their name in 2012. */
function seriesOf(type: string, year: string): string | null {
  if (type === 'DC' || type === 'PC') return 'com'
  if (type === 'JC') return 'join'
  return type === 'SC' ? (Number(year) < 2012 ? 'sec' : 'swd') : null
}

/** A paper, then its dossier. */
function paperTerms(normalised: string): string[] {
  const dossier = normalised.split('-')[0] ?? normalised
  return [...new Set([`kst:${normalised.toLowerCase()}`, `kst:${dossier}`])]
}

function termsOf({ kind, normalised }: Identifier): readonly string[] {
  if (kind === 'kamerstuk') return paperTerms(normalised)
  if (kind === 'celex') {
    const [, sector, year = '', type = '', number = ''] =
      /^(.)(\d{4})([A-Z]{1,2})(\d{4})/.exec(normalised) ?? []
    const series = sector === '5' ? seriesOf(type, year) : null
    if (series) return [`${series}:${year}/${Number(number)}`]
    const own = `celex:${normalised.toLowerCase()}`
    return sector === '3' ? [own, `eu:${year}/${Number(number)}`] : [own]
  }
  if (kind === 'com') {
    const [, series = '', year, number, version] =
      /^(\w+)\((\d{4})\) (\d+)(?:\/(\d+))?$/.exec(normalised) ?? []
    const whole = `${series.toLowerCase()}:${year}/${number}`
    return version ? [`${whole}/${version}`, whole] : [whole]
  }
  if (kind === 'raadsdocument') {
    const [, number = '', version = ''] = /^ST (\S+) (.+)$/.exec(normalised) ?? []
    const whole = `st:${number}`
    return version === 'INIT' ? [whole] : [`${whole}:${version.toLowerCase().replace(' ', '')}`, whole]
  }
  return [`${normalised.toLowerCase()}`]
}

/**
 * The official numbers of a text, and articles with their part, in reading order and without overlaps, as a search compares
 * them: "COM(2011) 743", "COM/2011/0743" and "52011DC0743" give one term.
 */
export function identifierTerms(text: string): readonly IdentifierTerms[] {
  if (!/\d/.test(text)) return []
  const found: IdentifierTerms[] = findIdentifiers(text).map(each => ({
    start: each.start,
    end: each.end,
    terms: termsOf(each),
  }))
  for (const { pattern, read } of SHORT_SPELLINGS)
    for (const match of text.matchAll(pattern)) {
      const terms = read(match.groups ?? {})
      if (terms.length > 0) found.push({ start: match.index, end: match.index + match[0].length, terms })
    }
  return withoutOverlaps(found)
}
