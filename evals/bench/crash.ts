/**
 * `npm run bench -- crash [rounds]`: an ingest is killed (SIGKILL) at random moments. After each kill the index must be the old
 * or the new one, whole, and the next ingest must finish the work.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import { ingest } from '../../ingest/ingest.js'
import { verifyIndex } from '../../ingest/inspect-index.js'
import { openIndex } from '../../ingest/paragraph-index.js'
import { readArguments } from '../commands/arguments.js'
import { EvalFault } from '../faults.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'

/** When an ingest was killed: before it wrote anything, between the first write and the swap, or after the swap. */
export type KillMoment = 'before' | 'between' | 'after'

/** What came out of some rounds. */
export interface CrashResult {
  readonly rounds: number
  readonly moments: Readonly<Record<KillMoment, number>>
  /** Rounds after which the old index was current. */
  readonly old: number
  /** Rounds after which the new index was current. */
  readonly new: number
  /** What was wrong, round by round; empty when nothing was. */
  readonly faults: readonly string[]
}

const DOCUMENTS = 40
const PARAGRAPHS = 25

/** One of two corpora of invented letters: every other document differs between them, so that each ingest has work to do. */
async function writeLetters(folder: string, version: 'a' | 'b'): Promise<void> {
  const streets = ['Kerkstraat', 'Markt', 'Singel', 'Molenweg', 'Stationsplein', 'Dorpsstraat']
  const things = ['lantaarns', 'bomen', 'banken', 'drempels', 'borden', 'fietsenrekken', 'speeltoestellen']
  await mkdir(folder, { recursive: true })
  for (let number = 0; number < DOCUMENTS; number++) {
    const paragraphs = Array.from({ length: PARAGRAPHS }, (_, at) => {
      const street = streets[(number + at) % streets.length]
      const thing = things[(number * 3 + at) % things.length]
      const count = number * PARAGRAPHS + at + (version === 'b' && number % 2 === 0 ? 10_000 : 0)
      return `In de ${street} plaatst de gemeente dit jaar ${count} nieuwe ${thing}, na overleg met de bewoners.`
    })
    await writeFile(join(folder, `brief-${number}.txt`), `${paragraphs.join('\n\n')}\n`)
  }
}

function startIngest(sources: string, indexFolder: string): ChildProcess {
  const script = fileURLToPath(new URL('crash-child.ts', import.meta.url))
  return fork(script, [sources, indexFolder], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

async function untilMessage(child: ChildProcess, wanted: string): Promise<void> {
  for (;;) {
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('The ingest ended by itself.'))),
    ])
    if (message === wanted) return
  }
}

const embedder = openEmbeddedEmbedder()

async function indexVersion(folder: string): Promise<string> {
  const index = await openIndex(folder, embedder)
  await index.close()
  return index.version
}

/** Tells at which moment an ingest was killed, from what it left. */
async function momentOf(indexFolder: string, wasCurrent: string): Promise<KillMoment> {
  const current = await readFile(join(indexFolder, 'current'), 'utf8')
  if (current !== wasCurrent) return 'after'
  const names = await readdir(indexFolder)
  return names.some(name => name.startsWith('generation-') && !current.startsWith(name))
    ? 'between'
    : 'before'
}

/**
 * Kills ingests and looks at what they leave.
 *
 * @param rounds number of kills
 * @param random gives numbers 0..1
 */
