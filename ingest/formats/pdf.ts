/** PDF: tagged documents by their structure, all others by where the text stands on the page. */
import { IngestFault } from '../faults.js'
import { type ExtractedText, type FormatReader, NO_PROPERTIES } from './format.js'
import { hiddenWarning } from './hidden-warning.js'
import { lookAt } from './pdf-hidden.js'
import type { Fragment } from './pdf-lines.js'
import { followPainting, type OperatorList, type PaintedText } from './pdf-painting.js'
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
  /** What stands there that no reader sees. */
  readonly hidden: readonly string[]
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
      const [warning] = hiddenWarning(pages.map(({ hidden }) => hidden))
      if (warning)
        throw new IngestFault(
          'source-empty',
          `${fileName} shows no text to its readers; ${warning}. Replace it by a file whose text can be read.`,
        )
      throw new IngestFault(
        'source-empty',
        `${fileName} is a scan: its ${pages.length} ${pages.length === 1 ? 'page holds a picture' : 'pages hold pictures'} without text. Have the text recognised (OCR), for example with ocrmypdf, and add the result.`,
      )
    }
    const extracted = (isTagged ? readStructure(pages) : null) ?? printPages(pages)
    return {
      ...extracted,
      properties: { ...NO_PROPERTIES, title: titleOnPage(title, extracted) },
      warnings: [...extracted.warnings, ...hiddenWarning(pages.map(({ hidden }) => hidden))],
    }
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

type Library = typeof import('unpdf')
type LoadedDocument = Awaited<ReturnType<Library['getDocumentProxy']>>

async function readPages(bytes: Uint8Array, fileName: string): Promise<ReadPages> {
  completeBuffers()
  const library = await import('unpdf')
  const painting = new Painting(bytes, library)
  try {
    const document = await painting.document('without pictures')
    const { info } = await document.getMetadata()
    const title = 'Title' in info && typeof info.Title === 'string' ? info.Title.trim() : ''
    const isTagged = (await document.getMarkInfo())?.Marked === true
    const pages: PdfPage[] = []
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number)
      const content = await page.getTextContent({ includeMarkedContent: true })
      const structure = isTagged ? ((await page.getStructTree()) as StructureNode | null) : null
      const all = fragmentsOf(content.items, page.view)
      pages.push({ ...(await painting.takeOutHidden(number, all)), structure })
      page.cleanup()
    }
    return { pages, title: title || null, isTagged }
  } catch (cause) {
    const isLocked = cause instanceof Error && cause.name === 'PasswordException'
    throw new IngestFault(
      'format-damaged',
      isLocked
        ? `${fileName} is protected with a password. Open it in a PDF reader and print or save it without the password.`
        : `${fileName} cannot be read as PDF, because it is damaged or not a PDF. Open it in a PDF reader, save it anew and try again.`,
      { cause },
    )
  } finally {
    await painting.close()
  }
}

/** The library lists the painting of a page with a function of buffers that Node has from version 22 on. */
function completeBuffers(): void {
  if ('transferToFixedLength' in ArrayBuffer.prototype) return
  Object.defineProperty(ArrayBuffer.prototype, 'transferToFixedLength', {
    value(this: ArrayBuffer, length: number) {
      return this.slice(0, length)
    },
    configurable: true,
    writable: true,
  })
}

/** Fewest dots of a picture that can be the scan of a page, or a strip of it; many marks and letterheads have fewer. */
const FEWEST_DOTS = 10_000

/**
 * Ways to open a file. Unpacking pictures takes most of the time of a page, and is seldom needed: `without pictures` leaves
 * them out, `up to a scan` ends the list of a page where it comes to a picture that can be one.
 */
const WAYS = {
  'without pictures': { maxImageSize: 1 },
  'with pictures': {},
  'up to a scan': { maxImageSize: FEWEST_DOTS, stopAtErrors: true },
} as const
type Way = keyof typeof WAYS

/** How the pages of a file are painted. */
class Painting {
  private readonly bytes: Uint8Array
  private readonly library: Library
  private readonly opened = new Map<Way, LoadedDocument>()

  constructor(bytes: Uint8Array, library: Library) {
    this.bytes = bytes
    this.library = library
  }

