/** Questions that ask the same, or something else, of several documents: one question for each document. */
import { type Token, tokens } from '../ingest/analysis.js'
import type { PolicyDocument } from '../ingest/corpus.js'
import { findScope } from './document-scope.js'

/** A question to one of several documents that a question names. */
export interface DocumentQuestion {
  /** The question as if it were asked of this document only. */
  readonly question: string
  /** As it is shown: the whole question where several documents share its words. */
  readonly title: string
  /** The documents that can be meant; never empty. */
  readonly documents: readonly string[]
  /** Whether the others are asked the same; otherwise it may need words of theirs to be understood. */
  readonly isShared: boolean
}

/** A word as printed, with where it stands. */
interface Word {
  readonly text: string
  /** Without marks around it, in lower case. */
  readonly folded: string
  readonly tokens: readonly Token[]
  /** Whether a mark after it ends a clause. */
  readonly endsClause: boolean
}

/** The words that name a document, half-open. */
interface Mention {
  readonly from: number
  readonly to: number
  /** Words of the question that say who is meant: of the mention itself, and of an earlier one where only a year follows. */
  readonly text: string
  readonly documents: readonly string[]
}

/** One clause: how it begins, whom it asks, and the rest. */
interface Clause {
  readonly head: readonly Word[]
  readonly mention: string
  readonly rest: readonly Word[]
  readonly documents: readonly string[]
  /** Whether it begins with a question word of its own. */
  readonly asks: boolean
  /** Whether it has taken over all that it shares with another clause. */
  readonly isWhole: boolean
}

const words = (text: string) => new Set(text.split(' '))
/** Words between the words of one name. */
const WITHIN_NAME = words('de het een van voor over aan in uit op der tot')
/** Words before a name that belong to it. */
const ARTICLES = words(
  'de het dit deze die dat huidige toenmalige nederlandse europese gezamenlijke onze hun',
)
/** Prepositions that say where something is written, or by whom. */
const SOURCE_PREPOSITIONS = words('in volgens uit bij door vanuit namens')
/** Prepositions of a subject: "over de Raad" asks nothing of the Raad. */
const SUBJECT_PREPOSITIONS = words('over met tegen aan naar voor tot jegens tussen')
const PREPOSITIONS = new Set([...SOURCE_PREPOSITIONS, ...SUBJECT_PREPOSITIONS, 'van'])
const CONNECTORS = words('en of als maar dan tegenover versus terwijl')
const QUESTION_WORD = /^(?:wat|welke?|wie|waar\p{L}*|wanneer|hoe|hoeveel)$/u
/** Question words that tell by themselves what is asked. */
const TELLING = /^(?:wie|wanneer|waar\p{L}*|hoeveel)$/u
const YEAR = /^(?:19|20)\d{2}$/
/** Words before a year in which something was written. */
const IN_YEAR = words('in uit anno eind begin medio')
/** Words that point back and say nothing themselves, with the preposition in them. */
const POINTING: Readonly<Record<string, string>> = {
  dat: '',
  dit: '',
  ertegenaan: 'naar',
  ernaar: 'naar',
  ...Object.fromEntries(
    ['over', 'van', 'voor', 'aan', 'bij', 'op', 'tegen', 'mee'].flatMap(preposition =>
      ['daar', 'er', 'hier'].map(place => [place + preposition, preposition === 'mee' ? 'met' : preposition]),
    ),
  ),
}
/** Pronouns for one who was named before. */
const PRONOUNS = words('ze zij hij die deze')
/** Words between that carry nothing: "ook", "zowel". */
const FILLERS = words('ook juist zowel dan nu toen later daarna vervolgens eerst')
/** Verbs and nouns of saying, as stems: a clause of nothing else leaves its subject to another one. */
const SAYING = words(
  'zeg schrijf noem vertel denk dacht vind zie kijk keek spreek stel staat sta dek doe deed verschil standpunt mening visie gezeg gedach geschrev',
)

