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
  const width = columnWidth(lines)
  const tails = repeatedTails(pages)
  const furniture: Furniture[] = []
  const dropped = new Set<Line>()
  for (const page of pages) {
    const cuts = findCuts(page, width, tails)
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

function findCuts(
  page: readonly Line[],
  width: number,
  tails: { readonly first: ReadonlySet<string>; readonly dates: ReadonlySet<string> },
): Cuts {
  const cuts: Cuts = new Map()
  const evidence = new Set<string>()
  let last = -1
  const cut = (line: Line, index: number, tail: string, kind: string): void => {
    cuts.set(line, line.text.length - tail.length)
    evidence.add(kind)
    last = index
  }
  for (const [index, line] of page.entries()) {
    const label = LABEL.exec(line.text)?.[0]
    const date = DATE.exec(line.text)?.[0]
    const next = page[index + 1]
    const before = date ? line.text.slice(0, -date.length).trimEnd() : ''
    const capitals = CAPITALS.exec(line.text)?.[0]
    if (label && next && !/^\s*:/.test(label)) cut(line, index, label, 'label')
    else if (date && (endsSentence(before) || tails.dates.has(date))) cut(line, index, date, 'date')
    else if (index === 0 && capitals && tails.first.has(capitals)) cut(line, index, capitals, 'first line')
  }
  // One sign alone happens in ordinary text; two different ones on a page are a margin.
  if (evidence.size < 2) return new Map()
  for (const [index, line] of page.entries()) {
    if (index > last) break
    if (cuts.has(line)) continue
    const keep = noiseStart(line.text) ?? overlongStart(line.text, width)
    if (keep !== null) cuts.set(line, keep)
  }
  return cuts
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

/** Where a line that is longer than the column ends in the name of a unit or in capitalised words. */
function overlongStart(text: string, width: number): number | null {
  if (textWidth(text) <= width) return null
  const tail = CAPITALS.exec(text)
  if (!tail) return null
  const words = tail[0].split(' ')
  const unit = words.findIndex(word => UNIT.test(word))
  const keep = tail.index + (unit > 0 ? words.slice(0, unit).join(' ').length + 1 : 0)
  return textWidth(text.slice(0, keep)) <= width ? keep : null
}
