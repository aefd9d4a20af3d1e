/** The paragraph index: written beside the old one, checked when opened, searched by several channels at once. */
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { ANALYZER_VERSION } from './analysis.js'
import type { DocumentContent, Paragraph, PolicyDocument } from './corpus.js'
import { CorpusPositions, CorpusStore, type EncodedDocument, type IndexableDocument } from './corpus-store.js'
import {
  FileAppender,
  flushFolder,
  replaceDurably,
  sha256,
  sha256OfFile,
  writeDurably,
  writeFault,
} from './durable-files.js'
import type { Embedder } from './embedder.js'
import { IngestFault } from './faults.js'
import { buildPart, StoredPart, storePart } from './index-part.js'
import {
  type IndexQuery,
  mergeSearchFile,
  ParagraphSearch,
  SEARCH_FILES,
  type SearchResult,
} from './search.js'
import { VECTOR_FILES, VectorStore, VectorStoreBuilder } from './vector-store.js'

/** Version of the stored format; another one is refused and rebuilt. 1 held the corpus as one JSON file. */
export const FORMAT_VERSION = 2

/** An open index. */
export interface ParagraphIndex {
  /** Changes whenever the content does; equal content gives equal versions. */
  readonly version: string
  readonly embedderId: string
  /** Whether any paragraph has enrichment. */
  readonly hasEnrichment: boolean
  documents(): Promise<readonly PolicyDocument[]>
  /** Text and paragraphs of a document; `null` when the id is unknown. */
  content(documentId: string): Promise<DocumentContent | null>
  /** One paragraph; `null` when the id is unknown. */
  paragraph(paragraphId: string): Promise<Paragraph | null>
  /** The best candidates, best first. */
  search(query: IndexQuery): Promise<SearchResult>
  /** Rarity of an analysed word among the paragraphs, ≥ 0; highest for a word that occurs nowhere. */
  inverseDocumentFrequency(word: string): number
  /** Says that no new questions will come; running ones may finish. */
  close(): Promise<void>
}