/** Plural forms of verbs with their singular, for a clause that takes over the verb of another one. */
const SINGULAR: Readonly<Record<string, string>> = {
  zeggen: 'zegt',
  zeiden: 'zei',
  willen: 'wil',
  wilden: 'wilde',
  denken: 'denkt',
  dachten: 'dacht',
  vinden: 'vindt',
  vonden: 'vond',
  moeten: 'moet',
  schrijven: 'schrijft',
  schreven: 'schreef',
  doen: 'doet',
  deden: 'deed',
  verschillen: 'verschilt',
  kijken: 'kijkt',
  keken: 'keek',
  stellen: 'stelt',
  stelden: 'stelde',
}
const PLURAL: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SINGULAR).map(([plural, singular]) => [singular, plural]),
)
/** Verbs that are stop words or stand in every question. */
const AUXILIARIES = words(
  'is zijn was waren kan kunnen kon konden mag mogen zal zullen zou zouden heeft hebben had hadden wordt worden werd werden gaat gaan komt komen',
)
const isCommonVerb = (word: string) => word in SINGULAR || word in PLURAL || AUXILIARIES.has(word)

const foldWord = (text: string) => text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')

function wordsOf(question: string): Word[] {
  return question
    .split(/\s+/)
    .filter(Boolean)
    .map(text => ({
      text: text.replace(/[,;?]+$/, ''),
      folded: foldWord(text),
      tokens: tokens(text),
      endsClause: /[,;?]$/.test(text),
    }))
}

const join = (part: readonly Word[]) => part.map(({ text }) => text).join(' ')

/** The mentions of documents in a question, in order. */
function mentionsIn(all: readonly Word[], documents: readonly PolicyDocument[]): Mention[] {
  const flat = tokens(all.map(({ text }) => text).join(' '))
  const { mentioning } = findScope(flat, documents)
  const stems = new Set([...mentioning].map(at => flat[at]?.stem))
  const names = ({ tokens: own, folded }: Word) =>
    YEAR.test(folded) || own.some(({ stem }) => stems.has(stem))
  const found: Mention[] = []
  let at = 0
  while (at < all.length) {
    if (!names(all[at] as Word)) {
      at++
      continue
    }
    const [from, to] = [startOf(all, at), endOf(all, at, names)]
    at = to
    const before = all[from - 1]?.folded ?? ''
    if (SUBJECT_PREPOSITIONS.has(before) || before === 'en met') continue
    const mention = resolve(all, from, to, found.at(-1), documents)
    if (mention) found.push(mention)
  }
  return found
}

/** Where the name that holds a word begins, with its article and the preposition before it. */
function startOf(all: readonly Word[], at: number): number {
  let from = at
  while (from > 0 && ARTICLES.has((all[from - 1] as Word).folded) && !all[from - 1]?.endsClause) from--
  const before = all[from - 1]
  return before && SOURCE_PREPOSITIONS.has(before.folded) && !before.endsClause ? from - 1 : from
}

function endOf(all: readonly Word[], at: number, names: (word: Word) => boolean): number {
  let to = at + 1
  for (let next = to; next < all.length && !all[next - 1]?.endsClause; next++) {
    const word = all[next] as Word
    if (names(word)) to = next + 1
    else if (!WITHIN_NAME.has(word.folded)) break
  }
  return to
}

function resolve(
  all: readonly Word[],
  from: number,
  to: number,
  previous: Mention | undefined,
  documents: readonly PolicyDocument[],
): Mention | undefined {
  const own = all.slice(from, to)
  const year = own.find(({ folded }) => YEAR.test(folded))?.folded
  const isBareYear = own.every(
    ({ folded }) => YEAR.test(folded) || WITHIN_NAME.has(folded) || folded === 'die' || folded === 'anno',
  )
  if (!isBareYear || year === undefined) {
    const text = join(own)
    const { preferences } = findScope(tokens(text), documents)
    return preferences.size === 0 ? undefined : { from, to, text, documents: clearest(preferences) }
  }
  // "De Commissie in 2006 en in 2011": the year is of the one who was named before.
  const inherited = previous?.text.replace(/(?:19|20)\d{2}/, year)
  if (previous && inherited !== undefined && inherited !== previous.text) {
    const { preferences } = findScope(tokens(inherited), documents)
    const meant = clearest(preferences)
    if (meant.length > 0 && meant.join() !== previous.documents.join())
      return { from, to, text: inherited, documents: meant }
  }
  const ofYear = documents.filter(({ date }) => date?.startsWith(year)).map(({ id }) => id)
  const isInYear = IN_YEAR.has(own[0]?.folded ?? '') || IN_YEAR.has(all[from - 1]?.folded ?? '')
  return ofYear.length === 1 && isInYear ? { from, to, text: join(own), documents: ofYear } : undefined
}

