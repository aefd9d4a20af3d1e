/** The paragraph index: written beside the old one, checked when opened, searched by several channels at once. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { ANALYZER_VERSION, type AnalyzedText, analyze } from './analysis.js'
import type { DocumentContent, Paragraph, ParagraphEnrichment, PolicyDocument, Statement } from './corpus.js'
import type { Embedder } from './embedder.js'
import { IngestFault } from './faults.js'
import { type Bm25Parameters, LexicalIndex, LexicalIndexBuilder } from './lexical-index.js'
import { VectorStore } from './vector-store.js'

/** Version of the stored format; another one is refused and rebuilt. */
const FORMAT_VERSION = 1

/** A document with everything that goes into the index. */
export interface IndexableDocument {
  readonly document: PolicyDocument
  readonly content: DocumentContent
  readonly enrichment: readonly ParagraphEnrichment[]
}

/** Lexical channels: what is searched (text, text with enrichment, single questions) by which terms. */
const LEXICAL_CHANNELS = [
  'text-words',
  'text-grams',
  'text-bigrams',
  'text-concepts',
  'enriched-words',
  'enriched-grams',
  'enriched-bigrams',
  'enriched-concepts',
  'question-words',
  'question-grams',
  'question-bigrams',
  'question-concepts',
] as const
type LexicalChannel = (typeof LEXICAL_CHANNELS)[number]

/** Every channel of a search. */
export type Channel = LexicalChannel | 'vectors'

/** How much each channel counts; an absent one is not searched. */
export type ChannelWeights = Readonly<Partial<Record<Channel, number>>>

/** One search. */
export interface IndexQuery {
  readonly analysis: AnalyzedText
  readonly vector: Float32Array
  readonly weights: ChannelWeights
  /** Number of candidates wanted. */
  readonly limit: number
}

/** One paragraph found, with what found it. */
export interface Candidate {
  readonly paragraph: Paragraph
  readonly document: PolicyDocument
  /** Weighted sum of the normalised channel scores; orders, and says nothing about relevance. */
  readonly score: number
  /** Scores per channel as fractions of the channel's best, 0..1. */
  readonly channels: Readonly<Partial<Record<Channel, number>>>
  /** The statement whose question matched best; `null` without enrichment or match. */
  readonly statement: {
    readonly statement: Statement
    readonly question: string
    readonly score: number
  } | null
}

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

const BM25_PARAGRAPH: Bm25Parameters = { k1: 1.0, b: 0.45 }
const BM25_QUESTION: Bm25Parameters = { k1: 0.9, b: 0.3 }

interface Entries {
  readonly paragraphs: readonly { readonly paragraph: Paragraph; readonly owner: IndexableDocument }[]
  /** One entry per enrichment question. */
  readonly questions: readonly {
    readonly statement: Statement
    readonly question: string
    /** Position of its paragraph in `paragraphs`. */
    readonly paragraph: number
  }[]
  readonly enrichment: ReadonlyMap<string, ParagraphEnrichment>
}

function listEntries(documents: readonly IndexableDocument[]): Entries {
  const paragraphs: Entries['paragraphs'][number][] = []
  const questions: Entries['questions'][number][] = []
  const enrichment = new Map<string, ParagraphEnrichment>()
  for (const owner of documents) {
    for (const item of owner.enrichment) enrichment.set(item.paragraphId, item)
    for (const paragraph of owner.content.paragraphs) {
      const position = paragraphs.length
      paragraphs.push({ paragraph, owner })
      for (const statement of enrichment.get(paragraph.id)?.statements ?? []) {
        for (const question of statement.questions)
          questions.push({ statement, question, paragraph: position })
      }
    }
  }
  return { paragraphs, questions, enrichment }
}

function contextText(paragraph: Paragraph, owner: IndexableDocument): string {
  return [owner.document.title, ...paragraph.headingPath, paragraph.label ?? '', paragraph.searchText].join(
    ' \n ',
  )
}

function enrichedText(text: string, enrichment: ParagraphEnrichment | undefined): string {
  if (!enrichment) return text
  const questions = enrichment.statements.flatMap(statement => statement.questions)
  return [text, enrichment.summary, ...enrichment.keywords, ...questions].join(' \n ')
}

function addTerms(
  builders: Record<LexicalChannel, LexicalIndexBuilder>,
  field: 'text' | 'enriched' | 'question',
  analysis: AnalyzedText,
): void {
  builders[`${field}-words`].add(analysis.words)
  builders[`${field}-grams`].add(analysis.grams)
  builders[`${field}-bigrams`].add(analysis.bigrams)
  builders[`${field}-concepts`].add(analysis.concepts)
}

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
  const entries = listEntries(documents)
  const builders = Object.fromEntries(
    LEXICAL_CHANNELS.map(channel => [channel, new LexicalIndexBuilder()]),
  ) as Record<LexicalChannel, LexicalIndexBuilder>
  const texts: string[] = []
  for (const { paragraph, owner } of entries.paragraphs) {
    const text = contextText(paragraph, owner)
    texts.push(text)
    addTerms(builders, 'text', analyze(text))
    addTerms(builders, 'enriched', analyze(enrichedText(text, entries.enrichment.get(paragraph.id))))
  }
  for (const { question } of entries.questions) {
    texts.push(question)
    addTerms(builders, 'question', analyze(question))
  }
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
  for (const channel of LEXICAL_CHANNELS) {
    await writeDurably(join(target, `${channel}.bin`), builders[channel].finish().toBuffer())
  }
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
    paragraphs: entries.paragraphs.length,
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
  const lexical = Object.fromEntries(
    LEXICAL_CHANNELS.map(channel => [channel, LexicalIndex.fromBuffer(data.get(`${channel}.bin`) as Buffer)]),
  ) as Record<LexicalChannel, LexicalIndex>
  const vectors =
    manifest.vectors > 0 ? await VectorStore.open(join(generation, 'vectors'), manifest.vectors) : null
  return new OpenIndex(manifest, documents, lexical, vectors)
}

