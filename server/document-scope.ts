/** Which documents a question names: "volgens de Raad in 2008", "in de Praagse verklaring", "de Kamerbrief". */
import { type Token, tokens } from '../ingest/analysis.js'
import { splitCompound } from '../ingest/compounds.js'
import type { PolicyDocument } from '../ingest/corpus.js'

/** What a question says about the documents it is about. */
export interface DocumentScope {
  /** How clearly each document is named, 0..1; documents that are not named are absent. */
  readonly preferences: ReadonlyMap<string, number>
  /** Positions of the tokens that only name a document. */
  readonly naming: ReadonlySet<number>
  /** Positions of the tokens that name a document, however vaguely: "het kabinet". */
  readonly mentioning: ReadonlySet<number>
}

/** How clearly each kind of mention names a document; they add up to at most 1. Chosen by `evals/train.ts`. */
const EVIDENCE = {
  number: 1,
  alias: 0.9,
  name: 0.5,
  kind: 0.45,
  institution: 0.4,
  author: 0.4,
  year: 0.37,
  month: 0.3,
} as const
/** Least evidence that counts, and the share of the clearest document's evidence below which another is not meant. */
const LEAST_EVIDENCE = 0.38
const LEAST_SHARE = 0.7
/** Evidence from which the words that name the document are left out of the search for content. */
const CLEARLY_NAMED = 0.75

/** Who speaks in documents of a kind, beside the institution that published it. */
const AUTHORS: Readonly<Record<string, string>> = {
  kamerbrief: 'kabinet regering minister bewindslieden bewindspersonen staatssecretaris',
  kamerstuk: 'kabinet regering minister',
  mededeling: 'commissie brussel',
  raadsconclusies: 'raad',
  verklaring: 'ondertekenaars ministers',
  wet: 'wetgever',
  verordening: 'raad wetgever',
}

/** Who speaks in documents of some kind names none by being addressed in its title: "mededeling aan de Raad". */
const SPEAKERS: ReadonlySet<string> = new Set(
  Object.values(AUTHORS).flatMap(authors => tokens(authors).map(({ stem }) => stem)),
)

const MONTHS =
  'januari februari maart april mei juni juli augustus september oktober november december'.split(' ')

/** Words of institutions that many of them share and that name none. */
const GENERAL_WORDS = new Set(
  'europa unie nederland nationaal internationaal algemen eerste tweede derde vn un eu'.split(' '),
)

interface Profile {
  readonly id: string
  readonly aliases: readonly (readonly string[])[]
  readonly names: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
  readonly institution: ReadonlySet<string>
  /** Neighbouring words of institution and aliases. */
  readonly pairs: ReadonlySet<string>
  readonly authors: ReadonlySet<string>
  readonly numbers: ReadonlySet<string>
  readonly year: string | null
  readonly month: string | null
}

const contentStems = (text: string) => tokens(text).flatMap(({ stem, stop }) => (stop ? [] : [stem]))

function profileOf(document: PolicyDocument): Profile {
  const { aliases, citeAs, title, kind, institution, date, documentNumber } = document
  const kindStems = kind ? tokens(kind).flatMap(({ word, stem }) => [stem, ...splitCompound(word)]) : []
  const institutionStems = institution ? contentStems(institution) : []
  // What follows "ministerie van" is a subject, and many texts are about it.
  const isMinistry = institutionStems.includes('ministerie')
  const known = new Set([...kindStems, ...institutionStems])
  // A capitalised word inside an alias is a name: "Praagse verklaring", "VN-dialoog".
  const names = aliases
    .flatMap(alias => alias.match(/\p{Lu}[\p{L}\p{N}]+/gu) ?? [])
    .flatMap(contentStems)
    .filter(stem => !known.has(stem) && !GENERAL_WORDS.has(stem) && !SPEAKERS.has(stem))
  const [year = null, month] = date?.split('-') ?? []
  return {
    id: document.id,
    aliases: [...aliases, title, ...(citeAs ? [citeAs.replace(/^(?:de|het) /, '')] : [])]
      .map(contentStems)
      .filter(({ length }) => length > 0),
    names: new Set(names),
    kinds: new Set(kindStems),
    institution: new Set(
      isMinistry ? ['ministerie'] : institutionStems.filter(stem => !GENERAL_WORDS.has(stem)),
    ),
    pairs: new Set(
      [institutionStems, ...aliases.map(contentStems)].flatMap(stems =>
        stems.slice(1).map((stem, at) => `${stems[at]} ${stem}`),
      ),
    ),
    authors: new Set(kind ? contentStems(AUTHORS[kind] ?? '') : []),
    numbers: new Set(
      documentNumber
        ? tokens(documentNumber)
            .filter(({ word }) => /\d/.test(word))
            .map(({ stem }) => stem)
        : [],
    ),
    year,
    month: MONTHS[Number(month) - 1] ?? null,
  }
}

