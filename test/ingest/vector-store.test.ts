import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  checkGraphFile,
  VECTOR_FILES,
  type VectorEntry,
  VectorStore,
  VectorStoreBuilder,
} from '../../ingest/vector-store.js'
import { temporaryFolder } from '../support/ingest-folders.js'

const DIMENSIONS = 32

/** The same numbers on every run (Park and Miller 1988). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

function unitVectors(count: number, seed = 7): Float32Array[] {
  const random = randomNumbers(seed)
  return Array.from({ length: count }, () => {
    const values = Array.from({ length: DIMENSIONS }, () => random() - 0.5)
    const norm = Math.hypot(...values)
    return Float32Array.from(values, value => value / norm)
  })
}

const paragraph = (position: number): VectorEntry => ({ kind: 'paragraph', position })

async function storeOf(vectors: readonly Float32Array[], folder?: string): Promise<VectorStore> {
  const target = folder ?? (await temporaryFolder())
  const builder = await VectorStoreBuilder.create(DIMENSIONS, 4)
  for (const [at, vector] of vectors.entries()) builder.add(vector, paragraph(at))
  await builder.save(target)
  return VectorStore.open(target, DIMENSIONS)
}

const dot = (left: Float32Array, right: Float32Array) =>
  left.reduce((sum, value, at) => sum + value * (right[at] as number), 0)

describe('the nearest vectors', () => {
  it('are those that comparing with every vector finds, for at least 99 of 100', async () => {
    const vectors = unitVectors(3_000)
    const store = await storeOf(vectors)
    let [found, wanted] = [0, 0]
    for (const query of unitVectors(60, 11)) {
      const exact = vectors
        .map((vector, position) => ({ position, similarity: dot(vector, query) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, 10)
      const near = new Set((await store.nearest(query, 10)).map(({ position }) => position))
      found += exact.filter(({ position }) => near.has(position)).length
      wanted += exact.length
    }
    expect(found / wanted).toBeGreaterThanOrEqual(0.99)
  })

  it('carry the cosine, closest first', async () => {
    const vectors = unitVectors(50)
    const store = await storeOf(vectors)
    const near = await store.nearest(vectors[3] as Float32Array, 5)
    expect(near[0]).toMatchObject({ kind: 'paragraph', position: 3 })
    for (const { position, similarity } of near)
      expect(similarity).toBeCloseTo(dot(vectors[position] as Float32Array, vectors[3] as Float32Array), 5)
    expect(near.map(({ similarity }) => similarity)).toEqual(
      near.map(({ similarity }) => similarity).sort((a, b) => b - a),
    )
  })

  it('are all there are when more are asked for', async () => {
    const vectors = unitVectors(7)
    expect(await (await storeOf(vectors)).nearest(vectors[0] as Float32Array, 200)).toHaveLength(7)
  })

  it('are none in an empty store', async () => {
    expect(await (await storeOf([])).nearest(unitVectors(1)[0] as Float32Array, 5)).toEqual([])
  })

  it('tell questions from paragraphs', async () => {
    const [first, second] = unitVectors(2) as [Float32Array, Float32Array]
    const folder = await temporaryFolder()
    const builder = await VectorStoreBuilder.create(DIMENSIONS, 2)
    builder.add(first, { kind: 'paragraph', position: 0 })
    builder.add(second, { kind: 'question', position: 0 })
    await builder.save(folder)
    const store = await VectorStore.open(folder, DIMENSIONS)
    expect((await store.nearest(second, 1))[0]).toMatchObject({ kind: 'question', position: 0 })
  })
})

it('refuses a vector of another length', async () => {
  const builder = await VectorStoreBuilder.create(DIMENSIONS, 2)
  expect(() => builder.add(new Float32Array(DIMENSIONS + 1), paragraph(0))).toThrow(
    /33 dimensions instead of 32/,
  )
})

it('makes equal files of equal vectors', async () => {
  const folders = await Promise.all([temporaryFolder(), temporaryFolder()])
  for (const folder of folders) await storeOf(unitVectors(500), folder)
  const [one, two] = await Promise.all(folders.map(folder => readFile(join(folder, VECTOR_FILES.graph))))
  expect(one?.equals(two as Buffer)).toBe(true)
})

describe('a store that is changed', () => {
  it('finds what stayed under its new position, and what was added, and nothing that was taken out', async () => {
    const [before, after] = [await temporaryFolder(), await temporaryFolder()]
    const vectors = unitVectors(1_000)
    await storeOf(vectors, before)
    const isRemoved = (position: number) => position % 10 === 0
    const builder = await VectorStoreBuilder.change(before, DIMENSIONS, ({ position }) =>
      isRemoved(position) ? null : paragraph(position + 5_000),
    )
    const added = unitVectors(50, 99)
    for (const [at, vector] of added.entries()) builder?.add(vector, paragraph(9_000 + at))
    expect(builder?.size).toBe(950)
    await builder?.save(after)
    const store = await VectorStore.open(after, DIMENSIONS)
    for (const [at, vector] of added.entries())
      expect((await store.nearest(vector, 1))[0]?.position).toBe(9_000 + at)
    for (const [at, vector] of vectors.entries()) {
      const [nearest] = await store.nearest(vector, 1)
      if (isRemoved(at)) expect(nearest?.position).not.toBe(at + 5_000)
      else expect(nearest?.position).toBe(at + 5_000)
    }
  })

  it('is built anew when a large share is taken out', async () => {
    const folder = await temporaryFolder()
    await storeOf(unitVectors(100), folder)
    const half = ({ position }: VectorEntry) => (position < 50 ? paragraph(position) : null)
    expect(await VectorStoreBuilder.change(folder, DIMENSIONS, half)).toBeNull()
  })
})

describe('a graph file', () => {
  async function graphFile() {
    const folder = await temporaryFolder()
    await storeOf(unitVectors(300), folder)
    return { folder, path: join(folder, VECTOR_FILES.graph) }
  }

  it('that is whole raises no complaint', async () => {
    expect(await checkGraphFile((await graphFile()).path, 300, DIMENSIONS)).toBeNull()
  })

  it('that is cut short anywhere raises one', async () => {
    const { path } = await graphFile()
    const whole = await readFile(path)
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      await writeFile(path, whole.subarray(0, Math.floor(share * whole.length)))
      expect(await checkGraphFile(path, 300, DIMENSIONS)).not.toBeNull()
    }
  })

  it('that holds another number of vectors, or others, raises one', async () => {
    const { path } = await graphFile()
    expect(await checkGraphFile(path, 299, DIMENSIONS)).toMatch(/300 vectors instead of 299/)
    expect(await checkGraphFile(path, 300, 64)).toMatch(/32 dimensions/)
  })

  it('that is cut short is refused before native code reads it', async () => {
    const { folder, path } = await graphFile()
    await truncate(path, 5_000)
    await expect(VectorStore.open(folder, DIMENSIONS)).rejects.toMatchObject({
      code: 'index-damaged',
      message: expect.stringContaining('npm run ingest -- --force'),
    })
  })
})

it('is held by a file that hnswlib itself can read', async () => {
  const folder = await temporaryFolder()
  await mkdir(folder, { recursive: true })
  await storeOf(unitVectors(20), folder)
  const { HierarchicalNSW } = createRequire(import.meta.url)('hnswlib-node') as typeof import('hnswlib-node')
  const index = new HierarchicalNSW('ip', DIMENSIONS)
  index.readIndexSync(join(folder, VECTOR_FILES.graph))
  expect(index.getCurrentCount()).toBe(20)
})