const manifestSchema = z.object({
  formatVersion: z.number(),
  analyzerVersion: z.number(),
  embedder: z.object({ id: z.string(), dimensions: z.number() }),
  version: z.string(),
  /** Hash of everything the index was made from; equal inputs need no new index. */
  inputs: z.string(),
  documents: z.number(),
  paragraphs: z.number(),
  questions: z.number(),
  vectors: z.number(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
})
/** What the index folder says of itself. */
export type IndexManifest = z.infer<typeof manifestSchema>

const FILES = {
  documents: 'documents.json',
  content: 'content.jsonl',
  positions: 'positions.bin',
  parts: 'parts.json',
} as const

/** A part in the order in which an index holds it. */
interface PartRecord {
  /** Name of its file, which names everything that it was made from. */
  readonly name: string
  readonly paragraphs: number
  readonly questions: number
}

/** How far the writing of an index is. */
export interface WriteProgress {
  readonly phase: 'paragraphs' | 'search files'
  readonly done: number
  /** `null` where the number is not known in advance. */
  readonly total: number | null
}

/** Settings of `writeParts`. */
export interface WriteSettings {
  readonly embedder: { readonly id: string; readonly dimensions: number }
  /** Gives the hash of everything the index is made from, once all parts have been taken. */
  readonly inputs: () => string
  /** Number of vectors to expect, for a good start. */
  readonly expectedVectors?: number
  /**
   * Least number of vectors in the current index from which its graph is changed instead of built anew; a changed graph finds
   * the same vectors but for rare near ties. Absent: always built anew.
   */
  readonly leastToChange?: number
  readonly onProgress?: (progress: WriteProgress) => void
  /** Called right before the new index becomes the current one; may throw to keep the old one. */
  readonly beforeSwap?: () => Promise<void>
}

/**
 * Joins parts into an index and makes it the current one of a folder. A crash at any moment leaves the old index current.
 *
 * @throws {IngestFault} `disk-full`, `folder-unwritable`
 * @throws {DamagedPart} when a part is not what was stored
 */
export async function writeParts(
  folder: string,
  parts: AsyncIterable<StoredPart> | Iterable<StoredPart>,
  settings: WriteSettings,
): Promise<IndexManifest> {
  const generation = `generation-${randomUUID()}`
  const target = join(folder, generation)
  try {
    await mkdir(target, { recursive: true })
    const manifest = await writeGeneration(folder, target, parts, settings)
    await settings.beforeSwap?.()
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    await writeDurably(join(target, 'manifest.json'), text)
    await flushFolder(target)
    await replaceDurably(join(folder, 'current'), `${generation} ${sha256(text)}\n`)
    await removeOtherGenerations(folder, generation)
    return manifest
  } catch (error) {
    await rm(target, { recursive: true, force: true }).catch(() => {})
    throw writeFault(error, folder)
  }
}

async function writeGeneration(
  folder: string,
  target: string,
  parts: AsyncIterable<StoredPart> | Iterable<StoredPart>,
  { embedder, inputs, expectedVectors, leastToChange, onProgress }: WriteSettings,
): Promise<IndexManifest> {
  const files: Record<string, { bytes: number; sha256: string }> = {}
  const all: StoredPart[] = []
  const records: PartRecord[] = []
  const documents: Omit<EncodedDocument, 'lines'>[] = []
  const previous = leastToChange === undefined ? null : await findGraph(folder, embedder, leastToChange)
  // A graph that is only changed needs the new positions of all that stays, so its vectors are added at the end.
  const graph = previous
    ? null
    : await VectorStoreBuilder.create(embedder.dimensions, expectedVectors ?? 1024)
  const content = await FileAppender.create(target, FILES.content)
  let [paragraphs, questions] = [0, 0]
  try {
    for await (const part of parts) {
      const record = { name: basename(part.path), paragraphs: 0, questions: 0 }
      for (const { lines, ...document } of part.encodedDocuments()) {
        await content.add(lines)
        documents.push(document)
        record.paragraphs += document.idHashes.length
        record.questions += document.questionCounts.reduce((sum, count) => sum + count, 0)
      }
      if (graph) addVectors(graph, part, paragraphs, questions)
      all.push(part)
      records.push(record)
      paragraphs += record.paragraphs
      questions += record.questions
      onProgress?.({ phase: 'paragraphs', done: paragraphs, total: null })
      await new Promise(resolve => setImmediate(resolve))
    }
    files[FILES.content] = await content.finish()
  } catch (error) {
    await content.abandon()
    throw error
  }
  const write = async (name: string, data: Buffer) => {
    await writeDurably(join(target, name), data)
    files[name] = { bytes: data.length, sha256: sha256(data) }
  }
  const positions = CorpusPositions.of(documents)
  await write(FILES.documents, Buffer.from(JSON.stringify(positions.documents)))
  await write(FILES.positions, positions.toBuffer())
  await write(FILES.parts, Buffer.from(JSON.stringify(records)))
  for (const [at, name] of SEARCH_FILES.entries()) {
    onProgress?.({ phase: 'search files', done: at, total: SEARCH_FILES.length })
    await write(
      name,
      mergeSearchFile(name, function* () {
        for (const part of all) yield part.section(name)
      }),
    )
  }
  const vectors = graph ?? (await changeGraph(previous, embedder.dimensions, all, records))
  await vectors.save(target)
  for (const name of Object.values(VECTOR_FILES)) {
    const path = join(target, name)
    files[name] = { bytes: (await stat(path)).size, sha256: await sha256OfFile(path) }
  }
  // Names of parts tell how the content was made, not what it is.
  const { [FILES.parts]: _, ...contentFiles } = files
  return {
    formatVersion: FORMAT_VERSION,
    analyzerVersion: ANALYZER_VERSION,
    embedder: { id: embedder.id, dimensions: embedder.dimensions },
    version: sha256(JSON.stringify([embedder.id, ANALYZER_VERSION, contentFiles])).slice(0, 16),
    inputs: inputs(),
    documents: documents.length,
    paragraphs,
    questions,
    vectors: vectors.size,
    files,
  }
}

/** Adds the vectors of a part whose paragraphs and questions start at the given positions. */
function addVectors(
  graph: VectorStoreBuilder,
  part: StoredPart,
  firstParagraph: number,
  firstQuestion: number,
): void {
  const { paragraphs, questions } = part.vectors()
  for (const [at, vector] of paragraphs.entries())
    graph.add(vector, { kind: 'paragraph', position: firstParagraph + at })
  for (const { number, vector } of questions)
    graph.add(vector, { kind: 'question', position: firstQuestion + number })
}

interface PreviousGraph {
  readonly folder: string
  readonly records: readonly PartRecord[]
}

/** The graph of the current index, when it is whole, made by the same embedder, and large enough to be worth changing. */
async function findGraph(
  folder: string,
  embedder: WriteSettings['embedder'],
  leastToChange: number,
): Promise<PreviousGraph | null> {
  try {
    const generation = await currentGeneration(folder)
    const manifest = await readManifestOf(folder, generation)
    const { id, dimensions } = manifest.embedder
    if (manifest.vectors < leastToChange || id !== embedder.id || dimensions !== embedder.dimensions)
      return null
    for (const name of Object.values(VECTOR_FILES)) await checkFile(generation.folder, name, manifest, false)
    const records = await checkFile(generation.folder, FILES.parts, manifest, true)
    return { folder: generation.folder, records: JSON.parse(String(records)) as PartRecord[] }
  } catch (error) {
    if (error instanceof IngestFault) return null
    throw error
  }
}

/** The graph for the given parts, made from a previous one: what is in both stays, the rest is taken out or added. */
async function changeGraph(
  previous: PreviousGraph | null,
  dimensions: number,
  parts: readonly StoredPart[],
  records: readonly PartRecord[],
): Promise<VectorStoreBuilder> {
  const starts = new Map<string, { readonly paragraph: number; readonly question: number }>()
  let [paragraph, question] = [0, 0]
  for (const { name, paragraphs, questions } of records) {
    starts.set(name, { paragraph, question })
    paragraph += paragraphs
    question += questions
  }
  const shifts = { paragraph: new Int32Array(0), question: new Int32Array(0) }
  for (const kind of ['paragraph', 'question'] as const) {
    const moved: number[] = []
    for (const { name, [`${kind}s` as const]: count } of previous?.records ?? []) {
      const start = starts.get(name)?.[kind]
      for (let at = 0; at < count; at++) moved.push(start === undefined ? -1 : start + at)
    }
    shifts[kind] = Int32Array.from(moved)
  }
  const changed =
    previous &&
    (await VectorStoreBuilder.change(previous.folder, dimensions, ({ kind, position }) => {
      const moved = shifts[kind][position] ?? -1
      return moved < 0 ? null : { kind, position: moved }
    }))
  const graph = changed ?? (await VectorStoreBuilder.create(dimensions, paragraph + question))
  const present = new Set(changed ? previous?.records.map(({ name }) => name) : [])
  for (const [at, part] of parts.entries()) {
    const record = records[at] as PartRecord
    const start = starts.get(record.name)
    if (start && !present.has(record.name)) addVectors(graph, part, start.paragraph, start.question)
    await new Promise(resolve => setImmediate(resolve))
  }
  return graph
}

async function removeOtherGenerations(folder: string, generation: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('generation-') && name !== generation)
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}

