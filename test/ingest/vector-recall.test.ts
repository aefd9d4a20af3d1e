import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import { readDocument } from '../../ingest/read-document.js'
import { VectorStore, VectorStoreBuilder } from '../../ingest/vector-store.js'
import { temporaryFolder } from '../support/ingest-folders.js'

const { BruteforceSearch } = createRequire(import.meta.url)('hnswlib-node') as typeof import('hnswlib-node')

const SEEDS = join(import.meta.dirname, '..', '..', 'seeds')
const NEAREST = 10

async function seedTexts(): Promise<string[]> {
  const texts: string[] = []
  for (const fileName of readdirSync(SEEDS).filter(name => name.endsWith('.txt'))) {
    const { content } = await readDocument(readFileSync(join(SEEDS, fileName)), { documentId: 'x', fileName })
    texts.push(...content.paragraphs.map(({ searchText }) => searchText))
  }
  return texts
}

function enrichmentQuestions(): string[] {
  const folder = join(SEEDS, 'enrichment')
  return readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
    .flatMap(line => (JSON.parse(line) as { statements: { questions: string[] }[] }).statements)
    .flatMap(({ questions }) => questions)
}

it('finds at least 99 of 100 of the ten nearest that exact search finds, on the vectors of the seeds', async () => {
  const embedder = openEmbeddedEmbedder()
  const questions = enrichmentQuestions()
  const texts = [...(await seedTexts()), ...questions.filter((_, at) => at % 8 === 0)]
  const vectors = await embedder.embedPassages(texts)
  const exact = new BruteforceSearch('cosine', embedder.dimensions)
  exact.initIndex(vectors.length)
  const builder = await VectorStoreBuilder.create(embedder.dimensions, vectors.length)
  for (const [position, vector] of vectors.entries()) {
    exact.addPoint(Array.from(vector), position)
    builder.add(vector, { kind: 'paragraph', position })
  }
  const folder = await temporaryFolder()
  await builder.save(folder)
  const store = await VectorStore.open(folder, embedder.dimensions)
  let found = 0
  const asked = questions.filter((_, at) => at % 80 === 3)
  for (const question of asked) {
    const query = await embedder.embedQuery(question)
    const right = new Set(exact.searchKnn(Array.from(query), NEAREST).neighbors)
    for (const { position } of await store.nearest(query, NEAREST)) if (right.has(position)) found++
  }
  expect(asked.length).toBeGreaterThan(100)
  expect(found / (asked.length * NEAREST)).toBeGreaterThanOrEqual(0.99)
})