/** Documents that a word can name; a word that more than this many share names none by itself. */
const MOST_SHARING = 100

/** Documents by the words that can name them. */
interface ScopeIndex {
  readonly profiles: readonly Profile[]
  readonly byStem: ReadonlyMap<string, readonly number[]>
}

const scopeIndexes = new WeakMap<readonly PolicyDocument[], ScopeIndex>()

function scopeIndexOf(documents: readonly PolicyDocument[]): ScopeIndex {
  const known = scopeIndexes.get(documents)
  if (known) return known
  const profiles = documents.map(profileOf)
  const byStem = new Map<string, number[]>()
  for (const [number, { aliases, names, kinds, institution, authors, numbers, year }] of profiles.entries()) {
    const stems = [
      ...aliases.flatMap(([first]) => first ?? []),
      ...names,
      ...kinds,
      ...institution,
      ...authors,
      ...numbers,
    ]
    for (const stem of new Set(year === null ? stems : [...stems, year])) {
      const sharing = byStem.get(stem)
      if (sharing) sharing.push(number)
      else byStem.set(stem, [number])
    }
  }
  const made = { profiles, byStem }
  scopeIndexes.set(documents, made)
  return made
}

/** The documents that a question may name. */
function possibleProfiles(question: readonly Token[], { profiles, byStem }: ScopeIndex): Profile[] {
  const numbers = new Set<number>()
  for (const { stem } of question) {
    const sharing = byStem.get(stem) ?? []
    if (sharing.length <= MOST_SHARING) for (const number of sharing) numbers.add(number)
  }
  return [...numbers].sort((left, right) => left - right).map(number => profiles[number] as Profile)
}

/** Most stop words between two words of a name: "conclusies van de Raad". */
const MOST_SKIPPED = 2

/** Position after a phrase that starts at a position, passing over stop words; −1 when it is not there. */
function endOfPhrase(question: readonly Token[], start: number, phrase: readonly string[]): number {
  let at = start
  for (const [number, stem] of phrase.entries()) {
    for (let skipped = 0; number > 0 && skipped < MOST_SKIPPED && question[at]?.stop; skipped++) at++
    if (question[at]?.stem !== stem) return -1
    at++
  }
  return at
}

/** Whether nothing but stop words stands between two words. */
function areNeighbours(question: readonly Token[], one: number, other: number): boolean {
  return question.slice(Math.min(one, other) + 1, Math.max(one, other)).every(({ stop }) => stop)
}

interface Mentions {
  evidence: number
  readonly positions: Set<number>
}

/** "Europese Raad" is not the Raad: after "Europese" stands another institution, unless this one is called so. */
function isOtherInstitution(question: readonly Token[], at: number, profile: Profile): boolean {
  return question[at - 1]?.stem === 'europa' && !profile.pairs.has(`europa ${question[at]?.stem}`)
}

