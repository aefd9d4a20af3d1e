/** Folders with small documents of our own, and ingests over them. */
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tokens } from '../../ingest/analysis.js'
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import type { Embedder } from '../../ingest/embedder.js'
import { type IngestReport, ingest } from '../../ingest/ingest.js'
import type { IngestOptions } from '../../ingest/ingest-options.js'
import { openIndex } from '../../ingest/paragraph-index.js'
import { withNumbers } from '../../ingest/query-units.js'
import { queryWords } from './query-words.js'

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vindplaats-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file that looks a minute old, so that its size and time are trusted at once. */
export async function writeOldFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  const minuteAgo = new Date(Date.now() - 60_000)
  await utimes(path, minuteAgo, minuteAgo)
}

/** Three letters about parking, libraries and trees. */
export const LETTERS = {
  'parkeren.txt': `Parkeren in de binnenstad

De gemeente verhoogt het tarief voor parkeren in de binnenstad naar vier euro per uur.

Bewoners van de binnenstad kunnen een vergunning aanvragen bij het loket aan de Markt.

Wie geen vergunning heeft, betaalt van maandag tot en met zaterdag tussen negen en zes uur.
`,
  'bibliotheek.txt': `De bibliotheek blijft open

De bibliotheek aan de Kerkstraat blijft ook in de zomer op zondag geopend voor alle bezoekers.

Kinderen tot achttien jaar lenen gratis boeken, films en spelletjes in elke vestiging.
`,
  'bomen.txt': `Nieuwe bomen langs de singel

Langs de singel komen dertig lindebomen in de plaats van de kastanjes die ziek zijn.

Het planten begint in november, omdat jonge bomen dan het beste aanslaan in de grond.
`,
} as const

/** A source folder with the letters, and an empty data folder. */
export async function letterFolders(): Promise<{ sources: string; data: string }> {
  const folder = await temporaryFolder()
  const sources = join(folder, 'bronnen')
  for (const [name, text] of Object.entries(LETTERS)) await writeOldFile(join(sources, name), text)
  return { sources, data: join(folder, 'data') }
}

/** Ingests a source folder into a data folder as the command does. */
export function ingestFolders(
  { sources, data }: { sources: string; data: string },
  options: Partial<IngestOptions> = {},
): Promise<IngestReport> {
  return ingest({
    sources: [sources],
    addedFolder: join(data, 'documents'),
    indexFolder: join(data, 'index'),
    embedder: openEmbeddedEmbedder(),
    enrichment: true,
    ...options,
  })
}

/** The embedded embedder, with the texts that it was asked for. */
export function recordingEmbedder(): Embedder & { readonly asked: string[] } {
  const embedder = openEmbeddedEmbedder()
  const asked: string[] = []
  return {
    id: embedder.id,
    dimensions: embedder.dimensions,
    asked,
    embedPassages(texts, signal) {
      asked.push(...texts)
      return embedder.embedPassages(texts, signal)
    },
    embedQuery: (text, signal) => embedder.embedQuery(text, signal),
  }
}

/** Path of the generation that is current in an index folder. */
export async function currentGeneration(indexFolder: string): Promise<string> {
  const [name = ''] = (await readFile(join(indexFolder, 'current'), 'utf8')).split(' ')
  return join(indexFolder, name.trim())
}

/** Every file under a folder with its bytes, by relative path. */
export async function readTree(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1), await readFile(path))
  }
  return files
}

/** What a search in an index folder finds: ids with their scores, best first. */
export async function searchIndex(
  indexFolder: string,
  question: string,
): Promise<readonly [string, number][]> {
  const embedder = openEmbeddedEmbedder()
  const index = await openIndex(indexFolder, embedder)
  try {
    const { candidates } = await index.search({
      words: queryWords(withNumbers(tokens(question), question)),
      vector: await embedder.embedQuery(question),
      preferences: new Map(),
      weights: { text: 1, bm25: 1, vector: 0.5 },
      limit: 10,
    })
    return candidates.map(({ paragraph, score }) => [paragraph.id, score])
  } finally {
    await index.close()
  }
}
