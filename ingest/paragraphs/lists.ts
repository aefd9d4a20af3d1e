/** Lists: the label of each item, and the introduction that it continues. */
import type { ParagraphKind } from '../corpus.js'
import { type Label, readLabel } from './labels.js'
import { endsClause, startsLowerCase, withoutMarks } from './text-shape.js'

/** What the list structure needs to know of a block. */
export interface ListInput {
  readonly kind: ParagraphKind
  readonly text: string
  readonly depth: number | null
  readonly label: string | null
}

/** Its place in the lists of the document. */
export interface ListPlace {
  readonly kind: ParagraphKind
  readonly label: string | null
  /** Index of the introduction or of the item it is nested in. */
  readonly parent: number | null
}

/** A list that is open while its items go by. */
interface OpenList {
  style: string
  ordinal: number | null
  readonly depth: number | null
  readonly parent: number | null
  /** Numbered points stand on their own; their sub-items carry the point's number in their label. */
  readonly isPoints: boolean
}

/**
 * Finds label and introduction of all items.
 *
 * Items belong together by the style of their labels and by counting on, not by indentation: text extraction and
 * converters lose it, labels survive. Where a list of the same style is open, an item joins it and closes the lists
 * below it; otherwise it opens a list under the piece before it.
 */
export function placeLists(blocks: readonly ListInput[]): ListPlace[] {
  const places: ListPlace[] = []
  const open: OpenList[] = []
  /** Last number of the numbered points of the document, by style: points carry on after text and headings between them. */
  const points = new Map<string, number>()
  let previous: number | null = null
  let enumeration: number | null = null
  for (const [index, block] of blocks.entries()) {
    const isBody = block.kind === 'text' || block.kind === 'list-item'
    if (!isBody) {
      places.push({
        kind: block.kind,
        label: block.kind === 'heading' ? headingLabel(block) : block.label,
        parent: null,
      })
      if (block.kind !== 'footnote') {
        previous = null
        enumeration = null
        open.length = 0
      }
      continue
    }
    const text = withoutMarks(block.text)
    const label = block.kind === 'list-item' ? labelOf(block, text) : null
    if (!label) {
      const intro: number | null = enumeration ?? introBefore(previous, blocks)
      const isItem: boolean =
        block.kind === 'list-item' ||
        (intro !== null && startsLowerCase(text) && !isAfterSentence(previous, enumeration, blocks))
      open.length = 0
      places.push({ kind: isItem ? 'list-item' : 'text', label: null, parent: isItem ? intro : null })
      enumeration = isItem ? intro : null
      previous = index
      continue
    }
    enumeration = null
    const place = placeItem(label, block, previous, blocks, open, points)
    const outer = place.parent === null ? null : places[place.parent]
    places.push({ ...place, label: joinLabels(outer?.label ?? null, label, place, blocks) })
    previous = index
  }
  return places
}

function headingLabel(block: ListInput): string | null {
  const label = readLabel(withoutMarks(block.text))
  return label && label.ordinal !== null ? label.text : null
}

function labelOf(block: ListInput, text: string): Label | null {
  return block.label ? (readLabel(`${block.label} x`) ?? null) : readLabel(text)
}

/** The piece before, where it announces what follows. */
function introBefore(previous: number | null, blocks: readonly ListInput[]): number | null {
  if (previous === null) return null
  const text = withoutMarks(blocks[previous]?.text ?? '')
  return /:$/.test(text) ? previous : null
}

/** An enumeration without labels ends with the item that ends a sentence. */
function isAfterSentence(
  previous: number | null,
  enumeration: number | null,
  blocks: readonly ListInput[],
): boolean {
  return (
    enumeration !== null && previous !== null && /[.!?]$/.test(withoutMarks(blocks[previous]?.text ?? ''))
  )
}

function placeItem(
  label: Label,
  block: ListInput,
  previous: number | null,
  blocks: readonly ListInput[],
  open: OpenList[],
  points: Map<string, number>,
): { kind: ParagraphKind; parent: number | null; isPoint: boolean } {
  const before = previous === null ? '' : withoutMarks(blocks[previous]?.text ?? '')
  for (let level = open.length - 1; level >= 0; level--) {
    const list = open[level]
    if (!list) continue
    const reading = [
      label,
      ...(label.roman ? [{ style: label.roman.style, ordinal: label.roman.ordinal }] : []),
    ].find(each => each.style === list.style && (each.ordinal === null || each.ordinal > (list.ordinal ?? 0)))
    if (!reading) continue
    const isShallower = block.depth !== null && list.depth !== null && block.depth < list.depth
    if (
      reading.ordinal === null &&
      isShallower &&
      open.slice(0, level).some(each => each.style === list.style)
    )
      continue
    const isDeeper = block.depth !== null && list.depth !== null && block.depth > list.depth
    if (
      reading.ordinal === null &&
      level === open.length - 1 &&
      isDeeper &&
      (!endsClause(before) || before.endsWith(':'))
    )
      break
    list.ordinal = reading.ordinal
    open.length = level + 1
    if (list.isPoints) points.set(list.style, reading.ordinal ?? 0)
    return { kind: list.isPoints ? 'text' : 'list-item', parent: list.parent, isPoint: list.isPoints }
  }
  const isNumber = /^\(?1/.test(label.style) && label.ordinal !== null
  const carriesOn = isNumber && points.get(label.style) === (label.ordinal ?? 0) - 1
  const announces = previous !== null && (before.endsWith(':') || !/[.!?]$/.test(before))
  const isPoint = isNumber && (carriesOn || !announces)
  const usesRoman = label.roman !== null && label.roman.ordinal === 1 && label.ordinal !== 1
  const parent = isPoint ? null : previous
  open.push({
    style: usesRoman ? (label.roman?.style ?? label.style) : label.style,
    ordinal: usesRoman ? 1 : label.ordinal,
    depth: block.depth,
    parent,
    isPoints: isPoint,
  })
  if (isPoint) {
    open.splice(0, open.length - 1)
    points.set(label.style, label.ordinal ?? 0)
  }
  return { kind: isPoint ? 'text' : 'list-item', parent, isPoint }
}

/** A lettered item of a numbered point carries the number: "18 b)". */
function joinLabels(
  outer: string | null,
  label: Label,
  place: { readonly parent: number | null; readonly isPoint: boolean },
  blocks: readonly ListInput[],
): string {
  const isLettered = /^\(?[ai]/i.test(label.style)
  if (place.isPoint || !isLettered || outer === null || place.parent === null) return label.text
  const number = /^\(?(\d+(?:\.\d+)*)[).]*$/.exec(outer)
  return number && blocks[place.parent] ? `${number[1]} ${label.text}` : label.text
}