function clearest(preferences: ReadonlyMap<string, number>): string[] {
  const best = Math.max(0, ...preferences.values())
  return [...preferences].flatMap(([id, preference]) => (preference >= best - 0.01 ? [id] : []))
}

const withoutFillers = (part: readonly Word[]) => part.filter(({ folded }) => !FILLERS.has(folded))

/** Whether words begin with a question word, or with a preposition and one: "van welke". */
const opensQuestion = ([first, second]: readonly Word[]) =>
  first !== undefined &&
  (QUESTION_WORD.test(first.folded) ||
    (PREPOSITIONS.has(first.folded) && second !== undefined && QUESTION_WORD.test(second.folded)))

/** What stands between two mentions: the rest of the first clause, and how the second begins; `null` when nothing joins them. */
function between(
  gap: readonly Word[],
  endsBefore: boolean,
): { readonly rest: readonly Word[]; readonly head: readonly Word[]; readonly asks: boolean } | null {
  // The last connector or mark is where the second clause begins.
  for (let at = gap.length; at >= 0; at--) {
    const isAfterMark = at === 0 ? endsBefore : (gap[at - 1] as Word).endsClause
    const isConnector = CONNECTORS.has(gap[at]?.folded ?? '')
    if (!isAfterMark && !isConnector) continue
    const head = withoutFillers(gap.slice(isConnector ? at + 1 : at))
    const asks = opensQuestion(head)
    if (head.length > 0 && !asks) continue
    const rest = withoutFillers(gap.slice(0, at))
    return { rest, head, asks }
  }
  return null
}

/** Whether words leave open what is asked about. */
const saysNothing = (part: readonly Word[]) =>
  part.every(
    ({ folded, tokens: own }) =>
      folded in POINTING ||
      isCommonVerb(folded) ||
      own.every(({ stop, stem }) => stop || SAYING.has(stem) || YEAR.test(stem)),
  )

/** Whether a clause begins without a verb, so that it takes over that of another one: "en wat", "en van welke". */
const isVerbless = (head: readonly Word[]) =>
  head.every(
    ({ folded }) =>
      QUESTION_WORD.test(folded) || PREPOSITIONS.has(folded) || PRONOUNS.has(folded) || folded === 'dat',
  )

/**
 * The questions to each of the documents that a question names beside each other: "hoe denken de Raad en het kabinet over
 * terugkeer", "wat zegt de Raad over visa, en wat de Commissie in 2011".
 *
 * @returns one question for each, in order; empty when the question does not ask several documents
 */
export function splitByDocument(
  question: string,
  documents: readonly PolicyDocument[],
): readonly DocumentQuestion[] {
  const all = wordsOf(question)
  const mentions = mentionsIn(all, documents)
  if (new Set(mentions.map(({ documents: meant }) => meant.join())).size < 2) return []
  const clauses: Clause[] = []
  for (const [number, mention] of mentions.entries()) {
    const [previous, next] = [mentions[number - 1], mentions[number + 1]]
    const after = all.slice(mention.to, next?.from)
    const joined = previous && joint(all, previous, mention)
    const joins = next && joint(all, mention, next)
    if ((previous && !joined) || (next && !joins)) return []
    clauses.push({
      head: joined ? joined.head : withoutFillers(all.slice(0, mention.from)),
      mention: mention.text,
      rest: joins ? joins.rest : withoutFillers(after),
      documents: mention.documents,
      asks: joined?.asks ?? true,
      isWhole: false,
    })
  }
  return complete(clauses, question)
}

