/** PDF: tagged documents by their structure, all others by where the text stands on the page. */
import { IngestFault } from '../faults.js'
import { type ExtractedText, type FormatReader, NO_PROPERTIES } from './format.js'
import type { Fragment } from './pdf-lines.js'
import { readStructure, type StructureNode } from './pdf-structure.js'
import { printPages } from './pdf-text.js'
import { startsWith } from './zip.js'

/** "%PDF-", which may stand behind other bytes at the beginning. */
const SIGNATURE = [0x25, 0x50, 0x44, 0x46, 0x2d]
const SIGNATURE_WITHIN = 1024
/** Type of less than this many points is not read by anyone. */
const SMALLEST_TYPE = 2

/** One page as the library gives it. */
export interface PdfPage {
  /** What stands on the page, in the order in which the file draws it. */
  readonly fragments: readonly Fragment[]
  /** Its structure; `null` where the file is not tagged. */
  readonly structure: StructureNode | null
}

export const pdfReader: FormatReader = {
  format: 'pdf',
  recognises(bytes, fileName) {
    for (let at = 0; at < Math.min(SIGNATURE_WITHIN, bytes.length); at++)
      if (startsWith(bytes.subarray(at, at + SIGNATURE.length), SIGNATURE)) return true
    return /\.pdf$/i.test(fileName)
  },
  async read(bytes, fileName) {
    const { pages, title, isTagged } = await readPages(bytes, fileName)
    if (pages.every(({ fragments }) => fragments.length === 0)) {
      throw new IngestFault(
        'source-empty',
        `${fileName} is a scan: its ${pages.length} ${pages.length === 1 ? 'page holds a picture' : 'pages hold pictures'} without text. Have the text recognised (OCR), for example with ocrmypdf, and add the result.`,
      )
    }
    const extracted = (isTagged ? readStructure(pages) : null) ?? printPages(pages)
    return { ...extracted, properties: { ...NO_PROPERTIES, title: titleOnPage(title, extracted) } }
  },
}

/** The title in the properties of a file is often left from another one; it counts where the first page shows it. */
function titleOnPage(
  title: string | null,
  { source, pageStarts }: Omit<ExtractedText, 'properties'>,
): string | null {
  const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  const first = bare(source.slice(0, pageStarts?.[1] ?? source.length))
  return title !== null && bare(title).length > 3 && first.includes(bare(title)) ? title : null
}

interface ReadPages {
  readonly pages: readonly PdfPage[]
  readonly title: string | null
  readonly isTagged: boolean
}

async function readPages(bytes: Uint8Array, fileName: string): Promise<ReadPages> {
  const { getDocumentProxy } = await import('unpdf')
  try {
    // The library takes the bytes for itself, so it gets a copy.
    const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, isEvalSupported: false })
    try {
      const { info } = await document.getMetadata()
      const title = 'Title' in info && typeof info.Title === 'string' ? info.Title.trim() : ''
      const isTagged = (await document.getMarkInfo())?.Marked === true
      const pages: PdfPage[] = []
      for (let number = 1; number <= document.numPages; number++) {
        const page = await document.getPage(number)
        const content = await page.getTextContent({ includeMarkedContent: true })
        const structure = isTagged ? ((await page.getStructTree()) as StructureNode | null) : null
        pages.push({ fragments: fragmentsOf(content.items, page.view), structure })
        page.cleanup()
      }
      return { pages, title: title || null, isTagged }
    } finally {
      await document.destroy()
    }
  } catch (cause) {
    const isLocked = cause instanceof Error && cause.name === 'PasswordException'
    throw new IngestFault(
      'format-damaged',
      isLocked
        ? `${fileName} is protected with a password. Open it in a PDF reader and print or save it without the password.`
        : `${fileName} cannot be read as PDF, because it is damaged or not a PDF. Open it in a PDF reader, save it anew and try again.`,
      { cause },
    )
  }
}

/** What the library calls an item: text, or the beginning or end of marked content. */
interface Item {
  readonly type?: string
  readonly id?: string | null
  readonly tag?: string
  readonly str?: string
  readonly width?: number
  readonly transform?: readonly number[]
  readonly fontName?: string
}

/**
 * The text of a page that a reader sees: upright, on the page and not too small. Headers that the file itself marks as no
 * part of its text ("Artifact") are left out.
 */
function fragmentsOf(items: readonly Item[], view: readonly number[]): Fragment[] {
  const [left = 0, bottom = 0, right = 0, top = 0] = view
  const fragments: Fragment[] = []
  const open: { id: string | null; isArtifact: boolean }[] = []
  for (const item of items) {
    if (item.type === 'endMarkedContent') open.pop()
    else if (item.type?.startsWith('beginMarkedContent')) {
      const outer = open.at(-1)
      const isArtifact = item.tag === 'Artifact' || (outer?.isArtifact ?? false)
      open.push({ id: item.id ?? outer?.id ?? null, isArtifact })
    } else if (item.str && item.transform) {
      const [a = 0, b = 0, , d = 0, x = 0, y = 0] = item.transform
      const size = Math.hypot(b, d) || Math.hypot(a, b)
      const width = item.width ?? 0
      const isOnPage = x + width > left && x < right && y > bottom && y < top
      const isUpright = Math.abs(b) <= Math.abs(a) * 0.2 && a > 0
      if (!isOnPage || !isUpright || size < SMALLEST_TYPE || open.at(-1)?.isArtifact) continue
      fragments.push({
        text: item.str.replace(/[^\P{Cc}\s]/gu, ''),
        x,
        y,
        width,
        size,
        font: item.fontName ?? '',
        content: open.at(-1)?.id ?? null,
      })
    }
  }
  return fragments.some(({ text }) => text.trim() !== '') ? fragments : []
}
