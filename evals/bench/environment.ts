/** What a measurement was made on, and where it is kept. */
import { mkdir, writeFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { RUNS_FOLDER } from '../commands/folders.js'
import { currentCommit } from '../configured.js'

/** The machine and the code of a measurement. */
export interface Environment {
  readonly commit: string | null
  readonly node: string
  readonly system: string
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
}

/** Describes this machine. */
export async function describeEnvironment(): Promise<Environment> {
  return {
    commit: await currentCommit(),
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  }
}

/** One line that says what a measurement was made on. */
export function environmentText(environment: Environment): string {
  const { commit, node, system, processor, cores, memoryGigabytes } = environment
  return `commit ${commit ?? '–'}, Node ${node}, ${system}, ${processor}, ${cores} cores, ${memoryGigabytes} GB`
}

/** Keeps a measurement as `evals/runs/bench-<name>-<time>.json` and prints where. */
export async function keepMeasurement(
  name: string,
  environment: Environment,
  result: unknown,
): Promise<void> {
  await mkdir(RUNS_FOLDER, { recursive: true })
  const measuredAt = new Date().toISOString()
  const file = join(RUNS_FOLDER, `bench-${name}-${measuredAt.replace(/[:.]/g, '-')}.json`)
  await writeFile(file, `${JSON.stringify({ name, measuredAt, environment, result }, null, 2)}\n`)
  console.log(`\nkept: ${file}`)
}