const joint = (all: readonly Word[], one: Mention, next: Mention) =>
  between(all.slice(one.to, next.from), all[one.to - 1]?.endsClause ?? false)

/** "Hoeveel pijlers" with the verb of "hoeveel onderdelen telde de totaalaanpak". */
function withVerb(head: readonly Word[], before: Clause | undefined): readonly Word[] {
  const [question, noun, ...more] = head
  if (!before || !question || !noun || more.length > 0 || isCommonVerb(noun.folded)) return head
  const isCounting = /^(?:hoeveel|welke?)$/.test(question.folded)
  return isCounting && before.head[0]?.folded === question.folded ? [...head, ...before.head.slice(2)] : head
}

/** The questions of clauses, each with what it leaves to another one. */
function complete(clauses: readonly Clause[], question: string): DocumentQuestion[] {
  const whole: Clause[] = []
  for (const [number, clause] of clauses.entries()) {
    const before = whole[number - 1]
    const [pointing] = clause.rest
    // "En hoe doet de Raad dat": the same is asked.
    const asksTheSame =
      pointing?.folded === 'dat' && clause.head.some(({ folded }) => /^d(?:oet|oen|eed|eden)$/.test(folded))
    const takesHead = before && (isVerbless(clause.head) || asksTheSame)
    const own = takesHead ? before.head : withVerb(clause.head, before)
    const isBeside = clauses[number + 1]?.asks === false
    const isOpen = saysNothing(clause.rest) && (takesHead || isBeside || saysNothing(own))
    const head = own.filter(
      ({ folded }) => !before || !(PRONOUNS.has(folded) || (isOpen && folded in POINTING)),
    )
    const rest = isOpen
      ? (before?.rest ?? clauses.slice(number + 1).find(({ rest: later }) => !saysNothing(later))?.rest)
      : undefined
    const isTaken = takesHead || rest !== undefined
    whole.push({
      ...clause,
      head,
      rest: rest ? withPreposition(rest, pointing) : clause.rest,
      isWhole: isTaken === true,
    })
  }
  const isEmpty = (part: readonly Word[]) =>
    saysNothing(part) && !part.some(({ folded }) => TELLING.test(folded))
  if (whole.some(({ head, rest }) => head.length === 0 || isEmpty([...head, ...rest]))) return []
  const shown = question.replace(/[?\s]+$/, '')
  return whole.map((clause, number) => {
    const asked = [agree(join(clause.head), clause.mention), clause.mention, join(clause.rest)]
      .filter(Boolean)
      .join(' ')
    // Documents that stand beside each other share the question as it was written.
    const isBeside = (at: number) => clauses[at]?.asks === false && saysNothing(clauses[at - 1]?.rest ?? [])
    const isShared = clause.isWhole || whole[number + 1]?.isWhole === true
    const title = isBeside(number) || isBeside(number + 1) ? shown : asked
    return { question: asked, title, documents: clause.documents, isShared }
  })
}

/** The rest of an earlier clause with the preposition of a word that points to it: "erover" makes "aan visa" into "over visa". */
function withPreposition(rest: readonly Word[], pointing: Word | undefined): readonly Word[] {
  const preposition = POINTING[pointing?.folded ?? ''] ?? ''
  const [first, ...others] = rest
  if (preposition === '' || !first || !PREPOSITIONS.has(first.folded)) return rest
  return [{ ...first, text: preposition, folded: preposition }, ...others]
}

const isPluralName = (mention: string) =>
  /(?:^|\s)(?:ministers|bewindslieden|bewindspersonen|ondertekenaars|deelnemers|conclusies|\p{L}+-?conclusies|raadsconclusies|lidstaten|mededelingen)(?!\p{L})/iu.test(
    mention,
  )

/** A head whose verb fits the one who is asked. */
function agree(head: string, mention: string): string {
  // "Hoe moeten volgens de Raad": another one acts.
  if (SOURCE_PREPOSITIONS.has(foldWord(mention.split(' ')[0] ?? ''))) return head
  const forms = isPluralName(mention) ? PLURAL : SINGULAR
  return head.replace(/\p{L}+/gu, word => forms[word] ?? word)
}
