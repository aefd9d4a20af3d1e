/** Vectors of external models, kept by the hash of their text, so that no text is embedded twice. */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Embedder } from './embedder.js'

/** Bytes of the hash that names a text. */
const KEY_BYTES = 16

const CHECKSUM_BYTES = 4

/** Number of question vectors kept in memory. */
const RECENT_QUERIES = 1_000

/**
 * An embedder that remembers. The file only grows: one record of key, vector and checksum for each text. A record that
 * was not written whole ends the file; it is cut off when the file is opened.
 */
export class EmbeddingCache implements Embedder {
  readonly id: string
  readonly dimensions: number
  readonly #embedder: Embedder
  readonly #path: string
  readonly #vectors: Map<string, Float32Array>
  readonly #queries = new Map<string, Float32Array>()

  private constructor(embedder: Embedder, path: string, vectors: Map<string, Float32Array>) {
    this.id = embedder.id
    this.dimensions = embedder.dimensions
    this.#embedder = embedder
    this.#path = path
    this.#vectors = vectors
  }

  /** Puts a cache around an embedder, with the vectors that earlier runs left in the folder. */
  static async around(embedder: Embedder, folder: string): Promise<EmbeddingCache> {
    await mkdir(folder, { recursive: true })
    const readable = embedder.id.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60)
    const name = `${readable}-${keyOf(embedder.id).slice(0, 8)}-${embedder.dimensions}.vectors`
    const path = join(folder, name)
    return new EmbeddingCache(embedder, path, await readVectors(path, embedder.dimensions))
  }

  async embedPassages(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const keys = texts.map(keyOf)
    const missing = new Map<string, string>()
    for (const [at, key] of keys.entries()) if (!this.#vectors.has(key)) missing.set(key, texts[at] as string)
    if (missing.size > 0) {
      const vectors = await this.#embedder.embedPassages([...missing.values()], signal)
      const records: Buffer[] = []
      for (const [at, key] of [...missing.keys()].entries()) {
        const vector = vectors[at] as Float32Array
        this.#vectors.set(key, vector)
        records.push(toRecord(key, vector))
      }
      const file = await open(this.#path, 'a')
      try {
        await file.writeFile(Buffer.concat(records))
      } finally {
        await file.close()
      }
    }
    return keys.map(key => this.#vectors.get(key) as Float32Array)
  }

  async embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array> {
    const known = this.#queries.get(text)
    if (known) return known
    const vector = await this.#embedder.embedQuery(text, signal)
    const [oldest] = this.#queries.keys()
    if (this.#queries.size >= RECENT_QUERIES && oldest !== undefined) this.#queries.delete(oldest)
    this.#queries.set(text, vector)
    return vector
  }
}

function keyOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * KEY_BYTES)
}

function toRecord(key: string, vector: Float32Array): Buffer {
  const body = Buffer.concat([
    Buffer.from(key, 'hex'),
    Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
  ])
  const checksum = Buffer.alloc(CHECKSUM_BYTES)
  checksum.writeUInt32LE(crc32(body))
  return Buffer.concat([body, checksum])
}

async function readVectors(path: string, dimensions: number): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>()
  const data = await readFile(path).catch(() => Buffer.alloc(0))
  const bodyBytes = KEY_BYTES + dimensions * Float32Array.BYTES_PER_ELEMENT
  let at = 0
  for (; at + bodyBytes + CHECKSUM_BYTES <= data.length; at += bodyBytes + CHECKSUM_BYTES) {
    const body = data.subarray(at, at + bodyBytes)
    if (data.readUInt32LE(at + bodyBytes) !== crc32(body)) break
    // A copy, because the vectors in the file are not aligned for a typed array.
    const values = Uint8Array.from(body.subarray(KEY_BYTES))
    vectors.set(body.toString('hex', 0, KEY_BYTES), new Float32Array(values.buffer))
  }
  if (at < data.length) await truncate(path, at)
  return vectors
}
