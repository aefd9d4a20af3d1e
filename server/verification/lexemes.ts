/** The words of a sentence or paragraph as the verifier compares them: stems, compound parts, concepts, weights. */
import { findPhrases, fold, isStopWord, lexicon, stem } from '../../ingest/analysis.js'
import { splitCompound } from '../../ingest/compounds.js'
import { wordKind } from '../../ingest/word-table.js'
import { findGroups, groupsOf } from './plain-words.js'

/** What a folded word is by itself. */
export interface WordForms {
  readonly stem: string
  /** Stems of the compound's parts; the stem alone for a word that is no compound. */
  readonly parts: readonly string[]
  /** Lexicon concepts and groups of plain words that the word stands for. */
  readonly concepts: readonly string[]
  /** Character 4-grams of the padded word. */
  readonly grams: ReadonlySet<string>
  /** How much the word says, 0..1; 0 for stop words and words that only frame a statement. */
  readonly weight: number
}

/** One word in its place. */
export interface Lexeme extends WordForms {
  /** As printed. */
  readonly text: string
  readonly folded: string
  /** Half-open range of the text. */
  readonly start: number
  readonly end: number
  /** Whether a comma, semicolon, colon or bracket, or a word that opens a clause, stands directly before it. */
  readonly clauseStart: boolean
}

/** Words with which a sentence speaks of its source instead of saying what the source says. */
const FRAME_WORDS = new Set(
  (
    'volgens document documenten tekst brief bron stuk alinea paragraaf passage staat vermeld vermeldt vermelden noemt noemen genoemd ' +
    'stelt stellen zegt zeggen beschrijft beschrijven geeft aangegeven aangeeft schrijft blijkt blijken betreft betreffen gaat gaan ging ' +
    'bijvoorbeeld onder namelijk zoals onder_meer ook daarbij daarnaast daarom daarvoor daarmee daardoor hierbij hiervoor hiermee hierin ' +
    'verder tevens bovendien echter immers dus eveneens alsook alsmede evenals waarbij waardoor waarvan waarop waaronder waaraan waarvoor ' +
    'terwijl zodat omdat doordat indien wanneer als mits hoewel zodra totdat voordat nadat sinds tijdens binnen tussen tegen zonder ' +
    'aldus respectievelijk betrokken desbetreffende bovengenoemde genoemde sprake vervolgens eerst weer niet geen nooit noch alleen ' +
    'per via na rond langs mede naast voort ver hele gehele precies echt echte net beide elkaar ' +
    'alle elke elk ieder iedere sommige enkele enige veel meer meeste al zeer heel erg vooral met_name ongeveer circa'
  ).split(' '),
)

/** Verbs and nouns that everyday Dutch needs whatever it speaks of: worth little by themselves. */
const LIGHT_WORDS = new Set(
  (
    'krijgen krijgt kreeg gekregen komen komt kwam gekomen maken maakt gemaakt doen doet gedaan geven gegeven vinden vindt gevonden ' +
    'nemen neemt genomen zetten zet gezet houden houdt gehouden laten laat gelaten brengen brengt gebracht blijven blijft bleef gebleven ' +
    'zien ziet gezien leggen legt gelegd lopen loopt vormen vormt gevormd zorgen zorgt gezorgd willen proberen probeert helpt helpen ' +
    'nodig dienen dient mogelijk hoeft hoeven horen hoort bestaan bestaat bestaande liggen ligt bieden biedt geboden ' +
    'mensen mens personen persoon iemand iedereen plek plaats plaatsen manier manieren wijze zaken zaak ding dingen soort soorten vorm ' +
    'vormen gebied gebieden basis kader kaders geval gevallen manier deel delen aantal groot grote kleine klein goed goede beter betere ' +
    'belangrijk belangrijke belangrijkste nieuw nieuwe eigen samen zelf steeds graag makkelijk eerder later'
  ).split(' '),
)
/** Least weight of a word that tells what a sentence is about. */
export const TELLING = 0.3
/** Weight of a light word, beside 1 for a rare word. */
const LIGHT_WEIGHT = 0.2

/** Words that negate whatever stands near them. */
export const NEGATIONS: ReadonlySet<string> = new Set(
  'niet geen nooit noch evenmin niemand niets nergens zonder nauwelijks amper'.split(' '),
)

/** Words that open a clause. */
const CLAUSE_OPENERS = new Set(
  'maar want omdat doordat zodat terwijl hoewel indien mits tenzij waarbij wanneer'.split(' '),
)

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}€¢'’]*/gu

const cache = new Map<string, WordForms>()
const CACHE_SIZE = 100_000

function gramsOf(folded: string): ReadonlySet<string> {
  const padded = `_${folded}_`
  const grams = new Set<string>()
  for (let at = 0; at + 4 <= padded.length; at++) grams.add(padded.slice(at, at + 4))
  return grams
}

/** Frequency from which a word says nothing more than its grammar, as in `WordKind.frequency`. */
const COMMONEST = 22

function weightOf(folded: string, stemmed: string): number {
  if (LIGHT_WORDS.has(folded)) return LIGHT_WEIGHT
  if (FRAME_WORDS.has(folded) || isStopWord(folded) || folded.length < 2) return 0
  const frequency = wordKind(stemmed)?.frequency ?? 0
  return Math.max(0.35, 1 - frequency / COMMONEST)
}

