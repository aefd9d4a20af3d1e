/** Lists: the introduction or the heading with all its items, when several things are asked. */
import { analyze, tokens } from '../ingest/analysis.js'
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate } from '../ingest/search.js'
import { asksForList, listedNoun } from './answer-type.js'
import { addressesAssistant } from './orders.js'
import { countWords, type Piece, pieceOf, type Selection } from './pieces.js'
import type { Evidence } from './retrieval.js'
import { chooseSentences } from './sentence-choice.js'
import { type Sentence, sentencesOf } from './sentences.js'

/** Most list items that one answer shows. */
const MOST_ITEMS = 12
/** Of an item with more words only the first sentence is shown: it says what the item is. */
const LONG_ITEM_WORDS = 40
/** Candidates whose lists are looked at. */
const LIST_CANDIDATES = 10
/** Share of the question's weight that the words over a list must hold for it to be the list that is asked for. */
const LEAST_LEAD = 0.8
/** Paragraphs of a list that must be among the best for it to answer when its introduction is not. */
const LEAST_SUPPORT = 3
const SUPPORT_CANDIDATES = 8

/** A list of a document. */
export interface List {
  readonly document: PolicyDocument
  /** `null`: only headings stand over it. */
  readonly introduction: Paragraph | null
  readonly headings: readonly string[]
  readonly items: readonly Paragraph[]
}

/**
 * The list that answers as a whole: the one whose introduction and headings hold what is asked, or the one that the best
 * paragraph introduces or is an item of.
 */
export async function findList(
  evidence: Evidence,
  best: Candidate,
  index: ParagraphIndex,
): Promise<Selection | undefined> {
  const wantsList = asksForList(evidence.question)
  if (wantsList) {
    const named = await findNamedList(evidence, index)
    if (named) return show(named, introductionOf(named.introduction))
  }
  const list = await listOf(best, index)
  if (!list?.introduction) return undefined
  if (list.introduction.id !== best.paragraph.id) {
    if (!wantsList) return undefined
    const found = new Set(
      evidence.candidates.slice(0, SUPPORT_CANDIDATES).map(({ paragraph }) => paragraph.id),
    )
    const support = [list.introduction, ...list.items].filter(({ id }) => found.has(id)).length
    if (support < LEAST_SUPPORT && !found.has(list.introduction.id)) return undefined
  }
  const chosen = chooseIntroduction(list.introduction, wantsList, evidence, best, index)
  return chosen && show(list, chosen)
}

/** The list over which stands what is asked: "prioriteiten", "derde pijler". */
async function findNamedList(evidence: Evidence, index: ParagraphIndex): Promise<List | undefined> {
  const { question, understood, candidates } = evidence
  const forms = new Set(tokens(question).flatMap(({ word, stop }) => (stop ? [] : [word])))
  const noun = listedNoun(question)
  const nounStem = noun === null ? undefined : tokens(noun)[0]?.stem
  if (nounStem === undefined) return undefined
  const words = understood.words.filter(({ stop, weight }) => !stop && weight > 0)
  const weights = new Map(
    words.map(({ stem, weight }) => [stem, weight * index.inverseDocumentFrequency(stem)]),
  )
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  let chosen: List | undefined
  let highest = LEAST_LEAD * total
  let mostExact = 0
  for (const candidate of candidates.slice(0, LIST_CANDIDATES)) {
    const list = await listOf(candidate, index)
    if (!list) continue
    const { document, headings } = list
    const range = introductionOf(list.introduction)
    const lead = [...headings, list.introduction?.text.slice(range.start, range.end) ?? ''].join('\n')
    if (!stemsOf(lead).has(nounStem)) continue
    const held = stemsOf([lead, document.title, document.institution ?? '', ...document.aliases].join('\n'))
    const covered = [...weights].reduce((sum, [stem, weight]) => sum + (held.has(stem) ? weight : 0), 0)
    // "Vierde" and "vier" have one stem: of two lists the one that holds the word itself is meant.
    const exact = tokens(lead).filter(({ word }) => forms.has(word)).length
    if (covered < highest || (covered === highest && exact <= mostExact)) continue
    chosen = list
    highest = covered
    mostExact = exact
  }
  return chosen
}

