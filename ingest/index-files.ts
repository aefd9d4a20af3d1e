/**
 * The files of an index: their names, the manifest that tells what they hold, and whether they are whole. Each index is a
 * generation, a folder of its own; the file `current` names the one in use.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256, sha256OfFile } from './durable-files.js'
import { IngestFault } from './faults.js'

/** Version of the stored format; another one is refused and rebuilt. 1 held the corpus as one JSON file. */
export const FORMAT_VERSION = 2

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

/** Names of the files beside those of the search and of the vectors. */
export const FILES = {
  documents: 'documents.json',
  content: 'content.jsonl',
  positions: 'positions.bin',
  parts: 'parts.json',
} as const

/** What to do about an index that cannot be used. */
export const ANEW = 'Make the index anew with: npm run ingest -- --force'

/** Name of the file that names the generation in use, with the hash of its manifest. */
export const CURRENT_FILE = 'current'

/** How the folders of generations begin; a random UUID follows. */
export const GENERATION_PREFIX = 'generation-'

/** Name of a generation, and the hash of its manifest where it is given. */
const CURRENT_TEXT = new RegExp(`^(${GENERATION_PREFIX}[0-9a-f-]{36})(?: ([0-9a-f]{64}))?\\s*$`)

/** One index of a folder. */
export interface Generation {
  readonly folder: string
  readonly name: string
  readonly manifestHash: string | null
}

/**
 * The index in use.
 *
 * @throws {IngestFault} `index-missing`, `index-damaged`
 */
export async function currentGeneration(folder: string): Promise<Generation> {
  const text = await readFile(join(folder, CURRENT_FILE), 'utf8').catch(cause => {
    throw new IngestFault('index-missing', `There is no index in ${folder}. Make it with: npm run ingest`, {
      cause,
    })
  })
  const match = CURRENT_TEXT.exec(text)
  if (!match) throw new IngestFault('index-damaged', `${join(folder, CURRENT_FILE)} is damaged. ${ANEW}`)
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

/** The manifest of one index. Throws as `readIndexManifest` does. */
export async function readManifestOf(folder: string, generation: Generation): Promise<IndexManifest> {
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

/** Compares a file with its checksum; gives its bytes when they are to be kept. */
export async function checkFile(
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
