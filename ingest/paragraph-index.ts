/** The paragraph index: written beside the old one, checked when opened, searched by several channels at once. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { ANALYZER_VERSION } from './analysis.js'
import type { DocumentContent, Paragraph, PolicyDocument } from './corpus.js'
import type { Embedder } from './embedder.js'
import { IngestFault } from './faults.js'
import {
  buildSearchFiles,
  type Candidate,
  type IndexableDocument,
  type IndexQuery,
  listPassages,
  ParagraphSearch,
} from './search.js'
import { VectorStore } from './vector-store.js'

/** Version of the stored format; another one is refused and rebuilt. */
const FORMAT_VERSION = 1

/** An open index. */
export interface ParagraphIndex {
  /** Changes whenever the content does. */
  readonly version: string
  readonly embedderId: string
  documents(): Promise<readonly PolicyDocument[]>
  /** Text and paragraphs of a document; `null` when the id is unknown. */
  content(documentId: string): Promise<DocumentContent | null>
  /** One paragraph; `null` when the id is unknown. */
  paragraph(paragraphId: string): Promise<Paragraph | null>
  /** The best candidates, best first. */
  search(query: IndexQuery): Promise<readonly Candidate[]>
  /** Rarity of an analysed word among the paragraphs, ≥ 0; highest for a word that occurs nowhere. */
  inverseDocumentFrequency(word: string): number
  close(): Promise<void>
}

const manifestSchema = z.object({
  formatVersion: z.number(),
  analyzerVersion: z.number(),
  embedder: z.object({ id: z.string(), dimensions: z.number() }),
  version: z.string(),
  /** Hash of everything the index was made from; equal inputs need no new index. */
  inputs: z.string(),
  paragraphs: z.number(),
  vectors: z.number(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
})
/** What the index folder says of itself. */
export type IndexManifest = z.infer<typeof manifestSchema>

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')

async function writeDurably(path: string, data: Buffer | string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Writes an index into `folder` and makes it current. A crash at any moment leaves the old index current.
 *
 * @param inputs hash of everything the index is made from
 */
export async function writeIndex(
  folder: string,
  documents: readonly IndexableDocument[],
  embedder: Embedder,
  inputs: string,
  onProgress?: (done: number, total: number) => void,
): Promise<IndexManifest> {
  const texts = [...listPassages(documents)]
  const vectors: Float32Array[] = []
  const batch = 256
  for (let at = 0; at < texts.length; at += batch) {
    vectors.push(...(await embedder.embedPassages(texts.slice(at, at + batch))))
    onProgress?.(Math.min(at + batch, texts.length), texts.length)
  }
  const generation = `generation-${randomUUID()}`
  const target = join(folder, generation)
  await mkdir(join(target, 'vectors'), { recursive: true })
  await writeDurably(join(target, 'corpus.json'), JSON.stringify(documents))
  for (const [name, data] of buildSearchFiles(documents)) await writeDurably(join(target, name), data)
  if (vectors.length > 0) {
    const store = await VectorStore.build(vectors, embedder.dimensions)
    await store.save(join(target, 'vectors'))
  }
  const files: IndexManifest['files'] = {}
  for (const name of await readdir(target, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue
    const path = join(name.parentPath, name.name)
    const data = await readFile(path)
    files[relative(target, path)] = { bytes: data.length, sha256: sha256(data) }
  }
  const manifest: IndexManifest = {
    formatVersion: FORMAT_VERSION,
    analyzerVersion: ANALYZER_VERSION,
    embedder: { id: embedder.id, dimensions: embedder.dimensions },
    version: sha256(JSON.stringify(files)).slice(0, 16),
    inputs,
    paragraphs: documents.reduce((sum, { content }) => sum + content.paragraphs.length, 0),
    vectors: vectors.length,
    files,
  }
  await writeDurably(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await writeFile(join(folder, 'current.new'), generation)
  await rename(join(folder, 'current.new'), join(folder, 'current'))
  for (const name of await readdir(folder)) {
    if (name.startsWith('generation-') && name !== generation)
      await rm(join(folder, name), { recursive: true })
  }
  return manifest
}

async function currentGeneration(folder: string): Promise<string> {
  try {
    return join(folder, (await readFile(join(folder, 'current'), 'utf8')).trim())
  } catch (cause) {
    throw new IngestFault('index-missing', `There is no index in ${folder}. Make it with: npm run ingest`, {
      cause,
    })
  }
}

/**
 * Reads the manifest of the current index.
 *
 * @throws {IngestFault} `index-missing`, `index-damaged`
 */
export async function readIndexManifest(folder: string): Promise<IndexManifest> {
  const generation = await currentGeneration(folder)
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(generation, 'manifest.json'), 'utf8')))
  } catch (cause) {
    throw new IngestFault(
      'index-damaged',
      `The manifest of the index in ${folder} cannot be read. Make the index anew with: npm run ingest -- --force`,
      { cause },
    )
  }
}

