/** How exact and how fast the vector index is: HNSW against comparing with every vector. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Embedder } from '../../ingest/embedder.js'
import { VectorStore, VectorStoreBuilder } from '../../ingest/vector-store.js'
import { percentile } from '../statistics.js'

/** Neighbours that are compared. */
const NEIGHBOURS = 10

/** Texts that are embedded at a time. */
const BATCH = 256

/** What was measured of the vector index. */
export interface VectorFigures {
  readonly vectors: number
  /** Share of the ten exactly nearest that HNSW finds, 0..1. */
  readonly recall10: number
  /** Milliseconds of one search. */
  readonly p50: number
  readonly p95: number
  /** Milliseconds of comparing with every vector. */
  readonly exactP50: number
  readonly buildSeconds: number
}

/** Embeds the texts, builds the index of `ingest/` over them, and searches it with the questions. */
export async function measureVectors(
  embedder: Embedder,
  texts: readonly string[],
  questions: readonly string[],
): Promise<VectorFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'vindplaats-bench-vectors-'))
  try {
    const vectors = new Float32Array(texts.length * embedder.dimensions)
    for (let start = 0; start < texts.length; start += BATCH)
      for (const [index, vector] of (
        await embedder.embedPassages(texts.slice(start, start + BATCH))
      ).entries())
        vectors.set(vector, (start + index) * embedder.dimensions)
    const vectorAt = (position: number) =>
      vectors.subarray(position * embedder.dimensions, (position + 1) * embedder.dimensions)

    const started = performance.now()
    const builder = await VectorStoreBuilder.create(embedder.dimensions, texts.length)
    for (let position = 0; position < texts.length; position++)
      builder.add(vectorAt(position), { kind: 'paragraph', position })
    await mkdir(folder, { recursive: true })
    await builder.save(folder)
    const buildSeconds = (performance.now() - started) / 1000

    const store = await VectorStore.open(folder, embedder.dimensions)
    const milliseconds: number[] = []
    const exactMilliseconds: number[] = []
    let found = 0
    let wanted = 0
    for (const question of questions) {
      const query = await embedder.embedQuery(question)
      const before = performance.now()
      const near = await store.nearest(query, NEIGHBOURS)
      const between = performance.now()
      const exact = exactlyNearest(query, vectors, embedder.dimensions)
      exactMilliseconds.push(performance.now() - between)
      milliseconds.push(between - before)
      // Equal vectors are equally near: what counts is being as near as the tenth.
      const bound = (exact.at(-1) ?? 1) - 1e-5
      found += near.filter(({ position }) => dot(query, vectorAt(position)) >= bound).length
      wanted += exact.length
    }
    return {
      vectors: texts.length,
      recall10: wanted === 0 ? 1 : Math.min(1, found / wanted),
      p50: percentile(milliseconds, 0.5) ?? 0,
      p95: percentile(milliseconds, 0.95) ?? 0,
      exactP50: percentile(exactMilliseconds, 0.5) ?? 0,
      buildSeconds,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The similarities of the nearest vectors, highest first, by comparing with every one. */
function exactlyNearest(query: Float32Array, vectors: Float32Array, dimensions: number): readonly number[] {
  const best: number[] = []
  for (let start = 0; start < vectors.length; start += dimensions) {
    let similarity = 0
    for (let at = 0; at < dimensions; at++) similarity += (query[at] ?? 0) * (vectors[start + at] ?? 0)
    if (best.length === NEIGHBOURS && similarity <= (best.at(-1) ?? -1)) continue
    best.push(similarity)
    best.sort((left, right) => right - left)
    if (best.length > NEIGHBOURS) best.pop()
  }
  return best
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0
  for (let at = 0; at < left.length; at++) sum += (left[at] ?? 0) * (right[at] ?? 0)
  return sum
}
