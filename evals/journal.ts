/**
 * The file of a run: JSON Lines, one case a line, written as the cases finish. So an interrupted run can be resumed, a
 * report can be made of any run, and the texts of 5,000 answers never stand in memory together.
 */
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, open, truncate, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { EvalFault } from './faults.js'
import { type MoreFigures, moreFiguresSchema } from './more-figures.js'
import { METRIC_NAMES, type Metric } from './score.js'
import type { CaseScore, Summary } from './summary.js'

/** Version of the run file; a file of another version is refused. */
const RUN_FORMAT = 1

/** What a run measured: figures without this say nothing. */
export interface RunIdentity {
  /** Commit of the working tree, with `+` when it had changes; `null` outside a repository. */
  readonly commit: string | null
  /** What was asked: `in process`, or the address of a server. */
  readonly target: string
  readonly embedder: string | null
  readonly model: string | null
  readonly promptVersion: string | null
  readonly indexVersion: string | null
  /** Settings that were changed for this run, by name. */
  readonly settings: Readonly<Record<string, string>>
  /** Hash over the cases that were asked. */
  readonly caseSet: string
  readonly node: string
  readonly startedAt: string
}

/** A cited or found paragraph as the report shows it. */
export interface ShownParagraph {
  readonly paragraphId: string
  readonly document: string
  readonly text: string
  readonly right: boolean
}

/** Everything kept of one case. */
export interface CaseResult extends CaseScore {
  readonly question: string
  /** Earlier turns of the conversation. */
  readonly earlier: readonly string[]
  readonly reason: string | null
  readonly answer: string
  readonly expectedAnswer: string
  readonly facts: readonly string[]
  readonly citations: readonly (ShownParagraph & {
    readonly marker: number
    readonly label: string | null
    readonly quote: string
    readonly support: string
  })[]
  /** The ten best paragraphs, texts shortened. */
  readonly retrieved: readonly (ShownParagraph & { readonly rank: number })[]
  readonly gold: readonly { readonly quote: string; readonly paragraphId: string; readonly text: string }[]
  readonly alternatives: readonly { readonly quote: string; readonly paragraphId: string }[]
  /** The question as it was searched and whatever else the assistant tells; `null` when it tells nothing. */
  readonly trace: { readonly understoodQuestion: string; readonly details: string } | null
}

/** A finished or interrupted run as read from its file. */
export interface StoredRun {
  readonly identity: RunIdentity
  readonly cases: readonly CaseScore[]
  readonly finished: boolean
  /** Figures beside those of the cases; `null` when the run did not measure them. */
  readonly more: MoreFigures | null
}

/** The headline of a run. */
export interface Headline {
  readonly cases: number
  readonly means: Readonly<Record<Metric, number | null>>
}

