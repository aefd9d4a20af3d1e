/** The parts of documents in an index folder, its lock, and the removal of parts and leftovers that nothing needs any more. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UNFINISHED } from './durable-files.js'
import { IngestFault } from './faults.js'
import { CURRENT_FILE, GENERATION_PREFIX } from './index-files.js'
import { DamagedPart, StoredPart } from './index-part.js'
import { acquireLock } from './lock.js'

const PARTS_FOLDER = 'parts'

/** Name of the lock of an index folder. */
export const LOCK_FILE = 'ingest.lock'

/** Where the part with a key is stored. */
export const pathOfPart = (indexFolder: string, key: string) => join(indexFolder, PARTS_FOLDER, `${key}.part`)

/** The stored part with a key; `null` when it is absent or damaged. */
export function openPart(indexFolder: string, key: string): StoredPart | null {
  try {
    return StoredPart.open(pathOfPart(indexFolder, key))
  } catch (error) {
    if (error instanceof DamagedPart) return null
    throw error
  }
}

/** Names in an index folder that a crash left behind; the lock of a dead holder too. */
async function findLeftovers(indexFolder: string): Promise<string[]> {
  const current = await readFile(join(indexFolder, CURRENT_FILE), 'utf8').catch(() => '')
  const found: string[] = []
  for (const folder of [indexFolder, join(indexFolder, PARTS_FOLDER)]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const isUnfinished = name.endsWith(UNFINISHED) && !name.startsWith(LOCK_FILE)
      const isOldGeneration = name.startsWith(GENERATION_PREFIX) && !current.startsWith(name)
      if (isUnfinished || isOldGeneration || name === LOCK_FILE) found.push(join(folder, name))
    }
  }
  return found
}

/** Removes what a crash left behind. Only called by the holder of the lock. */
export async function removeLeftovers(indexFolder: string): Promise<void> {
  for (const path of await findLeftovers(indexFolder))
    if (basename(path) !== LOCK_FILE) await rm(path, { recursive: true, force: true }).catch(() => {})
}

/** Removes what an ingest left behind that was killed when all its work was done; not while another one runs. */
export async function tidy(indexFolder: string): Promise<void> {
  if ((await findLeftovers(indexFolder)).length === 0) return
  try {
    const lock = await acquireLock(join(indexFolder, LOCK_FILE))
    try {
      await removeLeftovers(indexFolder)
    } finally {
      await lock.release()
    }
  } catch (error) {
    // An index can also be used where nothing may be written, or while another ingest runs.
    if (!(error instanceof IngestFault)) throw error
  }
}

/** Removes parts that the index does not hold any more. */
export async function removeOldParts(indexFolder: string, keys: ReadonlySet<string>): Promise<void> {
  const folder = join(indexFolder, PARTS_FOLDER)
  for (const name of await readdir(folder).catch(() => []))
    if (!keys.has(name.replace(/\.part$/, ''))) await rm(join(folder, name), { force: true }).catch(() => {})
}
