/**
 * `npm run bench -- ingest`: megabytes and paragraphs a second, and peak memory, for the sources once, 4 and 16 times; then how
 * long it takes when nothing changed and when one document did, and how such an index opens and searches. Each step runs in a
 * process of its own, so that the peak is that of this step alone.
 */
import { execFile } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { enrichmentPath, listSources, readSource } from '../../ingest/catalogue.js'
import { readConfigurationWith } from '../../server/configuration.js'
import { readArguments } from '../commands/arguments.js'
import { EvalFault } from '../faults.js'
import { alignedTable } from '../table.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'

const SIZES = '1,4,16'

const FLAGS = {
  /** Folder of documents; the configured sources when absent. */
  texts: { type: 'string' },
  /** How many times the documents are taken, separated by commas. */
  sizes: { type: 'string', default: SIZES },
} as const

const ingestedSchema = z.object({ seconds: z.number(), paragraphs: z.number(), peakBytes: z.number() })
const openedSchema = z.object({
  openSeconds: z.number(),
  searchMedian: z.number(),
  searchP95: z.number(),
  residentBytes: z.number(),
})

/** One size as measured. */
interface IngestRow {
  readonly times: number
  readonly megabytes: number
  readonly paragraphs: number
  readonly seconds: number
  readonly peakMegabytes: number
  readonly indexMegabytes: number
  /** Seconds of an ingest after which nothing had changed. */
  readonly unchangedSeconds: number
  /** Seconds of an ingest after which one document had changed. */
  readonly changedSeconds: number
  readonly openSeconds: number
  /** Milliseconds of a search. */
  readonly searchMedian: number
  readonly searchP95: number
  /** Memory of a process that has the index open and has searched. */
  readonly openMegabytes: number
}

/** Runs the measurement; the exit code is 0. */
export async function bench(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, FLAGS)
  const sources = values.texts === undefined ? readConfigurationWith({}).sources : [values.texts]
  const sizes = values.sizes.split(',').map(Number)
  if (sizes.some(size => !Number.isInteger(size) || size < 1))
    throw new EvalFault('arguments-invalid', `"${values.sizes}" are no sizes like ${SIZES}.`)
  const rows: IngestRow[] = []
  for (const times of sizes) {
    rows.push(await measureSize(sources, times))
    console.log(rowsTable(rows.slice(-1), rows.length === 1))
  }
  const [first] = rows
  const last = rows.at(-1)
  if (first !== undefined && last !== undefined && rows.length > 1)
    console.log(
      `\n${last.times / first.times} times as much takes ${(last.seconds / first.seconds).toFixed(1)} times as long ` +
        `and ${(last.peakMegabytes / first.peakMegabytes).toFixed(1)} times the memory.`,
    )
  const environment = await describeEnvironment()
  console.log(environmentText(environment))
  await keepMeasurement('ingest', environment, { rows })
  return 0
}

async function measureSize(sources: readonly string[], times: number): Promise<IngestRow> {
  const folder = await mkdtemp(join(tmpdir(), 'vindplaats-bench-ingest-'))
  try {
    const texts = join(folder, 'texts')
    const data = join(folder, 'data')
    const bytes = await copySources(sources, texts, times)
    const ingested = ingestedSchema.parse(await runStep('ingest', texts, data))
    const unchanged = ingestedSchema.parse(await runStep('ingest', texts, data))
    await changeOneDocument(texts)
    const changed = ingestedSchema.parse(await runStep('ingest', texts, data))
    const opened = openedSchema.parse(await runStep('open', texts, data))
    return {
      times,
      megabytes: bytes / 1e6,
      paragraphs: ingested.paragraphs,
      seconds: ingested.seconds,
      peakMegabytes: ingested.peakBytes / 1e6,
      indexMegabytes: (await folderSize(data)) / 1e6,
      unchangedSeconds: unchanged.seconds,
      changedSeconds: changed.seconds,
      openSeconds: opened.openSeconds,
      searchMedian: opened.searchMedian,
      searchP95: opened.searchP95,
      openMegabytes: opened.residentBytes / 1e6,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function runStep(step: 'ingest' | 'open', texts: string, data: string): Promise<unknown> {
  const script = fileURLToPath(new URL('ingest-once.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    script,
    step,
    texts,
    data,
  ])
  return JSON.parse(stdout)
}

async function changeOneDocument(texts: string): Promise<void> {
  const name = (await readdir(texts)).find(each => /\.(txt|md)$/.test(each))
  if (name !== undefined) await appendFile(join(texts, name), '\nEen zin die er later bij kwam.\n')
}

/** Copies with their enrichment; each copy says which it is, so that nothing is recognised as done before. */
async function copySources(sources: readonly string[], target: string, times: number): Promise<number> {
  await mkdir(join(target, 'enrichment'), { recursive: true })
  let bytes = 0
  const { files } = await listSources(sources)
  for (const source of files) {
    const { bytes: original } = await readSource(source)
    const enrichment = await readFile(enrichmentPath(source)).catch(() => null)
    for (let copy = 1; copy <= times; copy++) {
      const extension = extname(source.file)
      const name = `${source.file.slice(0, -extension.length).replaceAll('/', '-')}-${copy}`
      const binary = /\.(pdf|docx)$/i.test(extension)
      const content = binary ? original : Buffer.concat([original, Buffer.from(`\n\nKopie ${copy}.\n`)])
      await writeFile(join(target, `${name}${extension}`), content)
      if (enrichment !== null) await writeFile(join(target, 'enrichment', `${name}.jsonl`), enrichment)
      bytes += content.length
    }
  }
  return bytes
}

async function folderSize(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
  return bytes
}

function rowsTable(rows: readonly IngestRow[], withHeader: boolean): string {
  const header = [
    'size',
    'MB of text',
    'paragraphs',
    'seconds',
    'MB/s',
    'paragraphs/s',
    'peak MB',
    'index MB',
    'unchanged s',
    'one changed s',
    'open s',
    'open MB',
    'search p50 ms',
    'p95 ms',
  ]
  const body = rows.map(row =>
    [
      `${row.times}×`,
      row.megabytes.toFixed(2),
      row.paragraphs.toFixed(0),
      row.seconds.toFixed(1),
      (row.megabytes / row.seconds).toFixed(2),
      (row.paragraphs / row.seconds).toFixed(0),
      row.peakMegabytes.toFixed(0),
      row.indexMegabytes.toFixed(1),
      row.unchangedSeconds.toFixed(1),
      row.changedSeconds.toFixed(1),
      row.openSeconds.toFixed(1),
      row.openMegabytes.toFixed(0),
      row.searchMedian.toFixed(1),
      row.searchP95.toFixed(1),
    ].map((cell, column) => cell.padStart(header[column]?.length ?? 0)),
  )
  return alignedTable(withHeader ? [header, ...body] : body)
}
