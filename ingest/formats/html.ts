/** HTML: pages of governments and of EUR-Lex, and pages saved from a browser. */
import { decodeText, looksLikeText } from './decode.js'
import { writeBlocks } from './element-blocks.js'
import {
  attribute,
  type Element,
  elementsBelow,
  hidingRules,
  isElement,
  type ParentNode,
  textBelow,
} from './elements.js'
import type { ExtractedText, FormatReader, Properties } from './format.js'
import { isSurrounding, mainContent } from './main-content.js'

const BEGINNING =
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i
/** Bytes within which a page states its encoding. */
const HEAD_BYTES = 4096

export const htmlReader: FormatReader = {
  format: 'html',
  recognises(bytes, fileName) {
    if (!looksLikeText(bytes)) return false
    const head = new TextDecoder('latin1').decode(bytes.subarray(0, HEAD_BYTES)).replace(/^(?:ï»¿)/, '')
    return BEGINNING.test(head) || (/\.x?html?$/i.test(fileName) && /<[a-z][\s\S]*>/i.test(head))
  },
  async read(bytes) {
    const { text, warnings } = decodePage(bytes)
    return { ...(await parseHtml(text)), warnings }
  },
}

/** The text of a page. Pages that state a Western encoding are Windows-1252 by the rules of the web. */
function decodePage(bytes: Uint8Array): ReturnType<typeof decodeText> {
  const decoded = decodeText(bytes)
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, HEAD_BYTES))
  const isWestern = /<meta[^>]+charset\s*=\s*["']?(?:iso-8859-1|windows-1252|latin-?1|us-ascii)/i.test(head)
  return isWestern
    ? { ...decoded, warnings: decoded.warnings.filter(each => !each.includes('Windows-1252')) }
    : decoded
}

/** Reads a page into blocks. The source text is the text extracted from it. */
async function parseHtml(text: string): Promise<Omit<ExtractedText, 'warnings'>> {
  const { parse } = await import('parse5')
  const document = parse(text)
  const root = [...elementsBelow(document)]
  const body = root.find(each => each.tagName === 'body')
  const { windowTitle, ...properties } = readProperties(root)
  if (!body) return { source: '', blocks: [], pageStarts: null, headings: null, furniture: [], properties }
  const main = mainContent(body)
  const isInMain = /^(?:main|article)$/.test(main.tagName) || attribute(main, 'role') === 'main'
  const written = writeBlocks(main, {
    rules: hidingRules(document),
    isLeftOut: element => isSurrounding(element, isInMain || isWithinArticle(element, main)),
  })
  // A page that begins with a heading says its title there; that of the window often is the name of the site.
  const title = properties.title ?? (written.blocks[0]?.kind === 'heading' ? null : windowTitle)
  return { ...written, pageStarts: null, headings: null, furniture: [], properties: { ...properties, title } }
}

function isWithinArticle(element: Element, main: ParentNode): boolean {
  for (
    let node: ParentNode | null = element.parentNode;
    node && node !== main && isElement(node);
    node = node.parentNode
  )
    if (node.tagName === 'article' || node.tagName === 'section') return true
  return false
}

const DATE_NAMES = [
  'dcterms.issued',
  'dcterms.available',
  'dcterms.date',
  'dc.date',
  'article:published_time',
]
const NUMBER_NAMES = ['dcterms.identifier', 'dc.identifier', 'celex']
const NUMBER = /^(?:BWB[RVW]\d{7}|(?:kst|stb|stcrt|ah|h)-[\w-]+|[1-9CE]\d{4}[A-Z]{1,2}\d{4}(?:\(\d+\))?)$/i

/** What the head of a page says of it. */
function readProperties(elements: readonly Element[]): Properties & { readonly windowTitle: string | null } {
  const meta = new Map<string, string>()
  for (const element of elements) {
    if (element.tagName !== 'meta') continue
    const name = (attribute(element, 'name') ?? attribute(element, 'property') ?? '').toLowerCase()
    const content = attribute(element, 'content')?.trim()
    if (name && content && !meta.has(name)) meta.set(name, content)
  }
  const first = (names: readonly string[], pattern: RegExp): string | null =>
    names.map(name => pattern.exec(meta.get(name) ?? '')?.[0]).find(value => value !== undefined) ?? null
  const heads = elements
    .filter(each => each.tagName === 'h1')
    .map(textBelow)
    .filter(Boolean)
  const title = elements.find(each => each.tagName === 'title')
  return {
    title:
      (heads.length === 1 ? heads[0] : undefined) ??
      meta.get('dcterms.title') ??
      meta.get('og:title') ??
      null,
    windowTitle: (title && textBelow(title)) || null,
    date: first(DATE_NAMES, /^\d{4}-\d{2}-\d{2}/),
    documentNumber: first(NUMBER_NAMES, NUMBER),
  }
}
