/** Vectors of external models, kept by the hash of their text, so that no text is embedded twice. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeFault } from './durable-files.js'
import type { Embedder } from './embedder.js'

/** Bytes of the hash that names a text. */
const KEY_BYTES = 16

const CHECKSUM_BYTES = 4

/** Number of question vectors kept in memory. */
const RECENT_QUERIES = 1_000

/** Number of new passage vectors kept in memory; those of earlier runs are read when asked for. */
const RECENT_PASSAGES = 10_000

/** Where a vector lies. */
interface Place {
  readonly path: string
  readonly start: number
}

/**
 * An embedder that remembers. Every run and thread writes a file of its own, of records of key, vector and checksum, and
 * reads those of all; so that nobody has to wait, and a record that a crash cut short harms no other.
 */
export class EmbeddingCache implements Embedder {
  readonly id: string
  readonly dimensions: number
  readonly #embedder: Embedder
  readonly #folder: string
  readonly #path: string
  readonly #passages = new Map<string, Float32Array>()
  readonly #queries = new Map<string, Float32Array>()
  #places: Promise<Map<string, Place>> | null = null

  /**
   * @param folder holds a folder for each embedder; made when needed
   */
  constructor(embedder: Embedder, folder: string) {
    this.id = embedder.id
    this.dimensions = embedder.dimensions
    this.#embedder = embedder
    const readable = embedder.id.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60)
    this.#folder = join(folder, `${readable}-${keyOf(embedder.id).slice(0, 8)}-${embedder.dimensions}`)
    this.#path = join(this.#folder, `${randomUUID()}.vectors`)
  }

  async embedPassages(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const keys = texts.map(keyOf)
    const found = await this.#read(new Set(keys))
    const missing = new Map<string, string>()
    for (const [at, key] of keys.entries()) if (!found.has(key)) missing.set(key, texts[at] as string)
    if (missing.size > 0) {
      const vectors = await this.#embedder.embedPassages([...missing.values()], signal)
      const added = [...missing.keys()].map((key, at) => [key, vectors[at] as Float32Array] as const)
      for (const [key, vector] of added) {
        found.set(key, vector)
        remember(this.#passages, key, vector, RECENT_PASSAGES)
      }
      await this.#append(added)
    }
    return keys.map(key => found.get(key) as Float32Array)
  }

  async embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array> {
    const known = this.#queries.get(text)
    if (known) return known
    const vector = await this.#embedder.embedQuery(text, signal)
    remember(this.#queries, text, vector, RECENT_QUERIES)
    return vector
  }

  /** The vectors that are known; one whose record is damaged is not. */
  async #read(keys: ReadonlySet<string>): Promise<Map<string, Float32Array>> {
    this.#places ??= findPlaces(this.#folder, this.dimensions)
    const places = await this.#places
    const found = new Map<string, Float32Array>()
    const byPath = new Map<string, { key: string; start: number }[]>()
    for (const key of keys) {
      const recent = this.#passages.get(key)
      const place = places.get(key)
      if (recent) found.set(key, recent)
      else if (place) byPath.set(place.path, [...(byPath.get(place.path) ?? []), { key, start: place.start }])
    }
    for (const [path, wanted] of byPath) {
      const file = await open(path, 'r').catch(() => null)
      if (!file) continue
      try {
        for (const { key, start } of wanted) {
          const record = Buffer.alloc(recordBytes(this.dimensions))
          await file.read(record, 0, record.length, start)
          const vector = fromRecord(record, key)
          if (vector) found.set(key, vector)
        }
      } finally {
        await file.close()
      }
    }
    return found
  }

  async #append(added: readonly (readonly [string, Float32Array])[]): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true })
      const file = await open(this.#path, 'a')
      try {
        await file.writeFile(Buffer.concat(added.map(([key, vector]) => toRecord(key, vector))))
      } finally {
        await file.close()
      }
    } catch (error) {
      throw writeFault(error, this.#folder)
    }
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  const [oldest] = map.keys()
  if (map.size >= most && oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}

function keyOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * KEY_BYTES)
}

const recordBytes = (dimensions: number) =>
  KEY_BYTES + dimensions * Float32Array.BYTES_PER_ELEMENT + CHECKSUM_BYTES

function toRecord(key: string, vector: Float32Array): Buffer {
  const body = Buffer.concat([
    Buffer.from(key, 'hex'),
    Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
  ])
  const checksum = Buffer.alloc(CHECKSUM_BYTES)
  checksum.writeUInt32LE(crc32(body))
  return Buffer.concat([body, checksum])
}

function fromRecord(record: Buffer, key: string): Float32Array | null {
  const body = record.subarray(0, record.length - CHECKSUM_BYTES)
  if (record.readUInt32LE(body.length) !== crc32(body) || body.toString('hex', 0, KEY_BYTES) !== key)
    return null
  // A copy, because the vectors in the file are not aligned for a typed array.
  return new Float32Array(Uint8Array.from(body.subarray(KEY_BYTES)).buffer)
}

/** Where the vector of each text lies, from the keys of all files. */
async function findPlaces(folder: string, dimensions: number): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  const size = recordBytes(dimensions)
  const chunk = Buffer.alloc(size * Math.max(1, Math.floor((1 << 22) / size)))
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const file = await open(path, 'r')
    try {
      for (let start = 0; ; ) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, start)
        for (let at = 0; at + size <= bytesRead; at += size)
          places.set(chunk.toString('hex', at, at + KEY_BYTES), { path, start: start + at })
        start += bytesRead
        if (bytesRead < chunk.length) break
      }
    } finally {
      await file.close()
    }
  }
  return places
}
