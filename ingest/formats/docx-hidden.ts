/** Text of a Word file that no reader of the printed page sees: hidden, in the colour of what is behind it, or too small. */
import { entryNames, readEntry, withEntries } from './zip.js'

/** Largest part of a file that is looked through, in bytes; the size of all parts is checked before. */
const LARGEST_PART = 200_000_000
/** Type of this many half points or less is one point or less. */
const SMALLEST_TYPE = 2
/** From this brightness of the darkest of red, green and blue on, text cannot be read on white paper. */
const LIGHTEST = 0xf0
/** Parts that hold text which is read. */
const PARTS = /^word\/(?:document|footnotes|endnotes)\d*\.xml$/i

/** A Word file without its hidden text. */
export interface VisibleDocument {
  readonly bytes: Uint8Array
  /** The pieces that were taken out. */
  readonly hidden: readonly string[]
  /** Number of passages whose deletion was recorded, and of comments: they are no part of the text. */
  readonly deletions: number
  readonly comments: number
}

/** Takes hidden text out of a Word file. */
export function takeOutHiddenRuns(bytes: Uint8Array): VisibleDocument {
  const styles = readStyles(readEntry(bytes, 'word/styles.xml', LARGEST_PART) ?? '')
  const changed = new Map<string, string>()
  const hidden: string[] = []
  let deletions = 0
  for (const name of entryNames(bytes).filter(each => PARTS.test(each))) {
    const xml = readEntry(bytes, name, LARGEST_PART)
    if (xml === null) continue
    const finder = new HiddenRuns(xml, styles)
    finder.visit(parseXml(xml), { behind: PAPER, style: null })
    deletions += finder.deletions
    if (finder.ranges.length === 0) continue
    let [kept, at] = ['', 0]
    for (const [start, end] of finder.ranges) {
      hidden.push(textIn(xml.slice(start, end)))
      kept += xml.slice(at, start)
      at = end
    }
    changed.set(name, kept + xml.slice(at))
  }
  const comments = readEntry(bytes, 'word/comments.xml', LARGEST_PART)?.match(/<w:comment\s/g)?.length ?? 0
  return {
    bytes: changed.size > 0 ? withEntries(bytes, changed) : bytes,
    hidden: hidden.filter(text => text.trim() !== ''),
    deletions,
    comments,
  }
}

/** An element of XML with its range in the text. */
interface XmlElement {
  readonly name: string
  /** The text of its opening tag. */
  readonly tag: string
  readonly start: number
  end: number
  readonly children: XmlElement[]
}

const TAG =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>/g

/** Elements by their tags. What is not closed ends with the text. */
function parseXml(xml: string): XmlElement {
  const root: XmlElement = { name: '', tag: '', start: 0, end: xml.length, children: [] }
  const open = [root]
  for (const match of xml.matchAll(TAG)) {
    const [tag, closing, name] = match
    if (name === undefined) continue
    const end = match.index + tag.length
    if (closing) {
      const at = open.findLastIndex(each => each.name === name)
      if (at > 0) for (const each of open.splice(at)) each.end = end
      continue
    }
    const element = { name, tag, start: match.index, end: match[4] ? end : xml.length, children: [] }
    open.at(-1)?.children.push(element)
    if (!match[4]) open.push(element)
  }
  return root
}

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find(each => each.name === name)

const attribute = (element: XmlElement | undefined, name: string): string | null =>
  (element && new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(element.tag)?.[1]) ?? null

/** Whether a property that is on or off is set; `null` where nothing is said. */
function toggle(element: XmlElement | undefined): boolean | null {
  return element ? !/^(?:0|false|off|none)$/.test(attribute(element, 'w:val') ?? '') : null
}

/** How letters are set, as far as something says it. */
interface Look {
  readonly isHidden: boolean | null
  readonly color: string | null
  /** In half points. */
  readonly size: number | null
  /** Colour behind them. */
  readonly behind: string | null
}

const PAPER = 'FFFFFF'
/** A colour or picture that cannot be told. */
const UNKNOWN = 'unknown'

function lookOf(properties: XmlElement | undefined): Look {
  const size = attribute(child(properties, 'w:sz'), 'w:val')
  const color = attribute(child(properties, 'w:color'), 'w:val')?.toUpperCase() ?? null
  const highlight = attribute(child(properties, 'w:highlight'), 'w:val')
  const isUnpainted = child(child(properties, 'w14:textFill'), 'w14:noFill') !== undefined
  return {
    isHidden: isUnpainted || toggle(child(properties, 'w:vanish')),
    color: color === 'AUTO' ? '000000' : color,
    size: size === null ? null : Number(size),
    behind:
      highlight !== null && !/^(?:none|white)$/.test(highlight)
        ? UNKNOWN
        : shading(child(properties, 'w:shd')),
  }
}

/** The colour of an area; `null` where it is none. */
function shading(element: XmlElement | undefined): string | null {
  if (!element) return null
  const fill = attribute(element, 'w:fill')?.toUpperCase() ?? 'AUTO'
  const pattern = attribute(element, 'w:val') ?? 'clear'
  if (!/^(?:clear|nil)$/.test(pattern)) return UNKNOWN
  return fill === 'AUTO' ? null : fill
}

const upon = (look: Look, below: Look): Look => ({
  isHidden: look.isHidden ?? below.isHidden,
  color: look.color ?? below.color,
  size: look.size ?? below.size,
  behind: look.behind ?? below.behind,
})

const PLAIN: Look = { isHidden: null, color: null, size: null, behind: null }

