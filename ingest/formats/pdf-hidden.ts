/** What of the text of a PDF page a reader cannot see, from the order in which the page is painted. */
import type { Fragment } from './pdf-lines.js'

/** The operators of a page as the library lists them. */
export interface OperatorList {
  readonly fnArray: readonly number[]
  readonly argsArray: readonly unknown[]
}

/** How a page is painted, as far as text is concerned. */
export interface PaintedText {
  /** Every printed character in the order of painting, without white space. */
  readonly characters: readonly PaintedCharacter[]
  /** Whether light text stands where nothing dark was painted before: a picture may lie there. */
  readonly hasLightText: boolean
}

/** One character as it is painted. */
export interface PaintedCharacter {
  readonly character: string
  /** Its middle, about. */
  readonly middle: readonly [x: number, y: number]
  /** Height of its base line. */
  readonly y: number
  /**
   * `invisible`: painted in no colour, as recognised text is behind a scan; `faint`: transparent, or light on paper; `switched
   * off`: in a layer that is not shown; `covered`: below an area that was painted later, as a bar over a name is; `outside`: not on the page, where the library leaves it out.
   */
  look: 'visible' | 'invisible' | 'faint' | 'switched off' | 'covered' | 'outside'
}

type Matrix = readonly [number, number, number, number, number, number]
type Box = readonly [left: number, bottom: number, right: number, top: number]

interface State {
  matrix: Matrix
  clip: Box
  /** Whether the clip is a box, as far as is known. */
  isBoxed: boolean
  /** Whether what is painted is mixed with what is below it, or masked: then it hides nothing. */
  isMixed: boolean
  isMasked: boolean
  fill: string
  stroke: string
  opacity: number
  mode: number
  size: number
  characterSpace: number
  wordSpace: number
  stretch: number
  leading: number
  rise: number
}

/** From this brightness of the darkest of red, green and blue on, text cannot be read on white paper. */
const LIGHTEST = 0xf0
/** Less opacity cannot be read. */
const LEAST_OPACITY = 0.05
/** Stands for no colour at all. */
const UNPAINTED = '#ffffff'
/** Rendering modes of PDF: painted by filling, by the stroke only, not at all. */
const STROKED = new Set([1, 5])
const INVISIBLE = 3

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0]

const multiply = (a: Matrix, b: Matrix): Matrix => [
  a[0] * b[0] + a[2] * b[1],
  a[1] * b[0] + a[3] * b[1],
  a[0] * b[2] + a[2] * b[3],
  a[1] * b[2] + a[3] * b[3],
  a[0] * b[4] + a[2] * b[5] + a[4],
  a[1] * b[4] + a[3] * b[5] + a[5],
]

const numbers = (value: unknown): number[] =>
  value !== null && typeof value === 'object' ? Object.values(value).map(Number) : []

const toMatrix = (value: unknown): Matrix => {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers(value)
  return [a, b, c, d, e, f]
}

/** The box around a box of user space on the page. */
function onPage(matrix: Matrix, [left, bottom, right, top]: Box): Box {
  const corners = [
    [left, bottom],
    [right, bottom],
    [left, top],
    [right, top],
  ].map(([x = 0, y = 0]) => multiply(matrix, [1, 0, 0, 1, x, y]))
  const xs = corners.map(each => each[4])
  const ys = corners.map(each => each[5])
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

const overlap = (one: Box, other: Box): Box => [
  Math.max(one[0], other[0]),
  Math.max(one[1], other[1]),
  Math.min(one[2], other[2]),
  Math.min(one[3], other[3]),
]

const holds = ([left, bottom, right, top]: Box, x: number, y: number): boolean =>
  x >= left && x <= right && y >= bottom && y <= top

/** Whether a colour as "#f8f8f8" is nearly that of paper; patterns are no such colour. */
function isLight(color: string): boolean {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color)
  return parts?.slice(1).every(part => Number.parseInt(part, 16) >= LIGHTEST) ?? false
}

/**
 * Follows the painting of a page.
 *
 * @param names names of the operators by their number
 * @param view the page in its own units
 * @param isShown whether the layer of a piece of marked content is shown
 */
export function followPainting(
  { fnArray, argsArray }: OperatorList,
  names: ReadonlyMap<number, string>,
  view: readonly number[],
  isShown: (layer: unknown) => boolean,
): PaintedText {
  const painter = new Painter(view, isShown)
  for (const [index, operator] of fnArray.entries())
    painter.paint(names.get(operator) ?? '', (argsArray[index] as readonly unknown[] | null) ?? [])
  return { characters: painter.characters, hasLightText: painter.hasLightText }
}

