import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../../ingest/read-document.js'
import { expectSound, furnitureOf, textsOf } from '../paragraphs/support.js'
import { printed, readSeed } from './print-seeds.js'

const LETTER = '004_55d96375dd9ef642.txt'

function fixture(name: string) {
  const bytes = readFileSync(join(import.meta.dirname, 'fixtures', name))
  return readDocument(bytes, { documentId: 'd', fileName: name })
}

/** A line that ends with a hyphen is joined by a space, as the paragraphs of plain text are. */
const withoutLineEnds = (text: string): string => text.replace(/-\s/g, '-')

describe('a letter printed as PDF or DOCX', () => {
  it.each([
    ['letter-tagged.pdf', 'tagged by Chromium, with running headers'],
    ['letter-columns.pdf', 'in two justified columns, not tagged'],
    ['letter-printed.pdf', 'by LibreOffice, not tagged'],
    ['letter.docx', 'by LibreOffice'],
  ])('%s, %s, has exactly the paragraphs, kinds and headings of its text', async name => {
    const { content } = await fixture(name)
    expectSound(content)
    const shape = (each: { text: string; kind: string; headingPath: readonly string[] }) =>
      [withoutLineEnds(each.text), each.kind, ...each.headingPath.map(withoutLineEnds)].join(' > ')
    expect(content.paragraphs.map(shape)).toEqual(printed(await readSeed(LETTER)).map(shape))
  })

  it('a PDF has the page of each paragraph and knows how many there are', async () => {
    const { content } = await fixture('letter-printed.pdf')
    const pages = content.paragraphs.map(({ page }) => page ?? 0)
    expect(pages).toEqual([...pages].sort((a, b) => a - b))
    expect(new Set(pages).size).toBeGreaterThan(2)
    expect(content.pages).toBe(Math.max(...pages))
  })

  it('what returns on each page of an untagged PDF is furniture', async () => {
    const { content } = await fixture('letter-columns.pdf')
    const furniture = furnitureOf(content)
    expect(furniture).toContain('running header: Proefdruk van een brief')
    expect(furniture.filter(each => /Pagina 1 van/.test(each))).toHaveLength(1)
  })
})

describe('a table in a PDF', () => {
  it('has one paragraph for each row, with its heads', async () => {
    const { content } = await fixture('table.pdf')
    const rows = content.paragraphs.filter(({ kind }) => kind === 'table-row')
    expect(rows.map(({ text }) => text)).toEqual([
      'Jaar | Kust | Bedrag',
      '2031 | Noordkust | 40 miljoen euro',
      '2032 | Zuidkust | 50 miljoen euro',
      '2033 | Oostkust | 60 miljoen euro',
    ])
    expect(textsOf(content, 'table-row')).toEqual([
      'Uitgaven aan de zee',
      'De tabel toont wat de zee kost, per jaar en per kust.',
      'Na de tabel gaat de tekst weer verder.',
    ])
  })
})

describe('a PDF that cannot be read', () => {
  it('that is a scan says so, and what to do', async () => {
    await expect(fixture('scan.pdf')).rejects.toMatchObject({
      code: 'source-empty',
      message: expect.stringMatching(/scan.*OCR/),
    })
  })

  it('with a password says so', async () => {
    await expect(fixture('locked.pdf')).rejects.toMatchObject({
      code: 'format-damaged',
      message: expect.stringContaining('protected with a password'),
    })
  })

  it('that is cut off or no PDF says that it is damaged', async () => {
    const whole = readFileSync(join(import.meta.dirname, 'fixtures', 'table.pdf'))
    for (const bytes of [whole.subarray(0, 200), Buffer.from('geen pdf')]) {
      await expect(readDocument(bytes, { documentId: 'd', fileName: 'x.pdf' })).rejects.toMatchObject({
        code: 'format-damaged',
        message: expect.stringContaining('damaged'),
      })
    }
  })
})
