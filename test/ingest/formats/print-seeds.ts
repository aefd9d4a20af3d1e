/**
 * Prints the text of seeds as HTML, so that other programs can make documents of it whose paragraphs are known.
 *
 *     npx tsx test/ingest/formats/make-fixtures.ts
 *
 * makes the files in `fixtures/` of it with LibreOffice and Chromium.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DocumentContent, Paragraph } from '../../../ingest/corpus.js'
import { readDocument } from '../../../ingest/read-document.js'

const SEEDS = join(import.meta.dirname, '../../../seeds')

/** A seed as read from its text. */
export async function readSeed(file: string): Promise<DocumentContent> {
  const bytes = readFileSync(join(SEEDS, file))
  return (await readDocument(bytes, { documentId: 'd', fileName: file })).content
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

/** What is printed: everything but the metadata, whose place on the page a print of paragraphs does not have. */
export function printed(content: DocumentContent): readonly Paragraph[] {
  return content.paragraphs.filter(({ kind }) => kind !== 'metadata')
}

/** A page with each paragraph as one element, footnotes behind the text. */
export function asHtml(content: DocumentContent, style = ''): string {
  const body = printed(content).map(({ kind, headingPath, text }) => {
    if (kind === 'heading') {
      const depth = Math.min(headingPath.length + 1, 6)
      return `<h${depth}>${escaped(text)}</h${depth}>`
    }
    return kind === 'footnote' ? `<p class="noot">${escaped(text)}</p>` : `<p>${escaped(text)}</p>`
  })
  return `<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Proefdruk</title><style>${style}</style></head><body>\n${body.join('\n')}\n</body></html>\n`
}
