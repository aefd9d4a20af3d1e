/** DOCX: documents of Word and of programs that write its format. */
import { IngestFault } from '../faults.js'
import { takeOutHiddenRuns, type VisibleDocument } from './docx-hidden.js'
import { writeBlocks } from './element-blocks.js'
import { type Element, elementsBelow, isElement, NO_RULES, type ParentNode, textBelow } from './elements.js'
import { type FormatReader, NO_PROPERTIES } from './format.js'
import { hiddenWarning } from './hidden-warning.js'
import { containerOf, entryNames, readEntry, uncompressedSize } from './zip.js'

/** Largest size of the parts of a file when unpacked, in bytes; a larger one is made to exhaust memory. */
const LARGEST_UNPACKED = 400_000_000
const SAVE_ANEW = 'Open it in Word or LibreOffice, save it as DOCX and try again'

export const docxReader: FormatReader = {
  format: 'docx',
  recognises(bytes, fileName) {
    const container = containerOf(bytes)
    if (container === 'zip')
      return /\.docx$/i.test(fileName) || entryNames(bytes).includes('word/document.xml')
    return container === 'ole' || /\.docx$/i.test(fileName)
  },
  async read(bytes, fileName) {
    checkContainer(bytes, fileName)
    const mammoth = (await import('mammoth')).default
    const { parseFragment } = await import('parse5')
    const options = {
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
      includeDefaultStyleMap: true,
      styleMap: STYLES,
    }
    const visible = takeOutHiddenRuns(bytes)
    const { value } = await mammoth
      .convertToHtml({ buffer: Buffer.from(visible.bytes) }, options)
      .catch(cause => {
        throw new IngestFault(
          'format-damaged',
          `${fileName} cannot be read as DOCX, because it is damaged. ${SAVE_ANEW}.`,
          { cause },
        )
      })
    const root = parseFragment(value)
    labelLists(root, readEntry(bytes, 'word/numbering.xml', LARGEST_NUMBERING) ?? '')
    const written = writeBlocks(root, { rules: NO_RULES, isLeftOut: () => false })
    const title = [...elementsBelow(root)].find(
      each =>
        each.tagName === 'h1' &&
        /(?:^|\s)title(?:\s|$)/.test(each.attrs.find(({ name }) => name === 'class')?.value ?? ''),
    )
    return {
      ...written,
      pageStarts: null,
      headings: null,
      furniture: [],
      properties: { ...NO_PROPERTIES, title: title ? textBelow(title) : null },
      warnings: [...hiddenWarning([visible.hidden]), ...editingWarning(visible)],
    }
  },
}

/** Deleted text and comments are no part of the text; that a file still holds them is worth knowing. */
function editingWarning({ deletions, comments }: VisibleDocument): string[] {
  if (deletions + comments === 0) return []
  const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`
  return [
    `left out: ${count(deletions, 'deleted passage', 'deleted passages')} and ${count(comments, 'comment', 'comments')}; accept the changes in Word if this is the final text`,
  ]
}

/** Styles of Word, in Dutch and English, that mammoth does not know by itself. */
const STYLES = [
  "p[style-name='Title'] => h1.title:fresh",
  "p[style-name='Titel'] => h1.title:fresh",
  "p[style-name='Subtitle'] => p.subtitle:fresh",
  "p[style-name='Ondertitel'] => p.subtitle:fresh",
  ...[1, 2, 3, 4, 5, 6].map(depth => `p[style-name='Kop ${depth}'] => h${depth}:fresh`),
]

/** Largest description of lists that is read, in bytes. */
const LARGEST_NUMBERING = 20_000_000
/** Counters of Word as the types of HTML lists. */
const COUNTERS: Readonly<Record<string, string>> = {
  decimal: '1',
  lowerLetter: 'a',
  upperLetter: 'A',
  lowerRoman: 'i',
  upperRoman: 'I',
}

/**
 * Gives the ordered lists the counter that Word prints. The converter tells only that a list is ordered, so that a label
 * is known where all lists of the document count alike at that depth; elsewhere there is none, rather than a wrong one.
 */
function labelLists(root: ParentNode, numbering: string): void {
  const forms = new Map<number, Set<string>>()
  for (const [, depth, body = ''] of numbering.matchAll(
    /<w:lvl\s[^>]*w:ilvl="(\d)"[^>]*>([\s\S]*?)<\/w:lvl>/g,
  )) {
    const counter = /<w:numFmt\s[^>]*w:val="(\w+)"/.exec(body)?.[1] ?? ''
    const text = /<w:lvlText\s[^>]*w:val="([^"]*)"/.exec(body)?.[1] ?? ''
    if (counter === 'bullet' || counter === 'none') continue
    const known = forms.get(Number(depth)) ?? new Set()
    forms.set(Number(depth), known.add(`${counter} ${text}`))
  }
  for (const element of elementsBelow(root)) {
    if (element.tagName !== 'ol') continue
    const depth = depthOf(element)
    const [form = '', ...others] = forms.get(depth) ?? []
    const [counter = '', text = ''] = form.split(' ')
    const type = COUNTERS[counter]
    const printed = text.replace(`%${depth + 1}`, '%')
    const isKnown = type !== undefined && others.length === 0 && printed.split('%').length === 2
    element.attrs.push(
      ...(isKnown
        ? [
            { name: 'type', value: type },
            { name: 'data-label', value: printed },
          ]
        : [{ name: 'type', value: 'none' }]),
    )
  }
}

/** Number of lists around a list. */
function depthOf(list: Element): number {
  let depth = 0
  for (let node: ParentNode | null = list.parentNode; node && isElement(node); node = node.parentNode)
    if (/^[ou]l$/.test(node.tagName)) depth++
  return depth
}

function checkContainer(bytes: Uint8Array, fileName: string): void {
  const container = containerOf(bytes)
  if (container === 'ole') {
    const isLocked = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(
      Buffer.from('EncryptedPackage', 'utf16le'),
    )
    throw isLocked
      ? new IngestFault(
          'format-damaged',
          `${fileName} is protected with a password. Open it in Word, remove the password under File, Info, and save it anew.`,
        )
      : new IngestFault(
          'format-unsupported',
          `${fileName} is in a format of Microsoft Office before 2007, which is not read. ${SAVE_ANEW}.`,
        )
  }
  if (container !== 'zip')
    throw new IngestFault('format-damaged', `${fileName} is named DOCX but is no such file. ${SAVE_ANEW}.`)
  const names = entryNames(bytes)
  if (!names.includes('word/document.xml')) {
    const what =
      names.length === 0
        ? 'its table of contents is damaged'
        : `it is a ZIP file with ${names.slice(0, 3).join(', ')}`
    throw new IngestFault(
      'format-damaged',
      `${fileName} is no Word document: ${what}. Unpack it and add the documents in it, or give it its own name.`,
    )
  }
  if (uncompressedSize(bytes) > LARGEST_UNPACKED)
    throw new IngestFault(
      'format-damaged',
      `${fileName} unpacks to more than ${LARGEST_UNPACKED / 1_000_000} MB. Remove its pictures and save it anew.`,
    )
}
