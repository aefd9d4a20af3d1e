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

interface Lists {
  /** Outermost first. */
  readonly open: OpenList[]
  /** Last number of the document's numbered points, by style: they carry on after text and headings between them. */
  readonly points: Map<string, number>
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
  const lists: Lists = { open: [], points: new Map() }
  /** The piece before, and the introduction of the enumeration without labels that is going on. */
  let previous: number | null = null
  let introduction: number | null = null
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== 'text' && block.kind !== 'list-item') {
      const label = block.kind === 'heading' ? headingLabel(block) : block.label
      places.push({ kind: block.kind, label, parent: null })
      if (block.kind === 'heading' || block.kind === 'signature') {
        previous = null
        introduction = null
        lists.open.length = 0
      }
      continue
    }
    const text = withoutMarks(block.text)
    const before = previous === null ? '' : withoutMarks(blocks[previous]?.text ?? '')
    const label = block.kind === 'list-item' ? labelOf(block, text) : null
    if (label) {
      const item = joinList(label, block, before, lists) ?? openList(label, block, before, previous, lists)
      const outer = item.parent === null ? null : (places[item.parent]?.label ?? null)
      places.push({
        kind: item.isPoint ? 'text' : 'list-item',
        label: item.isPoint || outer === null ? label.text : joinLabels(outer, label),
        parent: item.parent,
      })
      introduction = null
    } else {
      // Without labels the items are what follows a colon in lower case, up to the one that ends a sentence.
      const isOver: boolean = introduction !== null && /[.!?]$/.test(before)
      introduction = isOver ? null : (introduction ?? (before.endsWith(':') ? previous : null))
      // Definitions begin with a capital as often as not ("Onze Minister: …;"); a semicolon ends all but the last of them.
      const isCounted = text.endsWith(';') || (before.endsWith(';') && previous !== introduction)
      const isItem =
        block.kind === 'list-item' || (introduction !== null && (startsLowerCase(text) || isCounted))
      if (!isItem) introduction = null
      lists.open.length = 0
      places.push({ kind: isItem ? 'list-item' : 'text', label: null, parent: introduction })
    }
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

/** Where an item came to stand. */
interface Item {
  readonly parent: number | null
  readonly isPoint: boolean
}

/** Adds an item to the innermost open list it fits, and closes the lists below it; `null` where it fits none. */
function joinList(label: Label, block: ListInput, before: string, lists: Lists): Item | null {
  for (let level = lists.open.length - 1; level >= 0; level--) {
    const list = lists.open[level]
    const reading = [label, label.roman].find(
      each =>
        each?.style === list?.style &&
        (each?.ordinal === null || (each?.ordinal ?? 0) > (list?.ordinal ?? 0)),
    )
    if (!list || !reading) continue
    const deeper = block.depth === null || list.depth === null ? 0 : block.depth - list.depth
    if (
      reading.ordinal === null &&
      deeper < 0 &&
      lists.open.slice(0, level).some(each => each.style === list.style)
    ) {
      continue
    }
    const isInnermost = level === lists.open.length - 1
    const isUnfinished = !endsClause(before) || before.endsWith(':')
    if (reading.ordinal === null && deeper > 0 && isInnermost && isUnfinished) return null
    list.ordinal = reading.ordinal
    lists.open.length = level + 1
    if (list.isPoints) lists.points.set(list.style, reading.ordinal ?? 0)
    return { parent: list.parent, isPoint: list.isPoints }
  }
  return null
}

/** Opens a list under the piece before, or goes on with the numbered points of the document. */
function openList(
  label: Label,
  block: ListInput,
  before: string,
  previous: number | null,
  lists: Lists,
): Item {
  const isNumber = label.ordinal !== null && /^\(?1/.test(label.style)
  const carriesOn = isNumber && lists.points.get(label.style) === (label.ordinal ?? 0) - 1
  const isAnnounced = previous !== null && !/[.!?]$/.test(before)
  const isPoint = isNumber && (carriesOn || !isAnnounced)
  const parent = isPoint ? null : previous
  // A list that begins with "i)" counts in Roman numerals.
  const counted = label.roman?.ordinal === 1 ? label.roman : label
  if (isPoint) {
    lists.open.length = 0
    lists.points.set(label.style, label.ordinal ?? 0)
  }
  lists.open.push({
    style: counted.style,
    ordinal: counted.ordinal,
    depth: block.depth,
    parent,
    isPoints: isPoint,
  })
  return { parent, isPoint }
}

/** A lettered item of a numbered point carries the number: "18 b)". */
function joinLabels(outer: string, label: Label): string {
  const number = /^\(?(\d+(?:\.\d+)*)[).]*$/.exec(outer)?.[1]
  return number !== undefined && /^\(?[ai]/i.test(label.style) ? `${number} ${label.text}` : label.text
}
