/** Elements of HTML as the readers see them: attributes, text, and what a visitor of the page does not see. */
import type { DefaultTreeAdapterTypes } from 'parse5'

export type Element = DefaultTreeAdapterTypes.Element
export type ParentNode = DefaultTreeAdapterTypes.ParentNode
export type ChildNode = DefaultTreeAdapterTypes.ChildNode

/** Whether a node is an element. */
export function isElement(node: ChildNode | ParentNode): node is Element {
  return 'tagName' in node
}

/** The text of a text node; `null` for all others. */
export function textNode(node: ChildNode): string | null {
  return node.nodeName === '#text' && 'value' in node ? node.value : null
}

/** Value of an attribute; `null` where it is not set. */
export function attribute(element: Element, name: string): string | null {
  return element.attrs.find(each => each.name === name)?.value ?? null
}

/** Class names and id of an element as one string. */
export function namesOf(element: Element): string {
  return `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`
}

/** All elements below a node in document order, the node itself left out. Not recursive: pages can nest without end. */
export function* elementsBelow(root: ParentNode): Generator<Element> {
  const open: ChildNode[] = [...root.childNodes].reverse()
  for (let node = open.pop(); node; node = open.pop()) {
    if (!isElement(node)) continue
    yield node
    for (let index = node.childNodes.length - 1; index >= 0; index--)
      open.push(node.childNodes[index] as ChildNode)
  }
}

/** All text below a node, hidden or not, white space collapsed. */
export function textBelow(root: ParentNode): string {
  const open: ChildNode[] = [...root.childNodes].reverse()
  const parts: string[] = []
  for (let node = open.pop(); node; node = open.pop()) {
    const text = textNode(node)
    if (text !== null) parts.push(text)
    else if (isElement(node) && !UNPRINTED.has(node.tagName))
      for (let index = node.childNodes.length - 1; index >= 0; index--)
        open.push(node.childNodes[index] as ChildNode)
  }
  return parts.join('').replace(/\s+/g, ' ').trim()
}

/** Elements whose content is never on the page. */
export const UNPRINTED: ReadonlySet<string> = new Set(
  'head script style template noscript svg math canvas object embed iframe audio video select datalist input textarea button option map area progress meter dialog'.split(
    ' ',
  ),
)

/** Elements that begin and end lines of their own. */
export const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption'.split(
    ' ',
  ),
)

