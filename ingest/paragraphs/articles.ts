/** Laws: the label of each article and of each of its parts ("artikel 14, eerste lid"), and text that stands twice. */
import type { Furniture } from '../corpus.js'
import type { Block } from '../formats/format.js'
import { endsClause, textOf, withoutMarks } from './text-shape.js'

/** A document with its articles labelled. */
export interface LabelledArticles {
  /** Without the blocks that only repeat others. */
  readonly blocks: readonly Block[]
  /** Label of each block's article or part of it; `null` outside of articles. */
  readonly labels: readonly (string | null)[]
  readonly furniture: readonly Furniture[]
}

const ARTICLE =
  /^(?:(e?enig artikel|artikel e?enig)|art(?:icle|ikel|\.)?\s+((?:[A-Z]\s+\d+[a-z]*|\d+(?:\s?(?:bis|ter|quater|quinquies|sexies|septies|octies)|[a-z]{1,2}\d*)?|[IVXLC]+[A-Za-z]{0,3}|[A-Z])(?:[.:–-][\dA-Za-z]+)*))(?![\p{L}\p{N}])/iu
const DIVISION =
  /^(?:(boek|deel|titel|hoofdstuk|afdeling)\b|(paragraaf|§))\s*(?:[\dIVXLC]+[a-z]?|[A-Z])(?:\.\d+)*(?![\p{L}\p{N}])/iu