class OpenIndex implements ParagraphIndex {
  readonly version: string
  readonly embedderId: string
  readonly #documents: readonly IndexableDocument[]
  readonly #entries: Entries
  readonly #lexical: Record<LexicalChannel, LexicalIndex>
  readonly #vectors: VectorStore | null
  readonly #positions: ReadonlyMap<string, number>

  constructor(
    manifest: IndexManifest,
    documents: readonly IndexableDocument[],
    lexical: Record<LexicalChannel, LexicalIndex>,
    vectors: VectorStore | null,
  ) {
    this.version = manifest.version
    this.embedderId = manifest.embedder.id
    this.#documents = documents
    this.#entries = listEntries(documents)
    this.#lexical = lexical
    this.#vectors = vectors
    this.#positions = new Map(
      this.#entries.paragraphs.map(({ paragraph }, position) => [paragraph.id, position]),
    )
  }

  async documents(): Promise<readonly PolicyDocument[]> {
    return this.#documents.map(({ document }) => document)
  }

  async content(documentId: string): Promise<DocumentContent | null> {
    return this.#documents.find(({ document }) => document.id === documentId)?.content ?? null
  }

  async paragraph(paragraphId: string): Promise<Paragraph | null> {
    const position = this.#positions.get(paragraphId)
    return position === undefined ? null : (this.#entries.paragraphs[position]?.paragraph ?? null)
  }

  inverseDocumentFrequency(word: string): number {
    return this.#lexical['text-words'].inverseDocumentFrequency(word)
  }

  async search({ analysis, vector, weights, limit }: IndexQuery): Promise<readonly Candidate[]> {
    const count = this.#entries.paragraphs.length
    const fused = new Float32Array(count)
    const perChannel = new Map<Channel, Float32Array>()
    const questionScores = new Float32Array(this.#entries.questions.length)
    const addChannel = (channel: Channel, scores: Float32Array, weight: number) => {
      let best = 0
      for (const score of scores) if (score > best) best = score
      if (best === 0) return
      for (let at = 0; at < count; at++) {
        scores[at] = (scores[at] as number) / best
        fused[at] = (fused[at] as number) + weight * (scores[at] as number)
      }
      perChannel.set(channel, scores)
    }
    for (const channel of LEXICAL_CHANNELS) {
      const weight = weights[channel]
      if (!weight) continue
      const [field, kind] = channel.split('-') as [string, keyof AnalyzedText]
      const parameters = field === 'question' ? BM25_QUESTION : BM25_PARAGRAPH
      const scores = this.#lexical[channel].score(analysis[kind], parameters)
      if (field !== 'question') {
        addChannel(channel, scores, weight)
        continue
      }
      let best = 0
      for (const score of scores) if (score > best) best = score
      if (best === 0) continue
      const byParagraph = new Float32Array(count)
      for (const [at, { paragraph }] of this.#entries.questions.entries()) {
        const score = scores[at] as number
        if (score > (byParagraph[paragraph] as number)) byParagraph[paragraph] = score
        questionScores[at] = (questionScores[at] as number) + (weight * score) / best
      }
      addChannel(channel, byParagraph, weight)
    }
    if (weights.vectors && this.#vectors) {
      const similarities = new Float32Array(count)
      for (const { position, similarity } of await this.#vectors.nearest(vector, 200)) {
        const paragraph =
          position < count ? position : (this.#entries.questions[position - count]?.paragraph as number)
        similarities[paragraph] = Math.max(similarities[paragraph] as number, similarity)
      }
      addChannel('vectors', similarities, weights.vectors)
    }
    const best = Array.from(fused.keys())
      .filter(at => (fused[at] as number) > 0)
      .sort((a, b) => (fused[b] as number) - (fused[a] as number))
      .slice(0, limit)
    const bestQuestion = new Map<number, number>()
    for (const [at, { paragraph }] of this.#entries.questions.entries()) {
      const known = bestQuestion.get(paragraph)
      const score = questionScores[at] as number
      if (score > 0 && (known === undefined || score > (questionScores[known] as number)))
        bestQuestion.set(paragraph, at)
    }
    return best.map(position => {
      const { paragraph, owner } = this.#entries.paragraphs[position] as Entries['paragraphs'][number]
      const question = bestQuestion.get(position)
      const matched = question === undefined ? undefined : this.#entries.questions[question]
      return {
        paragraph,
        document: owner.document,
        score: fused[position] as number,
        channels: Object.fromEntries([...perChannel].map(([channel, scores]) => [channel, scores[position]])),
        statement: matched
          ? {
              statement: matched.statement,
              question: matched.question,
              score: questionScores[question as number] as number,
            }
          : null,
      }
    })
  }

  async close(): Promise<void> {}
}