/** Paragraphs that `writeIndex` takes together into one part. */
const PARAGRAPHS_PER_PART = 2_000

/**
 * Writes an index of ready-made documents and makes it the current one of a folder. Documents are taken one by one, so
 * that they need not be in memory together.
 *
 * @throws {IngestFault} `embedder-unavailable`, `embedder-invalid`, `disk-full`, `folder-unwritable`
 */
export async function writeIndex(
  folder: string,
  documents: AsyncIterable<IndexableDocument> | Iterable<IndexableDocument>,
  embedder: Embedder,
  settings: Partial<Omit<WriteSettings, 'embedder'>> = {},
): Promise<IndexManifest> {
  const partsFolder = join(folder, `parts-${randomUUID()}`)
  const store = async (batch: readonly IndexableDocument[], number: number) => {
    const path = join(partsFolder, `${number}.part`)
    await storePart(path, await buildPart(batch, embedder), embedder.dimensions)
    return StoredPart.open(path)
  }
  async function* parts(): AsyncGenerator<StoredPart> {
    let batch: IndexableDocument[] = []
    let [paragraphs, number] = [0, 0]
    for await (const document of documents) {
      batch.push(document)
      paragraphs += document.content.paragraphs.length
      if (paragraphs < PARAGRAPHS_PER_PART) continue
      yield await store(batch, number++)
      batch = []
      paragraphs = 0
    }
    if (batch.length > 0) yield await store(batch, number)
  }
  try {
    return await writeParts(folder, parts(), { inputs: () => '', ...settings, embedder })
  } finally {
    await rm(partsFolder, { recursive: true, force: true }).catch(() => {})
  }
}

