import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bareParagraph, type DocumentContent, type Paragraph } from '../../ingest/corpus.js'
import { countContent, isSameFile, readLedger, totalParagraphs, writeLedger } from '../../ingest/ledger.js'
import { temporaryFolder } from '../support/ingest-folders.js'

describe('the ledger', () => {
  it('gives back what was written', async () => {
    const folder = await temporaryFolder()
    const ledger = { writtenAt: 5, inputs: 'abc', records: [] }
    await writeLedger(folder, ledger)
    expect(await readLedger(folder)).toMatchObject(ledger)
  })

  it('counts as absent when it is damaged or of another version', async () => {
    const folder = await temporaryFolder()
    expect(await readLedger(folder)).toBeNull()
    for (const text of ['', '{', '{"version":2,"writtenAt":1,"inputs":"","records":[]}']) {
      await writeFile(join(folder, 'ledger.json'), text)
      expect(await readLedger(folder)).toBeNull()
    }
  })
})

describe('a file is taken for the same', () => {
  const then = { size: 10, mtimeMs: 1_000 }

  it('when size and time are equal', () => {
    expect(isSameFile({ size: 10, mtimeMs: 1_000 }, then, 60_000)).toBe(true)
  })

  it('not when one of them differs, or nothing is known of it', () => {
    expect(isSameFile({ size: 11, mtimeMs: 1_000 }, then, 60_000)).toBe(false)
    expect(isSameFile({ size: 10, mtimeMs: 1_001 }, then, 60_000)).toBe(false)
    expect(isSameFile(then, undefined, 60_000)).toBe(false)
  })

  it('not when it changed in the moment in which the ledger was written', () => {
    expect(isSameFile(then, then, 1_500)).toBe(false)
  })
})

it('counts paragraphs by kind, their lengths, furniture and repairs', () => {
  const paragraph = (kind: Paragraph['kind'], length: number): Paragraph => ({
    ...bareParagraph('d', 'p', 'x'.repeat(length)),
    kind,
  })
  const content: DocumentContent = {
    source: '',
    paragraphs: [
      ...Array.from({ length: 18 }, () => paragraph('text', 100)),
      paragraph('heading', 10),
      paragraph('list-item', 900),
    ],
    furniture: [
      {
        name: 'page number',
        spans: [
          [0, 1],
          [4, 5],
        ],
      },
      { name: 'page number', spans: [[8, 9]] },
      { name: 'running header', spans: [[2, 3]] },
    ],
    pages: 3,
    repairedWords: 7,
    warnings: [],
  }
  const figures = countContent(content)
  expect(figures).toEqual({
    pages: 3,
    paragraphs: { text: 18, heading: 1, 'list-item': 1 },
    paragraphLength: { median: 100, p95: 900 },
    repairedWords: 7,
    furniture: { 'page number': 3, 'running header': 1 },
  })
  expect(totalParagraphs(figures)).toBe(20)
})
