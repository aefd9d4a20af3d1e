/** Files that are whole or absent after a crash: flushed, then moved into place. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { IngestFault } from './faults.js'

/** SHA-256 of bytes, lower-case hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex')
}

/** SHA-256 of a file, read in pieces, so that a large one does not have to fit into memory. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** Writes a file and flushes it to disk. */
export async function writeDurably(path: string, data: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Flushes to disk what another library wrote into a file. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Flushes the names in a folder. Some systems cannot open folders; there, renaming is all that can be done. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null)
  if (!folder) return
  try {
    await folder.sync()
  } catch {
    // Not every file system flushes folders.
  } finally {
    await folder.close()
  }
}

/** Names of unfinished files end so; a later run removes what a crash left. */
export const UNFINISHED = '.unfinished'

/** Puts a file in the place of another at one moment; a crash leaves the old or the new one, whole. */
export async function replaceDurably(path: string, data: Uint8Array | string): Promise<void> {
  const unfinished = `${path}.${randomUUID().slice(0, 8)}${UNFINISHED}`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeDurably(unfinished, data)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    throw error
  }
  await flushFolder(dirname(path))
}

/** A fault that says what to do, for an error while writing into a folder; other errors are given back as they are. */
export function writeFault(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new IngestFault(
      'disk-full',
      `There is no room left to write into ${folder}; what was there before is unchanged. Make room on that disk and run again.`,
      { cause: error },
    )
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new IngestFault(
      'folder-unwritable',
      `${folder} cannot be written to (${code}). Give this user write access, or set DATA_DIR to another folder.`,
      { cause: error },
    )
  return error
}

/** Writes one large file piece by piece. */
export class FileAppender {
  readonly #file: Awaited<ReturnType<typeof open>>
  readonly #hash = createHash('sha256')
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #bytes = 0

  private constructor(file: Awaited<ReturnType<typeof open>>) {
    this.#file = file
  }

  /** Creates the file, or empties it. */
  static async create(folder: string, name: string): Promise<FileAppender> {
    return new FileAppender(await open(join(folder, name), 'w'))
  }

  /** Bytes added so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Adds bytes; they must not be changed afterwards. */
  async add(data: Uint8Array): Promise<void> {
    this.#waiting.push(data)
    this.#waitingBytes += data.length
    this.#bytes += data.length
    if (this.#waitingBytes > 1 << 20) await this.#write()
  }

  async #write(): Promise<void> {
    const data = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#hash.update(data)
    await this.#file.writeFile(data)
  }

  /** Flushes and closes the file. */
  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    try {
      await this.#write()
      await this.#file.sync()
    } finally {
      await this.#file.close()
    }
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  /** Closes the file without finishing it. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => {})
  }
}