const ANEW = 'Make the index anew with: npm run ingest -- --force'

interface Generation {
  readonly folder: string
  readonly name: string
  readonly manifestHash: string | null
}

async function currentGeneration(folder: string): Promise<Generation> {
  const text = await readFile(join(folder, 'current'), 'utf8').catch(cause => {
    throw new IngestFault('index-missing', `There is no index in ${folder}. Make it with: npm run ingest`, {
      cause,
    })
  })
  const match = /^(generation-[0-9a-f-]{36})(?: ([0-9a-f]{64}))?\s*$/.exec(text)
  if (!match) throw new IngestFault('index-damaged', `${join(folder, 'current')} is damaged. ${ANEW}`)
  const name = match[1] as string
  return { folder: join(folder, name), name, manifestHash: match[2] ?? null }
}

/**
 * Reads the manifest of the current index.
 *
 * @throws {IngestFault} `index-missing`, `index-damaged`, `index-incompatible` for a format that this version does not read
 */
export async function readIndexManifest(folder: string): Promise<IndexManifest> {
  return readManifestOf(folder, await currentGeneration(folder))
}

async function readManifestOf(folder: string, generation: Generation): Promise<IndexManifest> {
  const damaged = (cause?: unknown) =>
    new IngestFault('index-damaged', `The manifest of the index in ${folder} cannot be read. ${ANEW}`, {
      cause,
    })
  let manifest: unknown
  try {
    const text = await readFile(join(generation.folder, 'manifest.json'), 'utf8')
    if (generation.manifestHash !== null && sha256(text) !== generation.manifestHash) throw damaged()
    manifest = JSON.parse(text)
  } catch (cause) {
    throw cause instanceof IngestFault ? cause : damaged(cause)
  }
  const format = z.object({ formatVersion: z.number() }).safeParse(manifest)
  if (!format.success) throw damaged(format.error)
  if (format.data.formatVersion !== FORMAT_VERSION)
    throw new IngestFault(
      'index-incompatible',
      `The index in ${folder} has format ${format.data.formatVersion}; this version reads ${FORMAT_VERSION}. ${ANEW}`,
    )
  const parsed = manifestSchema.safeParse(manifest)
  if (!parsed.success || generation.manifestHash === null) throw damaged(parsed.error)
  return parsed.data
}

/** Bytes of an index up to which its checksums are compared before every use; of a larger one only the sizes. */
const QUICKLY_CHECKED = 100_000_000

/** The manifest of the current index when its files are all there and, as far as can be told quickly, whole. */
export async function findWholeIndex(folder: string): Promise<IndexManifest | null> {
  try {
    const generation = await currentGeneration(folder)
    const manifest = await readManifestOf(folder, generation)
    const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0)
    for (const [name, file] of Object.entries(manifest.files)) {
      if (bytes <= QUICKLY_CHECKED) await checkFile(generation.folder, name, manifest, false)
      else if ((await stat(join(generation.folder, name))).size !== file.bytes) return null
    }
    return manifest
  } catch {
    return null
  }
}

/**
 * Opens the current index of a folder. Every file is compared with its checksum first.
 *
 * @throws {IngestFault} `index-missing`; `index-damaged` when a file has changed since it was written;
 *   `index-incompatible` when it was built with another embedder, analyzer or format.
 */
export async function openIndex(
  folder: string,
  embedder: { readonly id: string; readonly dimensions: number },
): Promise<ParagraphIndex> {
  const generation = await currentGeneration(folder)
  try {
    return await openGeneration(folder, generation, embedder)
  } catch (error) {
    // An ingest that ends in between removes the generation that was current a moment ago.
    const now = await currentGeneration(folder)
    if (now.name === generation.name) throw error
    return openGeneration(folder, now, embedder)
  }
}