const ANNEX = /^(?:bijlage|annex)(?:\s+(?:[IVXLC]+|\d+|[A-Z]))?/i
/** "**1.**", as laws are converted: the number of a part stands in bold before its text. */
const MARKED_PART = /^\*\*(\d{1,3}(?:\.\d{1,3})*[a-z]{0,3}|[A-Z]{1,2})\.?\*\*(?:\s+|$)/
/** "1. " or "1 " before a text that begins with a capital. */
const PLAIN_PART = /^\(?(\d{1,2})[.)]?\s+(?=["“‘(]?\p{Lu})/u

/**
 * Labels the articles of a law. Where an article stands whole and again part by part, the whole copy is furniture,
 * block by block, so that what stands in it alone remains.
 */
export function labelArticles(source: string, pieces: readonly Block[]): LabelledArticles {
  const blocks = joinHeadings(source, pieces)
  const texts = blocks.map(each => withoutMarksAtEnds(textOf(source, each.spans)))
  const articles = texts.map((text, index) => (blocks[index]?.kind === 'heading' ? articleOf(text) : null))
  const isMarked = texts.some((text, index) => blocks[index]?.kind === 'text' && /^\*\*1\.?\*\*/.test(text))
  if (!isMarked && articles.every(article => article === null))
    return { blocks, labels: blocks.map(() => null), furniture: [] }
  const kept: { block: Block; label: string | null }[] = []
  const furniture: Furniture[] = []
  for (let from = 0; from < blocks.length; ) {
    const article = articles[from] ?? null
    const end = endOfSection(blocks, from, article !== null)
    const read = readSection(article, blocks.slice(from, end), texts.slice(from, end))
    kept.push(...read.kept)
    furniture.push(...read.furniture)
    from = end
  }
  return {
    blocks: nestDivisions(
      source,
      kept.map(each => each.block),
    ),
    labels: kept.map(each => each.label),
    furniture,
  }
}

/** Whether a text is the number of an article, chapter or annex and nothing else: "Artikel 5", "HOOFDSTUK II". */
export function articleHeading(text: string): boolean {
  const bare = withoutMarks(text)
  const match = ARTICLE.exec(bare) ?? DIVISION.exec(bare) ?? ANNEX.exec(bare)
  return match !== null && /^[.:\s]*$/.test(bare.slice(match[0].length))
}

/** The title of an article or chapter often stands on a line of its own below the number: both are one heading. */
function joinHeadings(source: string, blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  let isNumber = false
  for (const each of blocks) {
    const before = joined.at(-1)
    const heading = each.kind === 'heading' ? textOf(source, each.spans) : ''
    const isOwnNumber = articleHeading(heading) && !ANNEX.test(withoutMarks(heading))
    const text = isNumber ? textOf(source, each.spans) : ''
    const isTitle =
      isNumber &&
      !isOwnNumber &&
      (each.kind === 'heading'
        ? articleOf(text) === null
        : before?.depth === null && isTitleLike(each, text)) &&
      (each.depth === null || before?.depth === null || each.depth === before?.depth)
    if (before && isTitle)
      joined[joined.length - 1] = {
        ...before,
        spans: [...before.spans, ...each.spans],
        references: [...before.references, ...each.references],
      }
    else joined.push(each)
    isNumber = isOwnNumber
  }
  return joined
}

const LONGEST_TITLE = 120

/** Whether a piece below the number of an article reads as its title: short, and no sentence or item. */
function isTitleLike(each: Block, text: string): boolean {
  return (
    each.kind === 'text' &&
    text.length <= LONGEST_TITLE &&
    /^\p{Lu}/u.test(text) &&
    !endsClause(text) &&
    !MARKED_PART.test(text)
  )
}

/** Emphasis around a whole piece says nothing here; "**1.**" at its beginning does. */
function withoutMarksAtEnds(text: string): string {
  return MARKED_PART.test(text) ? text : withoutMarks(text)
}

function articleOf(heading: string): string | null {
  const match = ARTICLE.exec(withoutMarks(heading))
  if (!match) return null
  if (!match[1] && /^[a-z]+$/.test(match[2] ?? '')) return null
  return match[1] ? 'enig artikel' : `artikel ${match[2]?.replace(/\s+/g, ' ')}`
}

/** A section lasts until the next heading; an article until the next one that does not stand below it. */
function endOfSection(blocks: readonly Block[], from: number, isArticle: boolean): number {
  const depth = blocks[from]?.depth ?? null
  const isOver = (each: Block): boolean =>
    each.kind === 'heading' && (!isArticle || depth === null || each.depth === null || each.depth <= depth)
  let end = from + 1
  for (let each = blocks[end]; each && !isOver(each); each = blocks[end]) end++
  return end
}

function readSection(
  article: string | null,
  section: readonly Block[],
  texts: readonly string[],
): { kept: { block: Block; label: string | null }[]; furniture: Furniture[] } {
  const parts = findParts(section, texts, article !== null)
  const first = parts.findIndex(part => part !== null)
  const isRepeated = repeatsIn(section, texts, first)
  const kept: { block: Block; label: string | null }[] = []
  const furniture: Furniture[] = []
  let label = article
  for (const [index, each] of section.entries()) {
    const part = parts[index]
    if (part && article !== null) label = `${article}, ${partName(part)}`
    if (isRepeated(index)) furniture.push({ name: 'repeated text', spans: each.spans })
    // A number above a table has no text of its own.
    else if (part && /^\**\w+\.?\**$/.test(texts[index] ?? ''))
      furniture.push({ name: 'stray label', spans: each.spans })
    else kept.push({ block: each, label: each.kind === 'heading' && index > 0 ? null : label })
  }
  return { kept, furniture }
}

/** The number of the part that begins at each block. Where numbers are marked, only those count. */
function findParts(
  section: readonly Block[],
  texts: readonly string[],
  isArticle: boolean,
): (string | null)[] {
  const isText = (index: number): boolean =>
    section[index]?.kind === 'text' || section[index]?.kind === 'list-item'
  const marked = texts.map((text, index) => (isText(index) ? (MARKED_PART.exec(text)?.[1] ?? null) : null))
  if (!isArticle || marked.some(part => part !== null)) return marked
  let last = 0
  return texts.map((text, index) => {
    const number = isText(index)
      ? Number(PLAIN_PART.exec(section[index]?.label ? `${section[index]?.label} ${text}` : text)?.[1])
      : 0
    const isAnnounced = last === 0 && /[:,;]$/.test(texts[index - 1] ?? '')
    if (number !== last + 1 || isAnnounced) return null
    last = number
    return String(number)
  })
}

/** Tells for the blocks before the first part whether the parts repeat them. */
function repeatsIn(
  section: readonly Block[],
  texts: readonly string[],
  first: number,
): (index: number) => boolean {
  if (first < 2) return () => false
  const later = new Set(texts.slice(first).map(text => bareText(text.replace(MARKED_PART, ''))))
  return index =>
    index > 0 &&
    index < first &&
    section[index]?.kind !== 'heading' &&
    later.has(bareText(texts[index] ?? ''))
}

const bareText = (text: string): string => text.replace(/[*_\s]+/g, '')

const UNITS =
  'eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende vijftiende zestiende zeventiende achttiende negentiende'.split(
    ' ',
  )
const TENS = ['twintigste', 'dertigste', 'veertigste', 'vijftigste']
const COUNTED = ' een twee drie vier vijf zes zeven acht negen'.split(' ')

/** "eerste lid", "eenentwintigste lid", "lid 1a", "onderdeel B". */
function partName(part: string): string {
  if (/^[A-Z]/.test(part)) return `onderdeel ${part}`
  const number = Number(part)
  if (!Number.isInteger(number) || number === 0 || number >= 60) return `lid ${part}`
  if (number < 20) return `${UNITS[number - 1]} lid`
  const unit = COUNTED[number % 10] ?? ''
  const joint = unit === '' ? '' : /e$/.test(unit) ? 'ën' : 'en'
  return `${unit}${joint}${TENS[Math.floor(number / 10) - 2]} lid`
}

/**
 * Converters give chapters and articles one depth. Then the divisions nest in the order in which the document first
 * uses them, articles innermost; what has a depth of its own below stays below.
 */
function nestDivisions(source: string, blocks: readonly Block[]): Block[] {
  const types = new Map<string, number>()
  const typeOf = (each: Block): string | null => {
    if (each.kind !== 'heading' || each.depth === null) return null
    const text = withoutMarks(textOf(source, each.spans))
    if (ARTICLE.test(text)) return 'artikel'
    const match = DIVISION.exec(text)
    return match ? (match[1]?.toLowerCase() ?? 'paragraaf') : null
  }
  const typed = blocks.map(typeOf)
  for (const type of typed)
    if (type !== null && type !== 'artikel' && !types.has(type)) types.set(type, types.size)
  if (types.size === 0) return [...blocks]
  types.set('artikel', types.size)
  return blocks.map((each, index) => {
    const rank = types.get(typed[index] ?? '')
    return rank === undefined || each.depth === null
      ? each
      : { ...each, depth: each.depth + rank / (types.size + 1) }
  })
}

/** Label of a list item inside an article: "artikel 14, eerste lid, onder a". */
export function itemLabel(article: string, printed: string | null, outer: string | null): string {
  const bare = printed?.replace(/^\d+ (?=\S)|^\(|[.)]+$/g, '') ?? ''
  if (!/[\p{L}\p{N}]/u.test(bare)) return article
  return outer?.includes(', onder ') ? `${outer}, ${bare}` : `${article}, onder ${bare}`
}