function mentionsOf(profile: Profile, question: readonly Token[]): Mentions {
  const positions = new Set<number>()
  let evidence = 0
  const taken = new Set<number>()
  const add = (kind: keyof typeof EVIDENCE, start: number, end = start + 1) => {
    evidence += EVIDENCE[kind]
    for (let at = start; at < end; at++) {
      taken.add(at)
      positions.add(at)
    }
  }
  const longestFirst = [...profile.aliases].sort((left, right) => right.length - left.length)
  alias: for (const phrase of longestFirst) {
    for (let at = 0; at < question.length; at++) {
      const end = endOfPhrase(question, at, phrase)
      if (end < 0 || (phrase.length === 1 && isOtherInstitution(question, at, profile))) continue
      add('alias', at, end)
      break alias
    }
  }
  const once = (kind: keyof typeof EVIDENCE, has: (stem: string) => boolean) => {
    const at = question.findIndex(
      ({ stem }, position) =>
        !taken.has(position) && has(stem) && !isOtherInstitution(question, position, profile),
    )
    if (at >= 0) add(kind, at)
    return at
  }
  once('number', stem => profile.numbers.has(stem))
  if (taken.size === 0) once('name', stem => profile.names.has(stem))
  once('kind', stem => profile.kinds.has(stem))
  const institution = once('institution', stem => profile.institution.has(stem))
  const isAuthor = (stem: string) => profile.authors.has(stem)
  if (institution < 0) once('author', isAuthor)
  // "De ministers in Praag" are named by both words.
  else {
    const near = question.findIndex(
      ({ stem }, at) => isAuthor(stem) && !taken.has(at) && areNeighbours(question, at, institution),
    )
    if (near >= 0) add('author', near)
  }
  const year = once('year', stem => stem === profile.year)
  if (year > 0 && question[year - 1]?.stem === profile.month) add('month', year - 1)
  return { evidence: Math.min(1, evidence), positions }
}

const YEAR = /^(?:19|20)\d{2}$/

/**
 * The stretches of a question that each name a document of their own: where several years stand, each with what stands
 * before it, so that "de Raad in 2008 en de Commissie in 2011" does not name the Commission of another year.
 *
 * @returns half-open ranges of tokens that together are the question
 */
function stretches(question: readonly Token[]): (readonly [from: number, to: number])[] {
  const years = question.flatMap(({ stem }, at) => (YEAR.test(stem) ? [at] : []))
  if (new Set(years.map(at => question[at]?.stem)).size < 2) return [[0, question.length]]
  return years.map((at, number) => [
    number === 0 ? 0 : (years[number - 1] as number) + 1,
    number === years.length - 1 ? question.length : at + 1,
  ])
}

/** The documents that one stretch names, in the order in which it does, and what could name one. */
function namedIn(question: readonly Token[], index: ScopeIndex) {
  const profiles = possibleProfiles(question, index)
  const speaks = ({ stem }: Token) =>
    profiles.some(({ authors, institution }) => authors.has(stem) || institution.has(stem))
  const found = profiles
    .map(profile => ({ id: profile.id, ...mentionsOf(profile, question) }))
    .filter(({ evidence }) => evidence >= LEAST_EVIDENCE)
  const best = Math.max(0, ...found.map(({ evidence }) => evidence))
  return {
    named: found
      .filter(({ evidence }) => evidence >= LEAST_SHARE * best)
      .sort((one, other) => Math.min(...one.positions) - Math.min(...other.positions)),
    mentioned: [
      ...found.flatMap(({ positions }) => [...positions]),
      ...question.flatMap((token, at) => (speaks(token) ? [at] : [])),
    ],
  }
}

/** Finds which documents a question names. */
export function findScope(question: readonly Token[], documents: readonly PolicyDocument[]): DocumentScope {
  const index = scopeIndexOf(documents)
  const preferences = new Map<string, number>()
  const naming = new Set<number>()
  const mentioning = new Set<number>()
  const ranges = stretches(question)
  for (const [from, to] of ranges) {
    const { named, mentioned } = namedIn(question.slice(from, to), index)
    for (const { id, evidence, positions } of named) {
      const isClear = evidence >= CLEARLY_NAMED
      // Named apart, each is meant as clearly as the others.
      const preference = ranges.length > 1 && isClear ? 1 : evidence
      preferences.set(id, Math.max(preferences.get(id) ?? 0, preference))
      if (isClear) for (const position of positions) naming.add(from + position)
    }
    for (const position of mentioned) mentioning.add(from + position)
  }
  return { preferences, naming, mentioning }
}