/**
 * Opens the current index of a folder.
 *
 * @throws {IngestFault} `index-missing`; `index-damaged` when a file has changed since it was written;
 *   `index-incompatible` when it was built with another embedder, analyzer or format.
 */
export async function openIndex(folder: string, embedder: Embedder): Promise<ParagraphIndex> {
  const generation = await currentGeneration(folder)
  const manifest = await readIndexManifest(folder)
  const incompatible = (what: string) =>
    new IngestFault('index-incompatible', `${what} Make the index anew with: npm run ingest -- --force`)
  if (manifest.formatVersion !== FORMAT_VERSION)
    throw incompatible(
      `The index has format ${manifest.formatVersion}; this version reads ${FORMAT_VERSION}.`,
    )
  if (manifest.analyzerVersion !== ANALYZER_VERSION)
    throw incompatible(
      `The index was made by text analysis ${manifest.analyzerVersion}, not ${ANALYZER_VERSION}.`,
    )
  if (manifest.embedder.id !== embedder.id || manifest.embedder.dimensions !== embedder.dimensions)
    throw incompatible(
      `The index was built with embedder ${manifest.embedder.id} (${manifest.embedder.dimensions} dimensions); the configuration asks for ${embedder.id} (${embedder.dimensions}).`,
    )
  const data = new Map<string, Buffer>()
  for (const [name, expected] of Object.entries(manifest.files)) {
    const buffer = await readFile(join(generation, name)).catch(() => Buffer.alloc(0))
    if (buffer.length !== expected.bytes || sha256(buffer) !== expected.sha256)
      throw new IngestFault(
        'index-damaged',
        `${join(dirname(generation), name)} in the index is missing or damaged. Make the index anew with: npm run ingest -- --force`,
      )
    data.set(name, buffer)
  }
  const documents = JSON.parse((data.get('corpus.json') as Buffer).toString('utf8')) as IndexableDocument[]
  const vectors =
    manifest.vectors > 0 ? await VectorStore.open(join(generation, 'vectors'), manifest.vectors) : null
  return new OpenIndex(manifest, documents, new ParagraphSearch(documents, data, vectors))
}

class OpenIndex implements ParagraphIndex {
  readonly version: string
  readonly embedderId: string
  readonly #documents: readonly IndexableDocument[]
  readonly #search: ParagraphSearch
  readonly #paragraphs: ReadonlyMap<string, Paragraph>

  constructor(manifest: IndexManifest, documents: readonly IndexableDocument[], search: ParagraphSearch) {
    this.version = manifest.version
    this.embedderId = manifest.embedder.id
    this.#documents = documents
    this.#search = search
    this.#paragraphs = new Map(
      documents.flatMap(({ content }) =>
        content.paragraphs.map(paragraph => [paragraph.id, paragraph] as const),
      ),
    )
  }

  async documents(): Promise<readonly PolicyDocument[]> {
    return this.#documents.map(({ document }) => document)
  }

  async content(documentId: string): Promise<DocumentContent | null> {
    return this.#documents.find(({ document }) => document.id === documentId)?.content ?? null
  }

  async paragraph(paragraphId: string): Promise<Paragraph | null> {
    return this.#paragraphs.get(paragraphId) ?? null
  }

  inverseDocumentFrequency(word: string): number {
    return this.#search.inverseDocumentFrequency(word)
  }

  search(query: IndexQuery): Promise<readonly Candidate[]> {
    return this.#search.search(query)
  }

  async close(): Promise<void> {}
}
