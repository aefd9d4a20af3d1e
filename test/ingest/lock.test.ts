import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireLock, type LockHolder } from '../../ingest/lock.js'
import { temporaryFolder } from '../support/ingest-folders.js'

const holder = (changes: Partial<LockHolder>): string =>
  JSON.stringify({
    token: 'een-ander',
    pid: process.pid,
    host: hostname(),
    processStart: null,
    since: '2026-01-01T00:00:00.000Z',
    ...changes,
  })

/** A process that has ended: its number belongs to nobody. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid as number
}

describe('a lock', () => {
  it('is taken, and free again after its release', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    const first = await acquireLock(path)
    await first.assertHeld()
    await first.release()
    const second = await acquireLock(path)
    await second.release()
  })

  it('that is held is refused, naming process and machine', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    const lock = await acquireLock(path)
    await expect(acquireLock(path)).rejects.toMatchObject({
      code: 'index-locked',
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
    })
    await lock.release()
  })

  it('is waited for by who has patience, who is told once', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    const lock = await acquireLock(path)
    const told: LockHolder[] = []
    const waiting = acquireLock(path, { patience: 30_000, onWait: each => told.push(each) })
    setTimeout(() => void lock.release(), 500)
    const second = await waiting
    expect(told.map(({ pid }) => pid)).toEqual([process.pid])
    await second.release()
  })

  it('of a process that has ended is taken over', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    await writeFile(path, holder({ pid: await endedProcess() }))
    await (await acquireLock(path)).release()
  })

  it('of a process whose number now belongs to another is taken over', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    await writeFile(path, holder({ processStart: 'an-older-start:1' }))
    await (await acquireLock(path)).release()
  })

  it('on another machine is kept while it gives signs of life, and taken over when it falls silent', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    await writeFile(path, holder({ host: 'elders' }))
    await expect(acquireLock(path)).rejects.toMatchObject({ code: 'index-locked' })
    const longAgo = new Date(Date.now() - 3_600_000)
    await utimes(path, longAgo, longAgo)
    await (await acquireLock(path)).release()
  })

  it('that cannot be read is taken over', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    await writeFile(path, '')
    await (await acquireLock(path)).release()
  })

  it('is taken without what a process left that was killed before it had it', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'ingest.lock')
    await writeFile(`${path}.dood.unfinished`, holder({ pid: await endedProcess() }))
    await writeFile(`${path}.wacht.unfinished`, holder({}))
    await (await acquireLock(path)).release()
    expect(await readdir(folder)).toEqual(['ingest.lock.wacht.unfinished'])
  })

  it('that was lost is noticed, and the lock of the other stays', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    const lock = await acquireLock(path)
    await writeFile(path, holder({}))
    await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'index-locked' })
    await lock.release()
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ token: 'een-ander' })
  })

  it('goes to exactly one of many who find a dead one at the same moment', async () => {
    const path = join(await temporaryFolder(), 'ingest.lock')
    await writeFile(path, holder({ pid: await endedProcess() }))
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