class Painter {
  readonly characters: PaintedCharacter[] = []
  hasLightText = false
  private readonly page: Box
  private readonly isShown: (layer: unknown) => boolean
  private state: State
  private readonly saved: State[] = []
  /** Matrix of the text, and of the line it began with. */
  private text: Matrix = IDENTITY
  private line: Matrix = IDENTITY
  private isClipping = false
  /** What was painted so far, in order. */
  private readonly areas: { readonly box: Box; readonly isLight: boolean }[] = []
  /** Whether each open piece of marked content is shown. */
  private readonly shown: boolean[] = []

  constructor(view: readonly number[], isShown: (layer: unknown) => boolean) {
    const [left = 0, bottom = 0, right = 0, top = 0] = view
    this.page = [left - 1, bottom - 1, right + 1, top + 1]
    this.isShown = isShown
    this.state = {
      matrix: IDENTITY,
      clip: this.page,
      isBoxed: true,
      isMixed: false,
      isMasked: false,
      fill: '#000000',
      stroke: '#000000',
      opacity: 1,
      mode: 0,
      size: 0,
      characterSpace: 0,
      wordSpace: 0,
      stretch: 1,
      leading: 0,
      rise: 0,
    }
  }

  paint(name: string, values: readonly unknown[]): void {
    const { state } = this
    const [first, second] = values
    const one = Number(first)
    switch (name) {
      case 'save':
        this.saved.push({ ...state })
        break
      case 'restore':
        this.state = this.saved.pop() ?? state
        break
      case 'transform':
        state.matrix = multiply(state.matrix, toMatrix(values))
        break
      case 'paintFormXObjectBegin':
        this.saved.push({ ...state })
        if (first) state.matrix = multiply(state.matrix, toMatrix(first))
        if (second) this.clipTo(numbers(second))
        break
      case 'paintFormXObjectEnd':
        this.state = this.saved.pop() ?? state
        break
      case 'setFillRGBColor':
        state.fill = String(first)
        break
      case 'setFillColorN':
        state.fill = 'pattern'
        break
      case 'setFillTransparent':
        state.fill = UNPAINTED
        break
      case 'setStrokeTransparent':
        state.stroke = UNPAINTED
        break
      case 'setStrokeRGBColor':
        state.stroke = String(first)
        break
      case 'setStrokeColorN':
        state.stroke = 'pattern'
        break
      case 'setGState':
        for (const [key, value] of first as readonly (readonly [string, unknown])[]) {
          if (key === 'ca') state.opacity = Number(value)
          if (key === 'BM') state.isMixed = value !== 'source-over'
          if (key === 'SMask') state.isMasked = value !== false
          if (key === 'Font') state.size = Number((value as readonly unknown[])[1])
        }
        break
      case 'clip':
      case 'eoClip':
        this.isClipping = true
        break
      case 'constructPath':
        this.path(values)
        break
      case 'shadingFill':
        this.cover(state.clip, false)
        break
      case 'beginMarkedContent':
        this.shown.push(true)
        break
      case 'beginMarkedContentProps':
        this.shown.push(first !== 'OC' || this.isShown(second))
        break
      case 'endMarkedContent':
        this.shown.pop()
        break
      case 'beginText':
        this.text = this.line = IDENTITY
        break
      case 'setFont':
        state.size = Number(second)
        break
      case 'setTextRenderingMode':
        state.mode = one
        break
      case 'setCharSpacing':
        state.characterSpace = one
        break
      case 'setWordSpacing':
        state.wordSpace = one
        break
      case 'setHScale':
        state.stretch = one / 100
        break
      case 'setLeading':
        state.leading = one
        break
      case 'setTextRise':
        state.rise = one
        break
      case 'setTextMatrix':
        this.text = this.line = toMatrix(first)
        break
      case 'setLeadingMoveText':
        state.leading = -Number(second)
        this.moveLine(one, Number(second))
        break
      case 'moveText':
        this.moveLine(one, Number(second))
        break
      case 'nextLine':
        this.moveLine(0, -state.leading)
        break
      case 'showText':
        this.show(first as readonly unknown[])
        break
      default:
        if (/^paint.*Image|^paint.*Mask/.test(name)) this.picture(/(?:Group|Repeat)$/.test(name))
    }
  }