export async function crashRounds(
  rounds: number,
  random: () => number = Math.random,
  onRound?: (done: number) => void,
): Promise<CrashResult> {
  const folder = await mkdtemp(join(tmpdir(), 'vindplaats-crash-'))
  try {
    const sources = { a: join(folder, 'a'), b: join(folder, 'b') }
    const indexFolder = join(folder, 'index')
    const versions = { a: '', b: '' }
    for (const name of ['a', 'b'] as const) {
      await writeLetters(sources[name], name)
      const clean = join(folder, `clean-${name}`)
      await ingest({ sources: [sources[name]], indexFolder: clean, embedder, enrichment: true })
      versions[name] = await indexVersion(clean)
    }
    if (versions.a === versions.b) throw new Error('The two corpora give the same index.')
    await ingest({ sources: [sources.a], indexFolder, embedder, enrichment: true })
    let span = await measureIngest(sources.b, indexFolder)
    const moments = { before: 0, between: 0, after: 0 }
    const outcomes = { old: 0, new: 0 }
    const faults: string[] = []
    let now: 'a' | 'b' = 'b'
    for (let round = 1; round <= rounds; round++) {
      const next: 'a' | 'b' = now === 'a' ? 'b' : 'a'
      const wasCurrent = await readFile(join(indexFolder, 'current'), 'utf8')
      // Two of three kills come while it writes; the third at any moment from its beginning.
      await killIngest(sources[next], indexFolder, random() * span, round % 3 === 0 ? 'begin' : 'write')
      const moment = await momentOf(indexFolder, wasCurrent)
      moments[moment]++
      // The machine may have been busier, or less busy, when the span was measured.
      if (moment === 'after') span *= 0.8
      else if (moment === 'between') span *= 1.05
      try {
        const version = await indexVersion(indexFolder)
        if (version === versions[now]) outcomes.old++
        else if (version === versions[next]) outcomes.new++
        else faults.push(`round ${round}: the index is neither the old nor the new one`)
      } catch (error) {
        faults.push(`round ${round}: after the kill: ${error instanceof Error ? error.message : error}`)
      }
      await ingest({ sources: [sources[next]], indexFolder, embedder, enrichment: true })
      const { complaints } = await verifyIndex(indexFolder, embedder)
      for (const complaint of complaints) faults.push(`round ${round}: after the next ingest: ${complaint}`)
      if ((await indexVersion(indexFolder)) !== versions[next])
        faults.push(`round ${round}: the next ingest did not finish the work`)
      const left = (await readdir(indexFolder, { recursive: true })).filter(name =>
        /unfinished|lock/.test(name),
      )
      if (left.length > 0) faults.push(`round ${round}: left behind: ${left.join(', ')}`)
      now = next
      onRound?.(round)
    }
    return { rounds, moments, ...outcomes, faults }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How long an ingest takes that nobody kills, in milliseconds. */
async function measureIngest(sources: string, indexFolder: string): Promise<number> {
  const child = startIngest(sources, indexFolder)
  await untilMessage(child, 'begin')
  const started = performance.now()
  await untilMessage(child, 'end')
  const duration = performance.now() - started
  if (child.exitCode === null) await once(child, 'exit')
  return duration
}

/** Kills an ingest some milliseconds after it began, or after its first write. */
async function killIngest(
  sources: string,
  indexFolder: string,
  after: number,
  from: 'begin' | 'write',
): Promise<void> {
  const before = new Set(await readdir(indexFolder))
  const isNew = (name: string) => name.startsWith('generation-') && !before.has(name)
  const child = startIngest(sources, indexFolder)
  await untilMessage(child, 'begin')
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  while (from === 'write' && !hasEnded() && !(await readdir(indexFolder)).some(isNew)) await wait(1)
  await wait(after)
  const exited = hasEnded() ? null : once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const DEFAULT_ROUNDS = 100

/** Runs the measurement; the exit code is 1 when an index was damaged or a third of the kills missed the writing. */
export async function bench(arguments_: readonly string[]): Promise<number> {
  const { positionals } = readArguments(arguments_, {})
  const rounds = Number(positionals[0] ?? DEFAULT_ROUNDS)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new EvalFault('arguments-invalid', `"${positionals[0]}" is not a number of rounds.`)
  const result = await crashRounds(rounds, Math.random, done => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${rounds} kills `)
  })
  const { moments } = result
  console.log(
    `${rounds} kills: ${moments.before} before the first write, ${moments.between} between first write and swap, ` +
      `${moments.after} after it. Then current: the old index ${result.old} times, the new one ${result.new} times.`,
  )
  for (const fault of result.faults) console.log(fault)
  console.log(result.faults.length === 0 ? 'Every index was whole.' : `${result.faults.length} faults.`)
  const environment = await describeEnvironment()
  console.log(environmentText(environment))
  await keepMeasurement('crash', environment, result)
  return result.faults.length > 0 || moments.between < rounds / 3 ? 1 : 0
}
