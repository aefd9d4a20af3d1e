/** Follows how a PDF page is painted, and tells of every character whether it can be seen. */
import {
  type Box,
  boxesOf,
  holds,
  IDENTITY,
  type Matrix,
  multiply,
  numbers,
  onPage,
  overlap,
  toMatrix,
} from './pdf-boxes.js'

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

/** Height of the middle of a small letter above its base line, in parts of the size of the type. */
const MIDDLE = 0.25
/** Least height and width of a bar that hides text, in points. */
const LEAST_BAR = 4

/** Operators that end a path by filling it: fill, eoFill, fillStroke, eoFillStroke and those that close it before. */
const FILLING: ReadonlySet<number> = new Set([22, 23, 24, 25, 26, 27])

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

/** The characters by which painted and extracted text are compared: ligatures apart, no white space. */
export function bareText(text: string): string[] {
  return [...text.normalize('NFKC').replace(/[\s\p{Cc}\p{Cf}]+/gu, '')]
}
