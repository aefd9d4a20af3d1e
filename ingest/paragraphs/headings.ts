/** Headings: which short pieces are headings, and how deep they stand. */
import { type Label, readLabel } from './labels.js'
import { endsClause, isCapitals, startsLowerCase, withoutMarks } from './text-shape.js'

const LONGEST_HEADING = 200
const LONGEST_PLAIN_HEADING = 130
const ANNEX = /^(?:BIJLAGE|ANNEX|Bijlage|Annex|APPENDIX|Appendix)\b/
const DIVISION = /^(?:(boek|deel|titel|hoofdstuk)|(afdeling)|(paragraaf|§)|(artikel|art\.))\s+[\dIVXLCa-z]+/i
const ORDINAL_WORD =
  /^(?:Eerste|Tweede|Derde|Vierde|Vijfde|Zesde|Zevende|Achtste|Negende|Tiende)\s+[\p{L}-]+\s*(?::|$)/u

/** Depth of a heading that says nothing about it: below numbers and capitals. */
const PLAIN_DEPTH = 4

/**
 * Whether a piece of plain text is a heading: short, without punctuation at its end, and something follows it.
 *
 * @param lines number of lines it takes
 * @param preceding text of the piece before; `null` at the beginning of the document
 * @param following text of the next piece; `null` at the end
 */
export function isHeading(
  text: string,
  lines: number,
  preceding: string | null,
  following: string | null,
): boolean {
  if (lines > 4 || text.length > LONGEST_HEADING || following === null) return false
  if (endsClause(text) || startsLowerCase(text)) return false
  const label = readLabel(text)
  // Numbers that follow each other directly count the items of a list or a table of contents.
  if (label && (counts(label, readLabel(following)) || counts(readLabel(preceding ?? ''), label)))
    return false
  if (isCapitals(text)) return true
  if (label?.ordinal === null) return false
  if (label)
    return (
      /^\p{Lu}/u.test(text.slice(label.length)) &&
      text.length <= LONGEST_PLAIN_HEADING &&
      !/^[a-z(]/.test(label.text)
    )
  if (lines > 2 || text.length > LONGEST_PLAIN_HEADING) return false
  return /^[\p{Lu}\p{N}"“]/u.test(text) && !/[.!?] \p{Lu}/u.test(text) && !startsLowerCase(following)
}

function counts(label: Label | null, next: Label | null): boolean {
  return label?.style === next?.style && label?.ordinal != null && next?.ordinal === label.ordinal + 1
}

/** What the text of a heading says about its depth; 0 is above all chapters, as an annex is. */
function statedDepth(text: string): number | null {
  const division = DIVISION.exec(text)
  if (division) return 1 + division.slice(1).findIndex(group => group !== undefined)
  if (ANNEX.test(text)) return 0
  const label = readLabel(text)
  if (label && label.ordinal !== null) return numberDepth(label)
  return null
}

function numberDepth(label: Label): number {
  if (/\d/.test(label.text)) return label.text.split('.').filter(Boolean).length
  return /^\(?[IVXLC]+[.)]/.test(label.text) ? 1 : 2
}

/**
 * Depths of all headings of a document, 0 is the outermost.
 *
 * Numbers and capitals tell the depth of plain text. In a format with depths of its own those hold, unless headings
 * numbered in one series stand at different depths: then the converter guessed, the numbers tell, and a heading without
 * one is below them.
 *
 * @param headings the text of each heading as printed, with the depth its format gives or `null`
 */
export function headingDepths(
  headings: readonly { readonly text: string; readonly depth: number | null }[],
): number[] {
  const texts = headings.map(heading => withoutMarks(heading.text))
  const stated = texts.map(statedDepth)
  const numbered = headings.filter((_, index) => stated[index] === 1)
  const isGuessed = new Set(numbered.map(heading => heading.depth)).size > 1
  return headings.map((heading, index) => {
    const text = texts[index] ?? ''
    const depth = stated[index] ?? null
    if (heading.depth !== null && !isGuessed) return heading.depth
    if (depth !== null) return depth
    if (heading.depth !== null) return 2
    if (isCapitals(text)) return 1
    return ORDINAL_WORD.test(text) ? PLAIN_DEPTH - 1 : PLAIN_DEPTH
  })
}