  private moveLine(x: number, y: number): void {
    this.text = this.line = multiply(this.line, [1, 0, 0, 1, x, y])
  }

  private clipTo([left = 0, bottom = 0, right = 0, top = 0]: readonly number[]): void {
    this.state.clip = overlap(this.state.clip, onPage(this.state.matrix, [left, bottom, right, top]))
  }

  /** A path with the operator that ends it: it is filled, or the clip of what follows, or both. */
  private path([operator, parts, bounds]: readonly unknown[]): void {
    const { state } = this
    const box = numbers(bounds)
    const boxes = boxesOf(parts)
    if (FILLING.has(Number(operator)) && box.length === 4 && state.opacity >= LEAST_OPACITY) {
      const [left = 0, bottom = 0, right = 0, top = 0] = box
      const area = overlap(onPage(state.matrix, [left, bottom, right, top]), state.clip)
      this.cover(area, isLight(state.fill))
      const isSolid = state.opacity > 0.99 && /^#/.test(state.fill) && !state.isMixed && !state.isMasked
      const hides = isSolid && state.isBoxed
      for (const each of hides ? (boxes ?? []) : [])
        this.hide(overlap(onPage(state.matrix, each), state.clip))
    }
    if (this.isClipping && box.length === 4) {
      this.clipTo(box)
      if (boxes?.length !== 1) state.isBoxed = false
    }
    this.isClipping = false
  }

  /** What was written where a box is painted cannot be seen any more; rules of tables and underlines are no such boxes. */
  private hide(box: Box): void {
    const [left, bottom, right, top] = box
    if (right - left < LEAST_BAR || top - bottom < LEAST_BAR || !this.shown.every(Boolean)) return
    for (const each of this.characters)
      if (each.look === 'visible' && holds(box, ...each.middle)) each.look = 'covered'
  }

  private picture(isMany: boolean): void {
    const { matrix, clip } = this.state
    this.cover(isMany ? clip : overlap(onPage(matrix, [0, 0, 1, 1]), clip), false)
  }

  private cover(box: Box, isLightArea: boolean): void {
    if (this.shown.every(Boolean) && box[2] > box[0] && box[3] > box[1])
      this.areas.push({ box, isLight: isLightArea })
  }

  private show(glyphs: readonly unknown[]): void {
    const { state } = this
    for (const glyph of glyphs) {
      if (typeof glyph === 'number') {
        this.advance(-(glyph / 1000) * state.size)
        continue
      }
      if (glyph === null || typeof glyph !== 'object') continue
      const { unicode, width, isSpace } = glyph as { unicode?: string; width?: number; isSpace?: boolean }
      const half = (((width ?? 0) / 1000) * state.size * state.stretch) / 2
      const at = (x: number, y: number): Matrix =>
        multiply(state.matrix, multiply(this.text, [1, 0, 0, 1, x, y]))
      const y = at(0, state.rise)[5]
      const place = at(half, state.rise + state.size * MIDDLE)
      const middle = [place[4], place[5]] as const
      const look = this.look(...middle)
      for (const character of bareText(unicode ?? '')) this.characters.push({ character, middle, y, look })
      this.advance(
        ((width ?? 0) / 1000) * state.size + state.characterSpace + (isSpace ? state.wordSpace : 0),
      )
    }
  }

  private advance(width: number): void {
    this.text = multiply(this.text, [1, 0, 0, 1, width * this.state.stretch, 0])
  }

  private look(x: number, y: number): PaintedCharacter['look'] {
    const { mode, opacity, fill, stroke } = this.state
    if (!holds(this.page, x, y)) return 'outside'
    if (!this.shown.every(Boolean)) return 'switched off'
    if (mode === INVISIBLE) return 'invisible'
    if (opacity < LEAST_OPACITY) return 'faint'
    const isLightText = STROKED.has(mode) ? isLight(stroke) : isLight(fill) && (mode === 0 || isLight(stroke))
    if (!isLightText) return 'visible'
    const behind = this.areas.findLast(({ box }) => holds(box, x, y))
    if (behind && !behind.isLight) return 'visible'
    this.hasLightText = true
    return 'faint'
  }
}

/** Height of the middle of a small letter above its base line, in parts of the size of the type. */
const MIDDLE = 0.25
/** Least height and width of a bar that hides text, in points. */
const LEAST_BAR = 4

