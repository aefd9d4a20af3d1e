/** One ingest at a time: a lock file that names its holder, and that a dead holder does not keep. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { UNFINISHED, writeFault } from './durable-files.js'
import { IngestFault } from './faults.js'

const holderSchema = z.object({
  token: z.string(),
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, as its system tells it; tells it from a later process with the same number. */
  processStart: z.string().nullable(),
  since: z.string(),
})
/** Who holds a lock. */
export type LockHolder = z.infer<typeof holderSchema>

/** Time between two signs of life of a holder, in milliseconds. */
const HEARTBEAT = 5_000

/** Silence after which a holder on another machine counts as dead, in milliseconds. */
const LONGEST_SILENCE = 120_000

/** Time within which a file of a few bytes is written, in milliseconds. */
const LONGEST_WRITE = 1_000

/** Time between two looks at a lock that is taken, in milliseconds. */
const POLL = 200

/** A lock that is held. */
export interface Lock {
  /**
   * Makes sure that nobody took the lock over.
   *
   * @throws {IngestFault} `index-locked`
   */
  assertHeld(): Promise<void>
  release(): Promise<void>
}

/** Settings of `acquireLock`. */
export interface LockSettings {
  /** Longest wait for another holder, in milliseconds; 0 does not wait. */
  readonly patience?: number
  /** Called once when the lock is held by another. */
  readonly onWait?: (holder: LockHolder) => void
  readonly signal?: AbortSignal
}

/**
 * Takes the lock, or waits for it.
 *
 * @throws {IngestFault} `index-locked` naming the holder, `disk-full`, `folder-unwritable`
 */
export async function acquireLock(path: string, settings: LockSettings = {}): Promise<Lock> {
  const { patience = 0, onWait, signal } = settings
  const deadline = Date.now() + patience
  const token = randomUUID()
  const self: LockHolder = {
    token,
    pid: process.pid,
    host: hostname(),
    processStart: await processStart(process.pid),
    since: new Date().toISOString(),
  }
  const prepared = `${path}.${token}${UNFINISHED}`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(prepared, JSON.stringify(self))
  } catch (error) {
    throw writeFault(error, dirname(path))
  }
  try {
    for (let announced = false; ; ) {
      signal?.throwIfAborted()
      if (await take(prepared, path)) {
        await removeAbandoned(prepared, path)
        return held(path, self)
      }
      const holder = await readHolder(path)
      if (holder === 'gone') continue
      if (holder === 'unreadable' || (await isDead(path, holder))) {
        await removeStale(prepared, path, holder === 'unreadable' ? null : holder.token)
        continue
      }
      if (Date.now() >= deadline) throw lockedBy(path, holder)
      if (!announced) onWait?.(holder)
      announced = true
      await wait(POLL, undefined, signal ? { signal } : {})
    }
  } finally {
    await rm(prepared, { force: true })
  }
}

/** Removes what processes left that were killed before or while they waited for the lock. */
async function removeAbandoned(prepared: string, path: string): Promise<void> {
  const folder = dirname(path)
  const beginning = `${basename(path)}.`
  for (const name of await readdir(folder).catch(() => [])) {
    const other = join(folder, name)
    if (other === prepared || !name.startsWith(beginning) || !name.endsWith(UNFINISHED)) continue
    const holder = await readHolder(other)
    // One that is just being written cannot be read yet; that takes no second.
    const { mtimeMs } = await stat(other).catch(() => ({ mtimeMs: Date.now() }))
    const isOld = Date.now() - mtimeMs > LONGEST_WRITE
    if (holder === 'gone') continue
    if (holder === 'unreadable' ? isOld : await isDead(other, holder)) await rm(other, { force: true })
  }
}

function lockedBy(path: string, { pid, host, since }: LockHolder): IngestFault {
  return new IngestFault(
    'index-locked',
    `Another ingest is running: process ${pid} on ${host}, since ${since}. Wait until it is done, or stop it. If there is no such process, remove ${path}.`,
  )
}

/** A link appears at one moment and with its content, which a file that is created and then written does not. */
async function take(prepared: string, path: string): Promise<boolean> {
  try {
    // The age of a lock tells whether its holder lives, and this file may have waited for long.
    const now = new Date()
    await utimes(prepared, now, now)
    await link(prepared, path)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') return false
    throw writeFault(error, dirname(path))
  }
}

async function readHolder(path: string): Promise<LockHolder | 'gone' | 'unreadable'> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return 'gone'
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return 'unreadable'
  }
}

async function isDead(path: string, holder: LockHolder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    return Date.now() - mtimeMs > LONGEST_SILENCE
  }
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM means that it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
  const start = await processStart(holder.pid)
  return start !== null && holder.processStart !== null && start !== holder.processStart
}

/** Start of a process and of its system; `null` where the system does not tell. */
async function processStart(pid: number): Promise<string | null> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; the start is the 22nd field, 20 after the parenthesis (proc_pid_stat(5)).
    const start = status.slice(status.lastIndexOf(')') + 2).split(' ')[19]
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()}:${start}`
  } catch {
    return null
  }
}

/** Age from which the guard below was left by a process that was killed in the middle, in milliseconds. */
const LONGEST_REMOVAL = 10_000

/**
 * Removes the lock of a dead holder. Several may want to at once, and one may have taken the lock anew meanwhile: so only
 * who holds the guard looks again, and removes.
 *
 * @param prepared file of the one that removes
 * @param token of the dead holder; `null` when the lock cannot be read
 */
async function removeStale(prepared: string, path: string, token: string | null): Promise<void> {
  const guard = `${path}.removal`
  if (!(await take(prepared, guard))) {
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > LONGEST_REMOVAL) await rm(guard, { force: true })
    await wait(POLL / 10)
    return
  }
  try {
    const now = await readHolder(path)
    const isSame = typeof now === 'object' ? now.token === token : now === 'unreadable' && token === null
    if (isSame) await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

function held(path: string, self: LockHolder): Lock {
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, HEARTBEAT)
  beat.unref()
  return {
    async assertHeld() {
      const holder = await readHolder(path)
      if (typeof holder === 'object' && holder.token === self.token) return
      if (typeof holder === 'object') throw lockedBy(path, holder)
      throw new IngestFault(
        'index-locked',
        `${path} was removed while this ingest was running. Run it again.`,
      )
    },
    async release() {
      clearInterval(beat)
      const holder = await readHolder(path)
      if (typeof holder === 'object' && holder.token === self.token) await rm(path, { force: true })
    },
  }
}