  async document(way: Way): Promise<LoadedDocument> {
    const known = this.opened.get(way)
    if (known) return known
    // The library takes the bytes for itself, so it gets a copy.
    const document = await this.library.getDocumentProxy(new Uint8Array(this.bytes), {
      verbosity: 0,
      isEvalSupported: false,
      ...WAYS[way],
    })
    this.opened.set(way, document)
    return document
  }

  async close(): Promise<void> {
    for (const document of this.opened.values()) await document.destroy()
  }

  /** Divides the text of a page into what a reader sees and what no reader sees. */
  async takeOutHidden(
    number: number,
    all: readonly PlacedFragment[],
  ): Promise<Pick<PdfPage, 'fragments' | 'hidden'>> {
    const isPrinted = ({ fragment }: { readonly fragment: Fragment }) => fragment.text.trim() !== ''
    let painted = await this.paintedText(number, 'without pictures')
    if (painted.hasLightText) painted = await this.paintedText(number, 'with pictures')
    const seen = lookAt(
      all.map(({ fragment }) => fragment),
      painted.characters,
    )
    const unread = new Set(all.filter(({ isReadable }) => !isReadable).map(({ fragment }) => fragment))
    const readable = seen.filter(({ whole }) => !unread.has(whole))
    const visible = readable.filter(({ look }) => look === 'visible')
    const invisible = readable.filter(({ look }) => look === 'invisible')
    // A scan is a picture with recognised text behind it that nobody sees: there that text is the text.
    const isScan = !visible.some(isPrinted) && invisible.some(isPrinted) && (await this.isScanned(number))
    const kept = isScan ? invisible : visible
    const fragments = kept.map(({ fragment }) => fragment)
    const isKept = new Set(fragments)
    // What somebody covered, such as a name, is counted and not repeated.
    const hidden = seen.flatMap(({ fragment, look }) =>
      isKept.has(fragment) ? [] : [look === 'covered' ? fragment.text.replace(/\S/g, '█') : fragment.text],
    )
    hidden.push(outsideOf(painted))
    return { fragments: kept.some(isPrinted) ? fragments : [], hidden }
  }

  private async paintedText(number: number, way: Way): Promise<PaintedText> {
    const document = await this.document(way)
    const { view } = await document.getPage(number)
    const layers = await document.getOptionalContentConfig()
    const { OPS } = await this.library.getResolvedPDFJS()
    const names = new Map(Object.entries(OPS).map(([name, operator]) => [Number(operator), name]))
    const operators = await this.operators(number, way)
    return followPainting(operators, names, view, layer => layers.isVisible(layer))
  }

  private async operators(number: number, way: Way): Promise<OperatorList> {
    const page = await (await this.document(way)).getPage(number)
    try {
      return (await page.getOperatorList()) as OperatorList
    } finally {
      if (way !== 'without pictures') page.cleanup()
    }
  }

  /** Whether there is a picture on a page that can be its scan. */
  private async isScanned(number: number): Promise<boolean> {
    const { fnArray: all } = await this.operators(number, 'without pictures')
    const { fnArray: before } = await this.operators(number, 'up to a scan').catch(() => ({ fnArray: [] }))
    return before.length < all.length
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

/** The text that stands outside of a page. */
const outsideOf = ({ characters }: PaintedText): string =>
  characters.flatMap(({ character, look }) => (look === 'outside' ? [character] : [])).join('')

/** A piece of text with whether its place and size let it be read. */
interface PlacedFragment {
  readonly fragment: Fragment
  readonly isReadable: boolean
}

/** The text of a page that stands upright. Headers that the file itself marks as no part of its text ("Artifact") are left out. */
function fragmentsOf(items: readonly Item[], view: readonly number[]): PlacedFragment[] {
  const [left = 0, bottom = 0, right = 0, top = 0] = view
  const fragments: PlacedFragment[] = []
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
      if (!isUpright || open.at(-1)?.isArtifact) continue
      const fragment = {
        text: item.str.replace(/[^\P{Cc}\s]/gu, ''),
        x,
        y,
        width,
        size,
        font: item.fontName ?? '',
        content: open.at(-1)?.id ?? null,
      }
      fragments.push({ fragment, isReadable: isOnPage && size >= SMALLEST_TYPE })
    }
  }
  return fragments
}