async function openGeneration(
  folder: string,
  generation: Generation,
  embedder: { readonly id: string; readonly dimensions: number },
): Promise<ParagraphIndex> {
  const manifest = await readManifestOf(folder, generation)
  const incompatible = (what: string) => new IngestFault('index-incompatible', `${what} ${ANEW}`)
  if (manifest.analyzerVersion !== ANALYZER_VERSION)
    throw incompatible(
      `The index was made by text analysis ${manifest.analyzerVersion}, not ${ANALYZER_VERSION}.`,
    )
  if (manifest.embedder.id !== embedder.id || manifest.embedder.dimensions !== embedder.dimensions)
    throw incompatible(
      `The index was built with embedder ${manifest.embedder.id} (${manifest.embedder.dimensions} dimensions); the configuration asks for ${embedder.id} (${embedder.dimensions}). Set EMBEDDINGS back, or:`,
    )
  const inMemory = new Set<string>([FILES.documents, FILES.positions, ...SEARCH_FILES])
  const expected = new Set([...Object.values(FILES), ...inMemory, ...Object.values(VECTOR_FILES)])
  const data = new Map<string, Buffer>()
  for (const name of expected) {
    const buffer = await checkFile(generation.folder, name, manifest, inMemory.has(name))
    if (buffer) data.set(name, buffer)
  }
  const documents = JSON.parse((data.get(FILES.documents) as Buffer).toString('utf8')) as PolicyDocument[]
  const positions = CorpusPositions.fromBuffer(documents, data.get(FILES.positions) as Buffer)
  const vectors = manifest.vectors > 0 ? await VectorStore.open(generation.folder, embedder.dimensions) : null
  const file = openSync(join(generation.folder, FILES.content), 'r')
  const corpus = new CorpusStore(positions, (start, length) => {
    const buffer = Buffer.allocUnsafe(length)
    readSync(file, buffer, 0, length, start)
    return buffer
  })
  closeWhenUnused.register(corpus, file)
  return new OpenIndex(manifest, corpus, new ParagraphSearch(corpus, data, vectors))
}

/**
 * A question that runs while another index is swapped in goes on reading from its own. So a file is closed when nothing refers
 * to its paragraphs any more, and not by the swap.
 */
const closeWhenUnused = new FinalizationRegistry<number>(file => closeSync(file))

/** Compares a file with its checksum; gives its bytes when they are to be kept. */
async function checkFile(
  folder: string,
  name: string,
  manifest: IndexManifest,
  keep: boolean,
): Promise<Buffer | null> {
  const path = join(folder, name)
  const expected = manifest.files[name]
  const damaged = (what: string, cause?: unknown) =>
    new IngestFault('index-damaged', `${path} in the index ${what}. ${ANEW}`, { cause })
  if (!expected) throw damaged('is not in its manifest')
  const found = await stat(path).catch(cause => {
    throw damaged('is missing', cause)
  })
  if (found.size !== expected.bytes)
    throw damaged(`has ${found.size} bytes instead of ${expected.bytes}: it is cut short or changed`)
  const buffer = keep ? await readFile(path) : null
  const hash = buffer ? sha256(buffer) : await sha256OfFile(path)
  if (hash !== expected.sha256) throw damaged('is damaged: its content does not match its checksum')
  return buffer
}

class OpenIndex implements ParagraphIndex {
  readonly version: string
  readonly embedderId: string
  readonly #corpus: CorpusStore
  readonly #search: ParagraphSearch

  constructor(manifest: IndexManifest, corpus: CorpusStore, search: ParagraphSearch) {
    this.version = manifest.version
    this.embedderId = manifest.embedder.id
    this.#corpus = corpus
    this.#search = search
  }

  async documents(): Promise<readonly PolicyDocument[]> {
    return this.#corpus.documents
  }

  async content(documentId: string): Promise<DocumentContent | null> {
    return this.#corpus.content(documentId)
  }

  async paragraph(paragraphId: string): Promise<Paragraph | null> {
    const position = this.#corpus.positionOf(paragraphId)
    return position === null ? null : this.#corpus.paragraph(position)
  }

  get hasEnrichment(): boolean {
    return this.#search.hasEnrichment
  }

  inverseDocumentFrequency(word: string): number {
    return this.#search.inverseDocumentFrequency(word)
  }

  search(query: IndexQuery): Promise<SearchResult> {
    return this.#search.search(query)
  }

  async close(): Promise<void> {}
}
