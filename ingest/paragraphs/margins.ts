/**
 * The margin of a letter in the house style of the Dutch government: the sender's directorate, "Datum", the date and
 * references stand beside the text. Optical recognition reads them as the end of the lines they stand beside, so that
 * they land in the middle of sentences.
 */
import type { Furniture } from '../corpus.js'
import { byPage, columnWidth, type Line, textWidth } from './lines.js'
import { endsSentence, wordCharacters } from './text-shape.js'

const LABEL =
  /(?<=\S )(?:Datum|Ons kenmerk|Onze referentie|Uw kenmerk|Uw brief van|Uw referentie|Kenmerk|Bijlagen?|Contactpersoon|Pagina \d+ van \d+)$/
const DATE =
  /(?<=\S )\d{1,2} (?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december) \d{4}$/
const UNIT = /^(?:Directoraat|Directie|Afdeling|Bureau|Programma|Ministerie|Dienst|Inspectie|Team|Postbus)/
/** Capitalised words at the end of a line, after a word that does not begin with a capital. */
const CAPITALS = /(?<=(?:^|\s)[^\s\p{Lu}]\S* )\p{Lu}[\p{L}-]*(?: (?:en |voor |van |& )?\p{Lu}[\p{L}-]*)*$/u

/** A longer line is no line of a letter. */
const LONGEST_LINE = 300

/** A page's evidence of a margin: for each line the length that belongs to the text. */
type Cuts = Map<Line, number>

/**
 * Cuts the margin off the lines of the pages that show one. Lines that are margin as a whole are left out.
 *
 * @returns the lines of the text, shortened where needed, and the margin as furniture
 */
export function cutMargins(lines: readonly Line[]): { lines: Line[]; furniture: Furniture[] } {
  const pages = byPage(lines).filter(page => page.every(line => line.text.length <= LONGEST_LINE))
  const tails = repeatedTails(pages)
  const found = pages.map(page => ({ page, cuts: plainCuts(page, tails) }))
  const withoutMargin = found.flatMap(({ page, cuts }) => (cuts.size === 0 ? page : []))
  const furniture: Furniture[] = []
  const dropped = new Set<Line>()
  for (const { page, cuts } of found) {
    if (cuts.size === 0) continue
    const kept = [...cuts].map(([line, keep]) => textWidth(line.text.slice(0, keep)))
    addHiddenCuts(page, cuts, Math.max(columnWidth(withoutMargin), ...kept))
    for (const [line, keep] of cuts) {
      const margin = line.text.slice(keep).trimStart()
      furniture.push({ name: 'margin text', spans: [[line.end - margin.length, line.end]] })
      const text = line.text.slice(0, keep).trimEnd()
      if (!text) dropped.add(line)
      line.text = text
      line.end = line.start + text.length
    }
  }
  return { lines: lines.filter(line => !dropped.has(line)), furniture }
}

/** Tails that end the first line of more than one page: the first line of the margin, and the dates that return. */
function repeatedTails(pages: readonly (readonly Line[])[]): { first: Set<string>; dates: Set<string> } {
  const seen = { first: new Map<string, number>(), dates: new Map<string, number>() }
  const count = (counts: Map<string, number>, key: string | undefined): void => {
    if (key) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  for (const page of pages) {
    count(seen.first, CAPITALS.exec(page[0]?.text ?? '')?.[0])
    for (const date of new Set(page.map(line => DATE.exec(line.text)?.[0]))) count(seen.dates, date)
  }
  const repeated = (counts: Map<string, number>): Set<string> =>
    new Set([...counts].filter(([, times]) => times > 1).map(([tail]) => tail))
  return { first: repeated(seen.first), dates: repeated(seen.dates) }
}

/** The parts of a margin that show what they are; none unless a page shows two different ones. */
function plainCuts(
  page: readonly Line[],
  tails: { readonly first: ReadonlySet<string>; readonly dates: ReadonlySet<string> },
): Cuts {
  const cuts: Cuts = new Map()
  const signs = new Set<string>()
  const cut = (line: Line, tail: string, sign: string): void => {
    cuts.set(line, line.text.length - tail.length)
    signs.add(sign)
  }
  for (const [index, line] of page.entries()) {
    const label = LABEL.exec(line.text)?.[0]
    const date = DATE.exec(line.text)?.[0]
    const capitals = index === 0 ? CAPITALS.exec(line.text)?.[0] : undefined
    if (label && index < page.length - 1) cut(line, label, 'label')
    else if (date && (endsSentence(line.text.slice(0, -date.length).trimEnd()) || tails.dates.has(date)))
      cut(line, date, 'date')
    else if (capitals && tails.first.has(capitals)) cut(line, capitals, 'first line')
  }
  // One sign alone happens in ordinary text; two different ones on a page are a margin.
  return signs.size < 2 ? new Map() : cuts
}

/** Between the top of the page and the last plain part: names of units, and what recognition could not read. */
function addHiddenCuts(page: readonly Line[], cuts: Cuts, width: number): void {
  const last = page.findLastIndex(line => cuts.has(line))
  for (const line of page.slice(0, last)) {
    if (cuts.has(line)) continue
    const keep = noiseStart(line.text) ?? unitStart(line.text) ?? overlongStart(line.text, width)
    if (keep !== null) cuts.set(line, keep)
  }
}

/** Where the remains of a margin begin that recognition could not read: punctuation with hardly a word in it. */
function noiseStart(text: string): number | null {
  if (/^[^\p{L}\p{N}"“‘'(•–-]/u.test(text) && text.length < 60) return 0
  const tail = /(?<=\s)\S+$/.exec(text)
  if (!tail) return null
  const word = tail[0]
  const marks = word.length - wordCharacters(word)
  const isNoise = marks >= 2 && marks * 2 > word.length - 1 && !/^(?:…|\.\.\.|[”"’')\].,;:!?]+)$/.test(word)
  return isNoise || /^[.,;:]{2}$/.test(word) ? tail.index : null
}

/** Where the name of a unit of the sender begins, such as "Bureau Internationaal"; with an article it is text. */
function unitStart(text: string): number | null {
  const tail = CAPITALS.exec(text)
  if (!tail) return null
  const words = tail[0].split(' ')
  const unit = words.findIndex(word => UNIT.test(word))
  if (unit < 0) return null
  const start = tail.index + (unit > 0 ? words.slice(0, unit).join(' ').length + 1 : 0)
  return /(?:^|\s)(?:de|het|een|deze|dit|die|dat|onze|ons) $/i.test(text.slice(0, start)) ? null : start
}

/** Where the capitalised words begin that end a line longer than the column. */
function overlongStart(text: string, width: number): number | null {
  if (textWidth(text) <= width) return null
  const tail = CAPITALS.exec(text)
  return tail && textWidth(text.slice(0, tail.index)) <= width ? tail.index : null
}