const HIDING =
  /(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?\.?0*(?=\s*[;!}]|\s*$)|font-size\s*:\s*[01](?:px|pt|em|rem|%)?(?=\s*[;!}]|\s*$)|content-visibility\s*:\s*hidden|(?:left|top|right|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*(?:0|1px)|clip-path\s*:\s*inset\(\s*(?:50|100)%)/i
const COLOR = /(?:^|[;\s])color\s*:\s*([^;!]+)/i
const BACKGROUND = /(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)/i

/** A step of a selector: an element with a name, classes and an id. */
interface Step {
  readonly tag: string | null
  readonly names: readonly string[]
  /** Whether it must be the parent of the next step and not any element around it. */
  readonly isParent: boolean
}

/** What the style sheets of a page hide: selectors by one name of their last step. */
export type HidingRules = ReadonlyMap<string, readonly (readonly Step[])[]>

/** The rules of text without style sheets. */
export const NO_RULES: HidingRules = new Map()

/** The selectors that the style sheets of a page hide. Rules for one medium, such as print, do not count. */
export function hidingRules(root: ParentNode): HidingRules {
  const hidden = new Map<string, (readonly Step[])[]>()
  for (const element of elementsBelow(root)) {
    if (element.tagName !== 'style') continue
    const sheet = element.childNodes.map(each => textNode(each) ?? '').join('')
    for (const [selectors, body] of rulesOf(sheet)) {
      const isWhite = isInvisible(body, WHITE)
      if (!HIDING.test(`;${body}`) && !isWhite) continue
      for (const selector of selectors.split(',')) {
        const steps = stepsOf(selector.trim())
        const last = steps?.at(-1)
        if (!steps || !last) continue
        const key = last.names[0] ?? last.tag ?? ''
        const same = hidden.get(key)
        if (same) same.push(steps)
        else hidden.set(key, [steps])
      }
    }
  }
  return hidden
}

/** The steps of a selector of names, classes and ids; `null` for one with anything else, such as states and attributes. */
function stepsOf(selector: string): Step[] | null {
  const parts = selector.replace(/\s*>\s*/g, ' >').split(/\s+/)
  const steps = parts.map(part => {
    const bare = part.replace(/^>/, '')
    const isPlain = /^(?:[a-z][a-z0-9]*|\*)?(?:[.#][\w-]+)*$/i.test(bare) && bare !== ''
    const tag = /^[a-z][a-z0-9]*/i.exec(bare)?.[0].toLowerCase() ?? null
    return isPlain ? { tag, names: bare.match(/[.#][\w-]+/g) ?? [], isParent: part.startsWith('>') } : null
  })
  const plain = steps.filter(step => step !== null)
  const last = plain.at(-1)
  if (plain.length < steps.length || !last || (last.tag === null && last.names.length === 0)) return null
  return plain.map((step, index) => ({ ...step, isParent: plain[index + 1]?.isParent ?? false }))
}

/** Whether a selector means an element. */
function isMeant(steps: readonly Step[], element: Element): boolean {
  const last = steps.at(-1)
  if (!last || !fits(last, element)) return false
  let at = steps.length - 2
  for (let node = element.parentNode; at >= 0 && node && isElement(node); node = node.parentNode) {
    const step = steps[at] as Step
    if (fits(step, node)) at--
    else if (step.isParent) return false
  }
  return at < 0
}

function fits(step: Step, element: Element): boolean {
  if (step.tag !== null && step.tag !== element.tagName) return false
  const names = selectorNames(element)
  return step.names.every(name => names.includes(name))
}

function selectorNames(element: Element): string[] {
  const names = (attribute(element, 'class') ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map(name => `.${name}`)
  const id = attribute(element, 'id')
  return id === null ? names : [...names, `#${id}`]
}

/** Selector and body of each rule outside of blocks for a medium. */
function* rulesOf(sheet: string): Generator<readonly [string, string]> {
  let depth = 0
  let from = 0
  let selector = ''
  const bare = sheet.replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, '')
  for (let at = 0; at < bare.length; at++) {
    if (bare[at] === '{') {
      if (depth === 0) selector = bare.slice(from, at)
      depth++
      from = at + 1
    } else if (bare[at] === '}') {
      if (depth === 1 && !selector.trim().startsWith('@')) yield [selector, bare.slice(from, at)]
      depth = Math.max(0, depth - 1)
      from = at + 1
    }
  }
}

const WHITE = '#ffffff'

/** A colour in one spelling; `null` where it is no plain colour. */
function plainColor(value: string): string | null {
  const text = value.trim().toLowerCase().replace(/\s+/g, '')
  if (/^(?:transparent|rgba\([^)]*,0(?:\.0+)?\))$/.test(text)) return 'transparent'
  if (text === 'white') return WHITE
  if (text === 'black') return '#000000'
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text)
  if (short) return `#${[...short.slice(1)].map(digit => digit + digit).join('')}`
  if (/^#[0-9a-f]{6}$/.test(text)) return text
  const parts = /^rgba?\((\d+),(\d+),(\d+)/.exec(text)
  return parts
    ? `#${parts
        .slice(1)
        .map(part => Number(part).toString(16).padStart(2, '0'))
        .join('')}`
    : null
}

/** Whether a style sets text in the colour of what is behind it. */
function isInvisible(style: string, behind: string): boolean {
  const color = plainColor(COLOR.exec(style)?.[1] ?? '')
  if (color === null) return false
  return color === 'transparent' || color === (plainColor(BACKGROUND.exec(style)?.[1] ?? '') ?? behind)
}

/** Colour behind the text of an element, given the one behind its parent. */
export function backgroundOf(element: Element, behind: string): string {
  const style = attribute(element, 'style') ?? ''
  return plainColor(BACKGROUND.exec(style)?.[1] ?? attribute(element, 'bgcolor') ?? '') ?? behind
}

/** The colour of a page that sets none. */
export const PAGE_COLOR = WHITE

/**
 * Whether a reader of the page does not see an element. What is hidden is never a paragraph, so that a text which only
 * machines would read cannot speak through an answer.
 */
export function isHidden(element: Element, rules: HidingRules, behind: string): boolean {
  if (UNPRINTED.has(element.tagName)) return true
  if (attribute(element, 'hidden') !== null || attribute(element, 'aria-hidden') === 'true') return true
  const style = attribute(element, 'style') ?? ''
  if (style !== '' && (HIDING.test(style) || isInvisible(style, backgroundOf(element, behind)))) return true
  if (element.tagName === 'font' && plainColor(attribute(element, 'color') ?? '') === behind) return true
  if (rules.size === 0) return false
  return [...selectorNames(element), element.tagName].some(name =>
    (rules.get(name) ?? []).some(steps => isMeant(steps, element)),
  )
}
