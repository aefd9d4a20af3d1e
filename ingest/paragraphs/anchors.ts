/** Anchors: names of paragraphs that stay when other paragraphs change. */
import { createHash } from 'node:crypto'

/** What an anchor is made of. */
export interface AnchorInput {
  readonly label: string | null
  readonly kind: string
  readonly text: string
  /** The headings and the introduction above it; tells equal texts apart. */
  readonly context: string
}

const SLUG_LENGTH = 40

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '')
}

/** Hash of the letters and digits only, so that marks and line breaks do not change it. */
function hash(text: string, length: number): string {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  return createHash('sha256')
    .update(letters || text)
    .digest('hex')
    .slice(0, length)
}

const PREFIX: Readonly<Record<string, string>> = {
  text: 'p',
  'list-item': 'p',
  'table-row': 'rij',
  footnote: 'voetnoot',
  signature: 'ondertekening',
  metadata: 'gegeven',
}

/**
 * One anchor for each paragraph: its label or, for a heading, its words, then a short hash of its text. Of paragraphs
 * with the same label and text the first keeps that anchor, the others add a hash of what stands above them, and only
 * where that is equal too a number in reading order.
 */
export function makeAnchors(paragraphs: readonly AnchorInput[]): string[] {
  const used = new Set<string>()
  /** The next number of each anchor that is taken: a table may repeat a row ten thousand times. */
  const numbers = new Map<string, number>()
  return paragraphs.map(paragraph => {
    const name = paragraph.kind === 'heading' ? slug(paragraph.text) : slug(paragraph.label ?? '')
    const base = `${name || (PREFIX[paragraph.kind] ?? 'p')}-${hash(paragraph.text, 8)}`
    let anchor = base
    if (used.has(anchor)) {
      const own = `${base}-${hash(paragraph.context, 4)}`
      anchor = own
      for (let number = numbers.get(own) ?? 2; used.has(anchor); number++) {
        anchor = `${own}-${number}`
        numbers.set(own, number + 1)
      }
    }
    used.add(anchor)
    return anchor
  })
}