/** The styles of a file, each with those it is based on. */
interface Styles {
  readonly looks: ReadonlyMap<string, Look>
  /** Colour behind paragraphs of a style, and behind tables; `unknown` where any of its areas has one. */
  readonly behind: ReadonlyMap<string, string>
  readonly usual: Look
  readonly usualParagraph: string | null
}

function readStyles(xml: string): Styles {
  const root = child(parseXml(xml), 'w:styles')
  const elements = new Map(
    (root?.children ?? [])
      .filter(each => each.name === 'w:style')
      .map(each => [attribute(each, 'w:styleId') ?? '', each] as const),
  )
  const looks = new Map<string, Look>()
  const behind = new Map<string, string>()
  for (const id of elements.keys()) {
    let look = PLAIN
    const seen = new Set<string>()
    for (let at: string | null = id; at !== null && !seen.has(at); ) {
      seen.add(at)
      const style = elements.get(at)
      look = upon(look, lookOf(child(style, 'w:rPr')))
      const own = shading(child(child(style, 'w:pPr'), 'w:shd'))
      const isTable = attribute(style, 'w:type') === 'table'
      const isShaded =
        isTable &&
        style !== undefined &&
        /<w:shd\s[^>]*w:fill="(?!auto|FFFFFF)/i.test(xml.slice(style.start, style.end))
      const color = own ?? (isShaded ? UNKNOWN : null)
      if (color !== null && !behind.has(id)) behind.set(id, color)
      at = attribute(child(style, 'w:basedOn'), 'w:val')
    }
    looks.set(id, look)
  }
  const usual = [...elements].find(
    ([, each]) => attribute(each, 'w:type') === 'paragraph' && attribute(each, 'w:default') === '1',
  )
  return {
    looks,
    behind,
    usual: lookOf(child(child(child(root, 'w:docDefaults'), 'w:rPrDefault'), 'w:rPr')),
    usualParagraph: usual?.[0] ?? null,
  }
}

interface Place {
  readonly behind: string
  /** Style of the paragraph. */
  readonly style: string | null
}

/** Shapes whose area may be coloured. */
const FILLED = /<a:(?:solid|grad|blip|patt)Fill|<wps:style\b|\sfillcolor\s*=/

class HiddenRuns {
  /** Ranges to take out, in order. */
  readonly ranges: (readonly [number, number])[] = []
  deletions = 0
  private readonly xml: string
  private readonly styles: Styles

  constructor(xml: string, styles: Styles) {
    this.xml = xml
    this.styles = styles
  }

  visit(element: XmlElement, place: Place): void {
    if (element.name === 'w:r' && this.isHidden(element, place)) {
      this.ranges.push([element.start, element.end])
      return
    }
    if (element.name === 'w:tr' && toggle(child(child(element, 'w:trPr'), 'w:hidden'))) {
      this.ranges.push([element.start, element.end])
      return
    }
    if (element.name === 'w:del' && element.children.length > 0) this.deletions++
    const inner = this.placeIn(element, place)
    for (const each of element.children) this.visit(each, inner)
  }

  private placeIn(element: XmlElement, place: Place): Place {
    const { behind } = this.styles
    const named = (properties: XmlElement | undefined, name: string): string | null =>
      attribute(child(properties, name), 'w:val')
    switch (element.name) {
      case 'w:document': {
        const color = attribute(child(element, 'w:background'), 'w:color')?.toUpperCase() ?? 'AUTO'
        return { ...place, behind: color === 'AUTO' || color === PAPER ? PAPER : UNKNOWN }
      }
      case 'w:tbl': {
        const properties = child(element, 'w:tblPr')
        const own = shading(child(properties, 'w:shd'))
        return { ...place, behind: own ?? behind.get(named(properties, 'w:tblStyle') ?? '') ?? place.behind }
      }
      case 'w:tc':
        return { ...place, behind: shading(child(child(element, 'w:tcPr'), 'w:shd')) ?? place.behind }
      case 'w:p': {
        const properties = child(element, 'w:pPr')
        const style = named(properties, 'w:pStyle') ?? this.styles.usualParagraph
        const own = shading(child(properties, 'w:shd')) ?? behind.get(style ?? '')
        return { style, behind: own ?? place.behind }
      }
      case 'w:drawing':
      case 'w:pict':
        return FILLED.test(this.xml.slice(element.start, element.end)) ? { ...place, behind: UNKNOWN } : place
      default:
        return place
    }
  }

  private isHidden(run: XmlElement, place: Place): boolean {
    const properties = child(run, 'w:rPr')
    const style = attribute(child(properties, 'w:rStyle'), 'w:val')
    const { looks, usual } = this.styles
    const look = [looks.get(style ?? ''), looks.get(place.style ?? ''), usual].reduce<Look>(
      (above, below) => (below ? upon(above, below) : above),
      lookOf(properties),
    )
    if (look.isHidden || (look.size !== null && look.size <= SMALLEST_TYPE)) return true
    const behind = look.behind ?? place.behind
    if (look.color === null || behind === UNKNOWN) return false
    return look.color === behind || (isLight(look.color) && isLight(behind))
  }
}

const isLight = (color: string): boolean =>
  /^[0-9A-F]{6}$/.test(color) &&
  (color.match(/../g) ?? []).every(part => Number.parseInt(part, 16) >= LIGHTEST)

/** The text that elements would print. */
function textIn(xml: string): string {
  return [...xml.matchAll(/<w:t(?:\s[^>]*)?>([^<]*)<\/w:t>/g)].map(([, text = '']) => text).join('')
}
