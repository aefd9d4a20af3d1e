import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EnrichmentRequest, EnrichmentWriter } from '../../ingest/enrich.js'
import { ingestFolders, letterFolders, writeOldFile } from '../support/ingest-folders.js'

/** A writer that asks after the first four words of every paragraph, and remembers what it was asked. */
function recordingWriter(
  write?: EnrichmentWriter['write'],
): EnrichmentWriter & { readonly asked: EnrichmentRequest[] } {
  const asked: EnrichmentRequest[] = []
  return {
    id: 'fake:1',
    asked,
    async write(request, signal) {
      asked.push(request)
      if (write) return write(request, signal)
      const quote = request.paragraph.text.split(' ').slice(0, 4).join(' ')
      return {
        statements: [{ quote, questions: [`Wat staat er over ${quote}?`] }],
        summary: 'Kort.',
        keywords: [],
      }
    },
  }
}

async function folders() {
  const both = await letterFolders()
  return { ...both, enrichmentFolder: join(both.data, 'enrichment') }
}

describe('enrichment by a writer', () => {
  it('is asked for every paragraph of text, stored, and used by the same ingest', async () => {
    const { enrichmentFolder, ...both } = await folders()
    const writer = recordingWriter()
    const report = await ingestFolders(both, { writer, enrichmentFolder })
    expect(report.enriched).toEqual({
      paragraphs: writer.asked.length,
      statements: writer.asked.length,
      rejected: 0,
      failed: 0,
    })
    expect(writer.asked.length).toBeGreaterThan(5)
    expect(writer.asked.every(({ paragraph }) => paragraph.kind !== 'heading')).toBe(true)
    const placed = report.documents.reduce((sum, { figures }) => sum + (figures?.statements ?? 0), 0)
    expect(placed).toBe(writer.asked.length)
    const lines = (await readFile(join(enrichmentFolder, 'bomen.jsonl'), 'utf8')).trim().split('\n')
    expect(JSON.parse(lines[0] as string)).toMatchObject({ writtenBy: 'fake:1', document: 'bomen.txt' })
  })

  it('is not asked for again, but for what changed', async () => {
    const { enrichmentFolder, ...both } = await folders()
    await ingestFolders(both, { writer: recordingWriter(), enrichmentFolder })
    const idle = recordingWriter()
    expect((await ingestFolders(both, { writer: idle, enrichmentFolder })).written).toBe(false)
    expect(idle.asked).toEqual([])
    const path = join(both.sources, 'bomen.txt')
    const added = 'De eerste boom wordt geplant door de burgemeester en de kinderen van de school.'
    await writeOldFile(path, `${await readFile(path, 'utf8')}\n${added}\n`)
    const writer = recordingWriter()
    await ingestFolders(both, { writer, enrichmentFolder })
    expect(writer.asked.map(({ paragraph }) => paragraph.text)).toEqual([added])
  })

  it('is not asked for where somebody wrote it by hand', async () => {
    const { enrichmentFolder, ...both } = await folders()
    const line = {
      document: 'bomen.txt',
      paragraph: 'Langs de singel',
      statements: [{ quote: 'dertig lindebomen', questions: ['Hoeveel?'] }],
    }
    await writeOldFile(join(both.sources, 'enrichment', 'bomen.jsonl'), `${JSON.stringify(line)}\n`)
    const writer = recordingWriter()
    await ingestFolders(both, { writer, enrichmentFolder })
    expect(writer.asked.some(({ paragraph }) => paragraph.text.includes('dertig lindebomen'))).toBe(false)
  })

  it('loses statements whose quote does not stand in the paragraph', async () => {
    const { enrichmentFolder, ...both } = await folders()
    const writer = recordingWriter(async () => ({
      statements: [{ quote: 'verzonnen woorden', questions: ['?'] }],
      summary: '',
      keywords: [],
    }))
    const report = await ingestFolders(both, { writer, enrichmentFolder })
    expect(report.enriched).toEqual({
      paragraphs: writer.asked.length,
      statements: 0,
      rejected: writer.asked.length,
      failed: 0,
    })
    const again = recordingWriter()
    await ingestFolders(both, { writer: again, enrichmentFolder })
    expect(again.asked).toEqual([])
  })

  it('that fails keeps what was written before', async () => {
    const { enrichmentFolder, ...both } = await folders()
    let calls = 0
    const failing = recordingWriter(async () => {
      if (++calls === 4) throw new Error('het taalmodel is weg')
      return null
    })
    await expect(ingestFolders(both, { writer: failing, enrichmentFolder })).rejects.toThrow('taalmodel')
    const writer = recordingWriter()
    await ingestFolders(both, { writer, enrichmentFolder })
    const texts = new Set(writer.asked.map(({ paragraph }) => paragraph.text))
    for (const { paragraph } of failing.asked.slice(0, 3)) expect(texts.has(paragraph.text)).toBe(false)
    expect(texts.has((failing.asked[3] as EnrichmentRequest).paragraph.text)).toBe(true)
  })

  it('is not asked for by a rehearsal', async () => {
    const { enrichmentFolder, ...both } = await folders()
    const writer = recordingWriter()
    await ingestFolders(both, { writer, enrichmentFolder, dryRun: true })
    expect(writer.asked).toEqual([])
  })

  it('leaves a file that cannot be read to the ledger', async () => {
    const { enrichmentFolder, ...both } = await folders()
    await writeFile(join(both.sources, 'leeg.txt'), '')
    const report = await ingestFolders(both, { writer: recordingWriter(), enrichmentFolder })
    expect(report.documents.find(({ file }) => file === 'leeg.txt')?.status).toBe('failed')
  })
})
