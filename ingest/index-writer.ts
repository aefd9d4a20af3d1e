/** Writes an index beside the old one and swaps it in. What stays of a large one keeps its place in the graph of vectors. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ANALYZER_VERSION } from './analysis.js'
import { CorpusPositions, type EncodedDocument, type IndexableDocument } from './corpus-store.js'
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
import {
  CURRENT_FILE,
  checkFile,
  currentGeneration,
  FILES,
  FORMAT_VERSION,
  GENERATION_PREFIX,
  type IndexManifest,
  readManifestOf,
} from './index-files.js'
import { buildPart, StoredPart, storePart } from './index-part.js'
import { mergeSearchFile, SEARCH_FILES } from './search.js'
import { VECTOR_FILES, VectorStoreBuilder } from './vector-store.js'

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
  const generation = `${GENERATION_PREFIX}${randomUUID()}`
  const target = join(folder, generation)
  try {
    await mkdir(target, { recursive: true })
    const manifest = await writeGeneration(folder, target, parts, settings)
    await settings.beforeSwap?.()
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    await writeDurably(join(target, 'manifest.json'), text)
    await flushFolder(target)
    await replaceDurably(join(folder, CURRENT_FILE), `${generation} ${sha256(text)}\n`)
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
    if (name.startsWith(GENERATION_PREFIX) && name !== generation)
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
