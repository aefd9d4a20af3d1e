/** The footnotes of a page of HTML, found by their links. */
import {
  attribute,
  BLOCKS,
  type Element,
  elementsBelow,
  isElement,
  type ParentNode,
  textBelow,
} from './elements.js'

/** Mark of a footnote as printed: "(1)", "[2]", "*", "3)". */
export const NOTE_MARK = /^[[(]?\s*(\d{1,3}|\*{1,4}|[ivx]{1,5}|†)\s*[\])]?\.?$/

/** An arrow back to the text, which the printed page does not have. */
export function isBackLink(element: Element): boolean {
  return element.tagName === 'a' && /^(?:[↑↩⏎^\s]|\ufe0e)+$/u.test(textBelow(element))
}

/**
 * Finds footnotes by their links: a link whose text is a mark leads to the note, and at the beginning of the note a link
 * with the same mark, or an arrow, leads back.
 */
export function findNotes(root: ParentNode): {
  notes: Map<Element, string>
  references: Map<Element, string>
} {
  const byId = new Map<string, Element>()
  const links: { link: Element; target: string; mark: string }[] = []
  for (const element of elementsBelow(root)) {
    for (const name of [
      attribute(element, 'id'),
      element.tagName === 'a' ? attribute(element, 'name') : null,
    ])
      if (name) byId.set(name, element)
    const target = element.tagName === 'a' ? /#(.+)$/.exec(attribute(element, 'href') ?? '')?.[1] : undefined
    const mark = target === undefined ? undefined : NOTE_MARK.exec(textBelow(element))?.[1]
    if (target !== undefined && mark !== undefined) links.push({ link: element, target, mark })
  }
  const texts = new Map<Element, string>()
  const textOfBlock = (element: Element): string => {
    const text = texts.get(element) ?? textBelow(element)
    texts.set(element, text)
    return text
  }
  const firstLinks = new Map<Element, Element | null>()
  const firstLinkOf = (element: Element): Element | null => {
    if (!firstLinks.has(element)) firstLinks.set(element, firstLink(element))
    return firstLinks.get(element) ?? null
  }
  const notes = new Map<Element, string>()
  const references = new Map<Element, string>()
  for (const { link, target, mark } of links) {
    const aim = byId.get(target)
    const note = aim && blockAround(aim)
    const own = blockAround(link)
    if (!note || !own || note === own || isAtBeginning(link, firstLinkOf(own), textOfBlock(own))) continue
    const text = textOfBlock(note)
    const isNumbered = /^[[(]?\s*(\d{1,3}|\*{1,4}|[ivx]{1,5}|†)/.exec(text)?.[1] === mark
    const isItem = note.tagName === 'li' || attribute(note, 'role') === 'doc-footnote'
    if (!isNumbered && !isItem && !/[↑↩^]\s*\S{0,3}$/.test(text)) continue
    notes.set(note, mark)
    references.set(link, mark)
  }
  return { notes, references }
}

function blockAround(element: Element): Element | null {
  for (let node: ParentNode | null = element; node && isElement(node); node = node.parentNode)
    if (BLOCKS.has(node.tagName))
      return node.tagName === 'p' && isItemOf(node) ? (node.parentNode as Element) : node
  return null
}

/** Whether a paragraph is the first of a list item, which then is the note. */
function isItemOf(element: Element): boolean {
  const { parentNode } = element
  return (
    parentNode !== null &&
    isElement(parentNode) &&
    parentNode.tagName === 'li' &&
    parentNode.childNodes.find(isElement) === element
  )
}

/** Whether nothing but white space and marks stands before a link in its block. */
function isAtBeginning(link: Element, first: Element | null, text: string): boolean {
  if (first !== link) return false
  const bare = (each: string): string => each.slice(0, 40).replace(/^[[(\s]+/, '')
  return bare(text).startsWith(bare(textBelow(link)))
}

function firstLink(block: Element): Element | null {
  for (const each of elementsBelow(block)) if (each.tagName === 'a' && textBelow(each) !== '') return each
  return null
}
