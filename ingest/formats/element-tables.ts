/** What the tables of a page of HTML are for: data with heads, a list with its labels, or only layout. */
import { isBareLabel } from '../paragraphs/labels.js'
import { isHeadOfNumbers } from '../paragraphs/tables.js'
import { NOTE_MARK } from './element-notes.js'
import { attribute, type Element, elementsBelow, isElement, textBelow } from './elements.js'

/** Cells with more text make a table a means of layout. */
const LONGEST_CELL = 1_500

/** The rows of a table, those of tables inside it left out. */
export function rowsOf(table: Element): Element[] {
  return table.childNodes
    .filter(isElement)
    .flatMap(each =>
      each.tagName === 'tr'
        ? [each]
        : /^t(?:head|body|foot)$/.test(each.tagName)
          ? each.childNodes.filter(isElement)
          : [],
    )
    .filter(each => each.tagName === 'tr')
}

/** Whether every row of a table is a label with the text beside it. */
export function isLabelled(texts: readonly (readonly string[])[]): boolean {
  return (
    texts.length > 0 &&
    texts.every(row => {
      const filled = row.filter(text => text !== '')
      const [label = '', text = ''] = filled
      return (
        filled.length === 2 &&
        /\p{L}/u.test(text) &&
        (isBareLabel(label) || NOTE_MARK.test(label) || /^[—–•-]$/.test(label))
      )
    })
  )
}

/** Whether a table only puts text beside other text. */
export function isLayout(
  table: Element,
  cells: readonly (readonly Element[])[],
  texts: readonly (readonly string[])[],
): boolean {
  if (/^(?:presentation|none)$/.test(attribute(table, 'role') ?? '')) return true
  if (cells.every(row => row.length < 2)) return true
  if (texts.some(row => row.some(text => text.length > LONGEST_CELL))) return true
  for (const each of elementsBelow(table)) if (/^(?:table|h[1-6])$/.test(each.tagName)) return true
  return false
}

/** Whether a row names what stands in the columns below it. */
export function isHeadRow(
  row: Element | undefined,
  cells: readonly Element[],
  texts: readonly (readonly string[])[],
  index: number,
): boolean {
  if (row?.parentNode && isElement(row.parentNode) && row.parentNode.tagName === 'thead') return true
  if (cells.every(cell => cell.tagName === 'th')) return true
  const isFirst = texts.findIndex(each => each.some(text => text !== '')) === index
  if (!isFirst || cells.length < 2) return false
  return cells.every(headingCell) || isHeadOfNumbers(texts.slice(index))
}

/** Whether all of a cell is set in bold. */
function headingCell(cell: Element): boolean {
  const text = textBelow(cell).replace(/\s/g, '')
  if (text === '') return true
  let bold = ''
  for (const each of elementsBelow(cell)) if (/^(?:b|strong)$/.test(each.tagName)) bold += textBelow(each)
  return bold.replace(/\s/g, '') === text
}
