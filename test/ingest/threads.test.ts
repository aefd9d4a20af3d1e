import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DocumentWorkers } from '../../ingest/document-workers.js'
import type { EmbedderOptions } from '../../ingest/embeddings.js'
import { readIndexManifest } from '../../ingest/index-files.js'
import { StoredPart } from '../../ingest/index-part.js'
import { ingestInThread } from '../../ingest/ingest-thread.js'
import { ingestFolders, letterFolders, temporaryFolder, writeOldFile } from '../support/ingest-folders.js'

const embedded: EmbedderOptions = {
  embeddings: { provider: 'embedded' },
  openai: { baseUrl: null, apiKey: null },
  ollama: { baseUrl: 'http://127.0.0.1:9' },
}

const taskFor = (folder: string, file: string, partPath: string | null) => ({
  source: {
    path: join(folder, file),
    folder,
    file,
    documentId: file.replace(/\..*/, ''),
    manifestEntry: null,
    facts: null,
  },
  enrichment: [],
  partPath,
})

describe('threads that work on documents', () => {
  it('store the same parts as this thread does', async () => {
    const { sources, data } = await letterFolders()
    const workers = new DocumentWorkers({ embedder: embedded })
    try {
      const results = await Promise.all(
        ['bomen.txt', 'parkeren.txt', 'bibliotheek.txt'].map(file =>
          workers.work(taskFor(sources, file, join(data, `${file}.part`))),
        ),
      )
      expect(results.map(({ outcome }) => outcome)).toEqual(['read', 'read', 'read'])
      expect(StoredPart.open(join(data, 'bomen.txt.part')).documents[0]?.id).toBe('bomen')
    } finally {
      await workers.close()
    }
  })

  it('tell of a file that cannot be read, and go on', async () => {
    const { sources } = await letterFolders()
    await writeOldFile(join(sources, 'foto.jpg'), Uint8Array.of(0xff, 0xd8, 0, 0))
    const workers = new DocumentWorkers({ embedder: embedded })
    try {
      expect(await workers.work(taskFor(sources, 'foto.jpg', null))).toMatchObject({
        outcome: 'failed',
        code: 'format-unsupported',
      })
      expect(await workers.work(taskFor(sources, 'bomen.txt', null))).toMatchObject({ outcome: 'read' })
    } finally {
      await workers.close()
    }
  })

  it('survive a document that needs more memory than there is', async () => {
    const { sources } = await letterFolders()
    const sentence = 'De gemeente plaatst dit jaar nieuwe lantaarns in elke straat van de binnenstad.\n\n'
    await writeOldFile(join(sources, 'lang.txt'), sentence.repeat(100_000))
    const workers = new DocumentWorkers({ embedder: embedded, maximumMegabytes: 96 })
    try {
      const files = ['lang.txt', 'bomen.txt', ...Array.from({ length: 40 }, () => 'parkeren.txt')]
      const [long, ...others] = await Promise.all(
        files.map(file => workers.work(taskFor(sources, file, null))),
      )
      expect(long).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/memory.*split it/) })
      expect(others.filter(({ outcome }) => outcome === 'read')).toHaveLength(41)
    } finally {
      await workers.close()
    }
  })

  it('stop the ingest when the embedder is not there', async () => {
    const { sources, data } = await letterFolders()
    const unreachable = { ...embedded, embeddings: { provider: 'transformers', model: 'x' } as const }
    const workers = new DocumentWorkers({ embedder: unreachable })
    try {
      await expect(workers.work(taskFor(sources, 'bomen.txt', join(data, 'x.part')))).rejects.toMatchObject({
        code: 'embedder-unavailable',
      })
    } finally {
      await workers.close()
    }
  })
})

describe('an ingest in a thread', () => {
  const plain = ({ sources, data }: { sources: string; data: string }) => ({
    sources: [sources],
    indexFolder: join(data, 'index'),
    enrichment: true,
    threads: { embedder: embedded },
  })

  it('makes the same index as one in this thread, and lets this one go on', async () => {
    const folders = await letterFolders()
    let turns = 0
    const turning = setInterval(() => turns++, 1)
    const seen: number[] = []
    const report = await ingestInThread({ ...plain(folders), onProgress: ({ done }) => seen.push(done) })
    clearInterval(turning)
    expect(report.documents.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
    expect(seen).toEqual(expect.arrayContaining([1, 2, 3]))
    expect(turns).toBeGreaterThan(50)
    const here = { sources: folders.sources, data: await temporaryFolder() }
    await ingestFolders(here)
    expect((await readIndexManifest(join(folders.data, 'index'))).version).toBe(
      (await readIndexManifest(join(here.data, 'index'))).version,
    )
  })

  it('gives faults as one in this thread does', async () => {
    const folders = await letterFolders()
    await expect(
      ingestInThread({ ...plain(folders), sources: [join(folders.sources, 'bestaat-niet')] }),
    ).rejects.toMatchObject({ code: 'source-missing', message: expect.stringContaining('SOURCES') })
  })

  it('stops when its caller does, before or meanwhile', async () => {
    const folders = await letterFolders()
    const before = AbortSignal.abort(new Error('gestopt'))
    await expect(ingestInThread({ ...plain(folders), signal: before })).rejects.toThrow('gestopt')
    const controller = new AbortController()
    const meanwhile = ingestInThread({
      ...plain(folders),
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(meanwhile).rejects.toThrow('stopped')
    expect(await readIndexManifest(join(folders.data, 'index')).catch(error => error.code)).toBe(
      'index-missing',
    )
  })
})