/** Particles that Dutch parts from their verb: "breidt … uit". */
const PARTICLES = new Set(
  'aan achter af bij binnen buiten door in mee na neer om onder op open over rond samen tegen terug toe uit vast voor voort weg'.split(
    ' ',
  ),
)
/** Particles and prefixes as a split may cut them off. */
const PREFIXES: ReadonlySet<string> = new Set([
  ...PARTICLES,
  ...[...PARTICLES].map(stem),
  'be',
  'ge',
  'her',
  'ont',
  'ver',
])

/** Parts of a compound. A particle is no part: "bijdragen" and "bij" share nothing. */
function partsOf(folded: string, stemmed: string): readonly string[] {
  const parts = splitCompound(folded)
  return PREFIXES.has(parts[0] ?? '') ? [stemmed] : parts
}

/** The forms of a folded word; remembered. */
function formsOf(folded: string): WordForms {
  const known = cache.get(folded)
  if (known) return known
  const stemmed = stem(folded)
  const forms: WordForms = {
    stem: stemmed,
    parts: partsOf(folded, stemmed),
    concepts: [...(lexicon().conceptsOf.get(stemmed) ?? []), ...groupsOf(stemmed)],
    grams: gramsOf(folded),
    weight: weightOf(folded, stemmed),
  }
  if (cache.size >= CACHE_SIZE) cache.clear()
  cache.set(folded, forms)
  return forms
}

/** The words of a text in order. */
export function lexemes(text: string): Lexeme[] {
  const found: Lexeme[] = []
  let previousEnd = 0
  for (const match of text.matchAll(WORD)) {
    const [printed] = match
    const start = match.index
    const end = start + printed.length
    const between = text.slice(previousEnd, start)
    const folded = fold(printed.replace(/(?<=\p{L})[€¢](?=\p{L}|$)/gu, 'ë'))
    if (folded === '') continue
    const before = found.at(-1)
    previousEnd = end
    if (before && /^[-‐‑]$/.test(between) && /^(?:niet|non)$/.test(before.folded)) {
      found[found.length - 1] = negatedCompound(before, printed, folded, end)
      continue
    }
    found.push({
      ...formsOf(folded),
      text: printed,
      folded,
      start,
      end,
      clauseStart: found.length === 0 || /[,;:()–—.!?]/.test(between) || CLAUSE_OPENERS.has(folded),
    })
  }
  joinParticles(found)
  addPhrases(found)
  return found
}

/** "niet-begeleid" is one word, and not the word "begeleid". */
function negatedCompound(before: Lexeme, printed: string, folded: string, end: number): Lexeme {
  const forms = formsOf(folded)
  return {
    ...before,
    text: `${before.text}-${printed}`,
    folded: `niet-${folded}`,
    stem: `niet-${forms.stem}`,
    parts: [forms.stem],
    concepts: [],
    grams: forms.grams,
    weight: Math.max(forms.weight, 0.35),
    end,
  }
}

/**
 * Joins a verb and its particle: "breidt … uit" where the particle ends the clause, and "over te dragen". Both get the stem
 * of the whole verb.
 */
function joinParticles(words: Lexeme[]): void {
  for (const [at, particle] of words.entries()) {
    if (!PARTICLES.has(particle.folded)) continue
    if (words[at + 1]?.folded === 'te') joinVerb(words, at, at + 2)
    else if (!words[at + 1] || words[at + 1]?.clauseStart) {
      for (let verb = at - 1; verb >= 0; verb--)
        if (joinVerb(words, at, verb) || words[verb]?.clauseStart) break
    }
  }
}

function joinVerb(words: Lexeme[], particleAt: number, verbAt: number): boolean {
  const [particle, verb] = [words[particleAt], words[verbAt]]
  if (!particle || !verb || verb.stem.length < 3) return false
  const joined = particle.folded + verb.stem
  const isVerb = wordKind(joined)?.verb || (wordKind(joined) && wordKind(verb.stem)?.verb)
  if (!isVerb) return false
  const concepts = [...(lexicon().conceptsOf.get(joined) ?? []), ...groupsOf(joined)]
  const weight = weightOf(particle.folded + verb.folded, joined)
  words[verbAt] = { ...verb, stem: joined, parts: [joined], concepts, weight }
  words[particleAt] = { ...particle, stem: joined, weight: 0 }
  return true
}

/** Gives the words of a term such as "geld naar huis sturen" the concepts of the whole term. */
function addPhrases(words: Lexeme[]): void {
  const { conceptsOf } = lexicon()
  const stems = words.map(({ stem: stemmed }) => stemmed)
  const add = (concepts: readonly string[], start: number, end: number) => {
    for (let at = start; at < end; at++) {
      const word = words[at] as Lexeme
      // A negation in a term denies nothing outside it: "niet meer vol te houden" is "onhoudbaar".
      if (word.weight > 0 || NEGATIONS.has(word.folded))
        words[at] = { ...word, concepts: [...new Set([...word.concepts, ...concepts])] }
    }
  }
  for (const { term, start, end } of findPhrases(stems)) add(conceptsOf.get(term) ?? [], start, end)
  for (const { groups, start, end } of findGroups(stems)) add(groups, start, end)
}