/** Writes a run, line by line. */
export class RunJournal {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Starts a new file, with its folder. */
  static async create(path: string, identity: RunIdentity): Promise<RunJournal> {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${JSON.stringify({ kind: 'run', format: RUN_FORMAT, identity })}\n`)
    return new RunJournal(path)
  }

  /**
   * Continues an interrupted file; a line that was cut off while it was written is taken away.
   *
   * @throws {EvalFault} `run-invalid` when the file is of another version or asked something else
   */
  static async resume(
    path: string,
    identity: RunIdentity,
  ): Promise<{ journal: RunJournal; done: readonly CaseScore[] }> {
    const stored = await readRun(path)
    const before = fingerprint(stored.identity)
    if (before !== fingerprint(identity))
      throw new EvalFault(
        'run-invalid',
        `${path} cannot be resumed: it measured something else (${before}; now ${fingerprint(identity)}). Start a new run.`,
      )
    await truncate(path, stored.wholeBytes)
    return { journal: new RunJournal(path), done: stored.cases }
  }

  async add(result: CaseResult): Promise<void> {
    await appendFile(this.path, `${JSON.stringify({ kind: 'case', result })}\n`)
  }

  /**
   * Closes the run, with its headline so that a trend over many runs need not read them whole.
   *
   * @param versions what took part, known only after the first answer
   */
  async finish(versions: Partial<RunIdentity>, { headline }: Summary): Promise<void> {
    const means = Object.fromEntries(METRIC_NAMES.map(metric => [metric, headline.metrics[metric].mean]))
    const finishedAt = new Date().toISOString()
    const end = { kind: 'end', finishedAt, versions, headline: { cases: headline.cases, means } }
    await appendFile(this.path, `${JSON.stringify(end)}\n`)
  }
}

function fingerprint({ commit, target, model, indexVersion, settings, caseSet }: RunIdentity): string {
  return JSON.stringify({ commit, target, model, indexVersion, settings, caseSet })
}

/**
 * Reads the scores of a run.
 *
 * @throws {EvalFault} `run-invalid` when the file cannot be read or is of another version
 */
export async function readRun(path: string): Promise<StoredRun & { readonly wholeBytes: number }> {
  const cases: CaseScore[] = []
  let identity = null as RunIdentity | null
  let finished = false
  let more: MoreFigures | null = null
  let wholeBytes = 0
  for await (const { entry, bytes } of entries(path)) {
    if (entry.kind === 'run') {
      if (entry.format !== RUN_FORMAT)
        throw new EvalFault(
          'run-invalid',
          `${path} has format ${entry.format}; this version reads ${RUN_FORMAT}.`,
        )
      identity = entry.identity
    } else if (entry.kind === 'case') cases.push(slim(entry.result))
    else if (entry.kind === 'more') more = moreFiguresSchema.parse(entry.figures)
    else {
      finished = true
      identity = identity && { ...identity, ...entry.versions }
    }
    wholeBytes += bytes
  }
  if (identity === null) throw new EvalFault('run-invalid', `${path} is not the file of a run.`)
  return { identity, cases, finished, more, wholeBytes }
}

/** Adds figures beside those of the cases to the file of a finished run. */
export async function addMoreFigures(path: string, figures: MoreFigures): Promise<void> {
  await appendFile(path, `${JSON.stringify({ kind: 'more', figures })}\n`)
}

/** Bytes read at either end of a file for its headline: the first and last lines are far shorter. */
const END_BYTES = 65_536

/**
 * Reads who a run was and its headline from the two ends of its file, in constant time.
 *
 * @returns `null` when the run was interrupted or the file is of another version
 */
export async function readHeadline(
  path: string,
): Promise<{ identity: RunIdentity; headline: Headline } | null> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const read = async (position: number) => {
      const buffer = Buffer.alloc(Math.min(END_BYTES, size))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
      return buffer.toString('utf8', 0, bytesRead).split('\n')
    }
    const parse = (line: string | undefined): Entry | null => {
      try {
        return JSON.parse(line ?? '') as Entry
      } catch {
        return null
      }
    }
    const first = parse((await read(0))[0])
    const last = (await read(Math.max(0, size - END_BYTES)))
      .map(parse)
      .findLast(entry => entry?.kind === 'end')
    if (first?.kind !== 'run' || first.format !== RUN_FORMAT || last?.kind !== 'end') return null
    return { identity: { ...first.identity, ...last.versions }, headline: last.headline }
  } finally {
    await file.close()
  }
}

/** Gives the full results of a run one by one. */
export async function* readResults(path: string): AsyncGenerator<CaseResult, void, undefined> {
  for await (const { entry } of entries(path)) if (entry.kind === 'case') yield entry.result
}

/** Keeps of a result what every figure needs. */
export function slim(result: CaseResult): CaseScore {
  const { id, group, documents, caseFile, expect, tags, outcome, probability, durationMs, timings, scores } =
    result
  return {
    id,
    group,
    documents,
    ...(caseFile !== undefined && { caseFile }),
    expect,
    tags,
    outcome,
    probability,
    durationMs,
    timings,
    scores,
  }
}

type Entry =
  | { readonly kind: 'run'; readonly format: number; readonly identity: RunIdentity }
  | { readonly kind: 'case'; readonly result: CaseResult }
  | { readonly kind: 'more'; readonly figures: unknown }
  | {
      readonly kind: 'end'
      readonly finishedAt: string
      readonly versions: Partial<RunIdentity>
      readonly headline: Headline
    }

/** The whole lines of a file; reading stops at a line that was cut off. */
async function* entries(path: string): AsyncGenerator<{ entry: Entry; bytes: number }, void, undefined> {
  const stream = createReadStream(path, 'utf8')
  const opened = new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve())
    stream.once('error', cause => reject(new EvalFault('run-invalid', `${path} cannot be read.`, { cause })))
  })
  await opened
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    try {
      const entry = JSON.parse(line) as Entry
      yield { entry, bytes: Buffer.byteLength(line) + 1 }
    } catch {
      return
    }
  }
}