function stemsOf(text: string): ReadonlySet<string> {
  const { words, parts } = analyze(text)
  return new Set([...words, ...parts])
}

/** The list that a paragraph introduces, is an item of, or is the heading of. */
export async function listOf(
  { document, paragraph }: Pick<Candidate, 'document' | 'paragraph'>,
  index: ParagraphIndex,
): Promise<List | undefined> {
  const paragraphs = (await index.content(document.id))?.paragraphs ?? []
  const isItem = ({ kind, parent, text }: Paragraph) =>
    (kind === 'list-item' || (kind === 'table-row' && parent !== null)) && !addressesAssistant(text)
  const childrenOf = (id: string) => paragraphs.filter(other => other.parent === id && isItem(other))
  const headings = paragraph.headingPath.slice(-2)
  const own = childrenOf(paragraph.id)
  if (own.length > 0) return { document, introduction: paragraph, headings, items: own }
  if (paragraph.parent !== null) {
    const introduction = paragraphs.find(({ id }) => id === paragraph.parent)
    return introduction && { document, introduction, headings, items: childrenOf(introduction.id) }
  }
  const path =
    paragraph.kind === 'heading' ? [...paragraph.headingPath, paragraph.text] : paragraph.headingPath
  if (path.length === 0 || !(paragraph.kind === 'heading' || paragraph.kind === 'list-item')) return undefined
  const under = paragraphs.filter(({ headingPath }) => isSamePath(headingPath, path))
  const items = under.filter(other => other.parent === null && isItem(other))
  // Text between the items makes it a section that holds lists, not a list.
  if (items.length < 2 || under.some(({ kind, parent }) => kind === 'text' && parent === null))
    return undefined
  return { document, introduction: null, headings: path.slice(-2), items }
}

const isSamePath = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((heading, at) => heading === other[at])

/** The sentence that ends in a colon; all of the paragraph when none does. */
function introductionOf(paragraph: Paragraph | null): Sentence {
  if (!paragraph) return { start: 0, end: 0 }
  return endingIn(paragraph) ?? { start: 0, end: paragraph.text.length }
}

function endingIn(paragraph: Paragraph): Sentence | undefined {
  const last = sentencesOf(paragraph).at(-1)
  return last && paragraph.text.slice(last.start, last.end).endsWith(':') ? last : undefined
}

/**
 * The sentence that introduces a list; `undefined` when another sentence of the paragraph answers the question.
 *
 * @param wantsList whether several things are asked, so that the list is likelier than any one sentence
 */
function chooseIntroduction(
  introduction: Paragraph,
  wantsList: boolean,
  evidence: Evidence,
  best: Candidate,
  index: ParagraphIndex,
): Sentence | undefined {
  const ending = endingIn(introduction)
  if (best.paragraph.id !== introduction.id) return ending ?? { start: 0, end: introduction.text.length }
  const [chosen] = chooseSentences(evidence, best, word => index.inverseDocumentFrequency(word), 1)
  if (ending && (wantsList || chosen.end === ending.end)) return chosen.end === ending.end ? chosen : ending
  return wantsList ? chosen : undefined
}

function show({ document, introduction, headings, items }: List, range: Sentence): Selection {
  const shown = itemsOf({ document, items })
  return {
    pieces: introduction ? [pieceOf({ document, paragraph: introduction }, range), ...shown] : shown,
    heading: introduction ? null : headings.join(' – '),
    leftOut: items.length - shown.length,
    isDiffering: false,
  }
}

/** The items of a list as pieces, as many as an answer shows. */
export function itemsOf({ document, items }: Pick<List, 'document' | 'items'>): Piece[] {
  return items
    .slice(0, MOST_ITEMS)
    .map(paragraph => pieceOf({ document, paragraph }, beginningOf(paragraph), 'list-item'))
}

function beginningOf(item: Paragraph): Sentence {
  const whole = { start: 0, end: item.text.length }
  return countWords(item.text) <= LONG_ITEM_WORDS ? whole : (sentencesOf(item)[0] ?? whole)
}