/** The boxes that a path is made of: each begins, runs over three corners and closes; `null` for any other path. */
function boxesOf(parts: unknown): Box[] | null {
  const [steps] = Object.values((parts ?? []) as object)
  const values = numbers(steps)
  if (values.length === 0 || values.length % BOX_STEPS !== 0) return null
  const boxes: Box[] = []
  for (let from = 0; from < values.length; from += BOX_STEPS) {
    const step = values.slice(from, from + BOX_STEPS)
    const [begin, left = 0, bottom = 0, first, right = 0, , second, , top = 0, third, , , end] = step
    if (begin !== 0 || first !== 1 || second !== 1 || third !== 1 || end !== 4) return null
    const isBox = step[5] === bottom && step[7] === right && step[10] === left && step[11] === top
    if (!isBox) return null
    boxes.push([Math.min(left, right), Math.min(bottom, top), Math.max(left, right), Math.max(bottom, top)])
  }
  return boxes
}

/** Numbers that the library lists for a box: four corners with their steps, and its end. */
const BOX_STEPS = 13

/** Operators that end a path by filling it: fill, eoFill, fillStroke, eoFillStroke and those that close it before. */
const FILLING: ReadonlySet<number> = new Set([22, 23, 24, 25, 26, 27])

/** The characters by which painted and extracted text are compared: ligatures apart, no white space. */
function bareText(text: string): string[] {
  return [...text.normalize('NFKC').replace(/[\s\p{Cc}\p{Cf}]+/gu, '')]
}

/** Characters that may stand between two pieces of text in the order of painting: what stands outside of the page. */
const FURTHEST = 20_000

/** A piece of text with how it is painted. */
export interface SeenFragment {
  readonly fragment: Fragment
  /** What it was cut from; itself where it was not cut. */
  readonly whole: Fragment
  readonly look: PaintedCharacter['look']
}

/**
 * Tells for each piece of text how it is painted. A piece of which only some can be seen is cut in two; one that cannot be
 * found in the painting counts as visible.
 */
export function lookAt(
  fragments: readonly Fragment[],
  characters: readonly PaintedCharacter[],
): SeenFragment[] {
  if (characters.every(({ look }) => look === 'visible'))
    return fragments.map(fragment => ({ fragment, whole: fragment, look: 'visible' }))
  const seen: SeenFragment[] = []
  let at = 0
  for (const fragment of fragments) {
    const wanted = bareText(fragment.text)
    const from = wanted.length === 0 ? -1 : findPainted(wanted, fragment, characters, at)
    if (from < 0) {
      seen.push({
        fragment,
        whole: fragment,
        look: wanted.length === 0 ? (seen.at(-1)?.look ?? 'visible') : 'visible',
      })
      continue
    }
    at = from + wanted.length
    seen.push(...cutByLook(fragment, characters.slice(from, at)))
  }
  return seen
}

function findPainted(
  wanted: readonly string[],
  { y, size }: Fragment,
  characters: readonly PaintedCharacter[],
  from: number,
): number {
  const last = Math.min(characters.length - wanted.length, from + FURTHEST)
  for (let start = from; start <= last; start++) {
    if (Math.abs((characters[start]?.y ?? 0) - y) > size) continue
    if (wanted.every((each, offset) => characters[start + offset]?.character === each)) return start
  }
  return -1
}

function cutByLook(fragment: Fragment, painted: readonly PaintedCharacter[]): SeenFragment[] {
  const [first] = painted
  const look = first?.look ?? 'visible'
  if (painted.every(each => each.look === look)) return [{ fragment, whole: fragment, look }]
  const pieces: SeenFragment[] = []
  let [from, done] = [0, 0]
  let open = look
  const { text, x, width } = fragment
  const push = (to: number): void => {
    const share = (offset: number): number => (width * offset) / text.length
    const piece = { ...fragment, text: text.slice(from, to), x: x + share(from), width: share(to - from) }
    if (to > from) pieces.push({ fragment: piece, whole: fragment, look: open })
  }
  for (let offset = 0; offset < text.length; ) {
    const length = (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
    const own = bareText(text.slice(offset, offset + length)).length
    const next = own > 0 ? (painted[done]?.look ?? open) : open
    if (next !== open) {
      push(offset)
      from = offset
      open = next
    }
    done += own
    offset += length
  }
  push(text.length)
  return pieces
}
