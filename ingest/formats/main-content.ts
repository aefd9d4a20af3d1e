/** Where the text of a web page is: its main content, without navigation, banners and what surrounds it. */
import {
  attribute,
  type Element,
  elementsBelow,
  isElement,
  namesOf,
  type ParentNode,
  textNode,
  UNPRINTED,
} from './elements.js'

/** Share of the text that must be inside an element for the search to go on there. */
const MOST = 0.7
/** Characters of text from which an element that says it is the main content is believed. */
const ENOUGH = 200
const SURROUNDING_ROLES =
  /^(?:navigation|banner|contentinfo|search|complementary|dialog|alertdialog|menu|menubar|toolbar)$/
const SURROUNDING_NAMES =
  /(?:^|[\s_-])(?:cookies?|cookiebar|consent|breadcrumbs?|kruimelpad|skip-?links?|navbar|nav|navigation|navigatie|menu|sidebar|social|share|delen|toolbar|site-?(?:header|footer)|page-?footer|feedback|pagination|language-?(?:selector|switch(?:er)?)|back-?to-?top|print-?knop)(?:$|[\s_-])/i

/** Whether an element surrounds the text instead of being part of it. */
export function isSurrounding(element: Element, isInMain: boolean): boolean {
  const { tagName } = element
  if (tagName === 'nav' || (tagName === 'form' && !holdsDocument(element))) return true
  if (!isInMain && /^(?:header|footer|aside)$/.test(tagName)) return true
  if (SURROUNDING_ROLES.test(attribute(element, 'role') ?? '')) return true
  if (/^(?:html|body|main|article)$/.test(tagName)) return false
  return SURROUNDING_NAMES.test(namesOf(element)) && !holdsDocument(element)
}

/** Whether an element holds a text with headings, whatever it is called: pages exist that are one form. */
function holdsDocument(element: Element): boolean {
  let paragraphs = 0
  for (const each of elementsBelow(element)) {
    if (/^(?:main|article|h1)$/.test(each.tagName)) return true
    if (each.tagName === 'p' && ++paragraphs > 20) return true
  }
  return false
}

/** Amounts of text in an element: all of it, and outside of links. */
interface Amounts {
  readonly text: number
  readonly plain: number
}

/**
 * The element that holds the text of a page: `main` or the one `article` where the page says so, else the innermost one
 * that holds most of the text outside of links.
 */
export function mainContent(body: Element): Element {
  const amounts = measure(body)
  const isEnough = (element: Element) => (amounts.get(element)?.text ?? 0) >= ENOUGH
  const mains: Element[] = []
  const articles: Element[] = []
  for (const element of elementsBelow(body)) {
    if (element.tagName === 'main' || attribute(element, 'role') === 'main') mains.push(element)
    if (element.tagName === 'article') articles.push(element)
  }
  const [main] = mains
  if (mains.length === 1 && main && isEnough(main)) return main
  const [article] = articles
  const total = amounts.get(body)?.plain ?? 0
  if (articles.length === 1 && article && (amounts.get(article)?.plain ?? 0) >= total * 0.5) return article
  let found = body
  for (;;) {
    const next: Element | undefined = found.childNodes
      .filter(isElement)
      .find(
        child =>
          (amounts.get(child)?.plain ?? 0) >= total * MOST &&
          /^(?:div|section|article|main|form|center)$/.test(child.tagName),
      )
    if (!next) return found
    found = next
  }
}

function measure(body: Element): ReadonlyMap<ParentNode, Amounts> {
  const amounts = new Map<ParentNode, { text: number; plain: number }>()
  const open: { element: Element; isLink: boolean; isDone: boolean }[] = [
    { element: body, isLink: false, isDone: false },
  ]
  for (let here = open.pop(); here; here = open.pop()) {
    const { element, isLink, isDone } = here
    const own = amounts.get(element) ?? { text: 0, plain: 0 }
    amounts.set(element, own)
    if (isDone) {
      for (const child of element.childNodes) {
        const inner = isElement(child) ? amounts.get(child) : undefined
        own.text += inner?.text ?? 0
        own.plain += inner?.plain ?? 0
      }
      continue
    }
    open.push({ element, isLink, isDone: true })
    for (const child of element.childNodes) {
      const length = textNode(child)?.trim().length ?? 0
      own.text += length
      if (!isLink) own.plain += length
      if (isElement(child) && !UNPRINTED.has(child.tagName) && !isLeftOut(child))
        open.push({ element: child, isLink: isLink || child.tagName === 'a', isDone: false })
    }
  }
  return amounts
}

const isLeftOut = (element: Element): boolean =>
  element.tagName === 'nav' || SURROUNDING_ROLES.test(attribute(element, 'role') ?? '')
