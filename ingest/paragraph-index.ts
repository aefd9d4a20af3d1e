/** The paragraph index: checked when opened, searched by several channels at once. */
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { ANALYZER_VERSION } from './analysis.js'
import type { DocumentContent, Paragraph, PolicyDocument } from './corpus.js'
import { CorpusPositions, CorpusStore } from './corpus-store.js'
import { IngestFault } from './faults.js'
import {
  ANEW,
  checkFile,
  currentGeneration,
  FILES,
  type Generation,
  type IndexManifest,
  readManifestOf,
} from './index-files.js'
import { type IndexQuery, ParagraphSearch, SEARCH_FILES, type SearchResult } from './search.js'
import { VECTOR_FILES, VectorStore } from './vector-store.js'

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
