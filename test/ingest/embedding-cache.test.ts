import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EmbeddingCache } from '../../ingest/embedding-cache.js'
import { recordingEmbedder, temporaryFolder } from '../support/ingest-folders.js'

async function cacheFile(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.vectors'))
  expect(names).toHaveLength(1)
  return join(folder, names[0] as string)
}

describe('a cache around an embedder', () => {
  it('asks for each text once, also in a later run, and gives the same vectors', async () => {
    const folder = await temporaryFolder()
    const embedder = recordingEmbedder()
    const first = new EmbeddingCache(embedder, folder)
    const vectors = await first.embedPassages(['een', 'twee', 'een'])
    await first.embedPassages(['twee', 'drie'])
    const later = new EmbeddingCache(embedder, folder)
    expect(await later.embedPassages(['een', 'twee', 'een'])).toEqual(vectors)
    expect(embedder.asked).toEqual(['een', 'twee', 'drie'])
  })

  it('keeps vectors of other embedders apart', async () => {
    const folder = await temporaryFolder()
    await new EmbeddingCache(recordingEmbedder(), folder).embedPassages(['een'])
    const other = { ...recordingEmbedder(), id: 'ander' }
    await new EmbeddingCache(other, folder).embedPassages(['een'])
    expect(other.asked).toEqual(['een'])
  })

  it('forgets only the record that a crash cut short', async () => {
    const folder = await temporaryFolder()
    const embedder = recordingEmbedder()
    await new EmbeddingCache(embedder, folder).embedPassages(['een', 'twee'])
    const path = await cacheFile(folder)
    await truncate(path, (await stat(path)).size - 3)
    const later = new EmbeddingCache(embedder, folder)
    await later.embedPassages(['een', 'twee'])
    expect(embedder.asked).toEqual(['een', 'twee', 'twee'])
    const again = new EmbeddingCache(embedder, folder)
    await again.embedPassages(['een', 'twee'])
    expect(embedder.asked).toHaveLength(3)
  })

  it('notices a vector that was changed on disk', async () => {
    const folder = await temporaryFolder()
    const embedder = recordingEmbedder()
    const [vector] = await new EmbeddingCache(embedder, folder).embedPassages(['een'])
    const path = await cacheFile(folder)
    const bytes = await readFile(path)
    bytes[100] = (bytes[100] as number) ^ 1
    await writeFile(path, bytes)
    const later = new EmbeddingCache(embedder, folder)
    expect((await later.embedPassages(['een']))[0]).toEqual(vector)
    expect(embedder.asked).toEqual(['een', 'een'])
  })

  it('asks for a question once while it runs', async () => {
    let asked = 0
    const embedder = recordingEmbedder()
    const counting = {
      ...embedder,
      embedQuery: (text: string) => {
        asked++
        return embedder.embedQuery(text)
      },
    }
    const cache = new EmbeddingCache(counting, await temporaryFolder())
    await cache.embedQuery('Wat kost parkeren?')
    await cache.embedQuery('Wat kost parkeren?')
    expect(asked).toBe(1)
  })
})
