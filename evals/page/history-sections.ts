/** What was measured over time in the report: the trend over runs, and the newest benchmarks. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readHeadline } from '../journal.js'
import type { Metric } from '../score.js'
import { percent } from '../table.js'
import { type Axis, amountAxis, lineChart, shareAxis } from './charts.js'
import { type Html, html, table } from './html.js'

/** Runs that the trend shows. */
const TREND_LENGTH = 30

const TREND: readonly Metric[] = [
  'recall@1',
  'recall@5',
  'firstCitationRight',
  'refusalRecall',
  'falseRefusal',
]

/** One run of the trend. */
export interface TrendPoint {
  readonly startedAt: string
  readonly commit: string | null
  readonly caseSet: string
  readonly cases: number
  readonly means: Readonly<Partial<Record<Metric, number | null>>>
}

/** The finished runs of a folder with standard settings and at least half as many cases as the largest, oldest first. */
export async function readTrend(folder: string): Promise<readonly TrendPoint[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.jsonl')).sort()
  const points: TrendPoint[] = []
  for (const name of names.slice(-3 * TREND_LENGTH)) {
    const run = await readHeadline(join(folder, name)).catch(() => null)
    if (run === null || Object.keys(run.identity.settings).length > 0) continue
    const { startedAt, commit, caseSet } = run.identity
    points.push({ startedAt, commit, caseSet, ...run.headline })
  }
  const largest = Math.max(0, ...points.map(point => point.cases))
  return points.filter(point => 2 * point.cases >= largest).slice(-TREND_LENGTH)
}

/** The trend as a chart and a table. */
export function trendSection(points: readonly TrendPoint[]): Html {
  if (points.length < 2) return html`<p>There are not yet two runs of this size to compare.</p>`
  const x: Axis = {
    label: 'run, oldest first',
    from: 1,
    to: points.length,
    marks: points.map((_, index) => [
      index + 1,
      points.length <= 15 || index % 5 === 0 ? String(index + 1) : '',
    ]),
  }
  const series = TREND.map(metric => ({
    name: metric,
    points: points.flatMap((point, index) => {
      const value = point.means[metric] ?? null
      return value === null ? [] : [[index + 1, value] as const]
    }),
  }))
  return html`<div class="charts">${lineChart('Trend over runs', x, shareAxis('share of the cases'), series)}</div>
${table(
  'Runs, in %',
  ['run', 'started', 'commit', 'cases', 'case set', ...TREND],
  points.map((point, index) => [
    index + 1,
    point.startedAt.slice(0, 16).replace('T', ' '),
    point.commit ?? '–',
    point.cases,
    point.caseSet.slice(0, 6),
    ...TREND.map(metric => percent(point.means[metric] ?? null)),
  ]),
)}
<p class="small">Runs with different case sets do not compare one to one.</p>`
}

const environmentSchema = z.object({
  commit: z.string().nullable(),
  node: z.string(),
  system: z.string(),
  processor: z.string(),
  cores: z.number(),
  memoryGigabytes: z.number(),
})

const estimateSchema = z.object({
  mean: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})

const engineSchema = z.object({
  name: z.string(),
  recall1: estimateSchema,
  recall5: estimateSchema,
  recall10: estimateSchema,
  mrr10: estimateSchema,
  p50: z.number(),
  p95: z.number(),
})

const peersSchema = z.object({ cases: z.number(), paragraphs: z.number(), figures: z.array(engineSchema) })

const ingestSchema = z.object({
  rows: z.array(
    z.object({
      times: z.number(),
      megabytes: z.number(),
      paragraphs: z.number(),
      seconds: z.number(),
      peakMegabytes: z.number(),
      indexMegabytes: z.number(),
    }),
  ),
})

const retrievalSchema = z.object({
  sizes: z.array(z.object({ times: z.number(), paragraphs: z.number(), figures: z.array(engineSchema) })),
})

const agreementSchema = z.object({
  pairs: z.number(),
  leftOut: z.number(),
  equal: z.number().nullable(),
  kappa: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
})

const judgeSchema = z.object({
  judge: z.string(),
  readers: z.string(),
  agreement: z.object({ correct: agreementSchema, grounded: agreementSchema }),
  run: z.string().nullable(),
  verdicts: z
    .array(z.object({ correct: z.string().nullable(), grounded: z.boolean().nullable() }))
    .nullable(),
})

/** The newest measurement of a name; `null` when there is none that can be read. */
async function newestMeasurement<Result>(folder: string, name: string, schema: z.ZodType<Result>) {
  const names = (await readdir(folder).catch(() => []))
    .filter(file => file.startsWith(`bench-${name}-`))
    .sort()
  const newest = names.at(-1)
  if (newest === undefined) return null
  const whole = z.object({ measuredAt: z.string(), environment: environmentSchema, result: schema })
  const parsed = whole.safeParse(JSON.parse(await readFile(join(folder, newest), 'utf8')))
  return parsed.success ? parsed.data : null
}

type Engine = z.infer<typeof engineSchema>

/** What a chat model thought of answers, with its agreement with a reader. */
export async function judgeSection(folder: string): Promise<Html> {
  const newest = await newestMeasurement(folder, 'judge', judgeSchema)
  if (newest === null)
    return html`<p>No chat model has judged answers here. <code>npm run evals -- judge</code> does, when one is configured.</p>`
  const { judge, readers, agreement, verdicts } = newest.result
  const rows = Object.entries(agreement).map(([name, { pairs, equal, kappa, interval, leftOut }]) => [
    name,
    pairs,
    percent(equal),
    kappa?.toFixed(2) ?? '–',
    interval === null ? '–' : `${interval[0].toFixed(2)} – ${interval[1].toFixed(2)}`,
    leftOut,
  ])
  const counted = verdicts ?? []
  const share = (values: readonly boolean[]) =>
    percent(values.length === 0 ? null : values.filter(Boolean).length / values.length)
  const correct = counted.flatMap(({ correct: verdict }) => (verdict === null ? [] : [verdict]))
  const grounded = counted.flatMap(({ grounded: verdict }) => (verdict === null ? [] : [verdict]))
  return html`<p>Judge: ${judge}. Labels: ${readers}.</p>
${table('Agreement of the judge with the reader', ['question', 'answers', 'equal, %', 'kappa', '95 % interval', 'no verdict'], rows)}
${counted.length > 0 && html`<p>Of ${counted.length} answers of a run the judge found ${share(correct.map(verdict => verdict === 'juist'))} % right, ${share(correct.map(verdict => verdict === 'deels'))} % right in part and ${share(grounded)} % grounded. This is never part of the gate.</p>`}
${measuredOn(newest)}`
}

/** The newest benchmarks: peers, growth of ingest and of search. */
export async function benchmarkSection(folder: string): Promise<Html> {
  const peers = await newestMeasurement(folder, 'peers', peersSchema)
  const ingest = await newestMeasurement(folder, 'ingest', ingestSchema)
  const retrieval = await newestMeasurement(folder, 'retrieval', retrievalSchema)
  if (peers === null && ingest === null && retrieval === null)
    return html`<p>No benchmark has been run here. <code>npm run bench -- peers</code>, <code>ingest</code> and <code>retrieval</code> fill this section.</p>`
  return html`${peers !== null && html`${enginesTable(`Peers on the same ${peers.result.paragraphs} paragraphs and ${peers.result.cases} questions`, peers.result.figures)}${measuredOn(peers)}`}
${retrieval !== null && retrievalGrowth(retrieval.result.sizes)}${retrieval !== null && measuredOn(retrieval)}
${ingest !== null && ingestGrowth(ingest.result.rows)}${ingest !== null && measuredOn(ingest)}`
}

function enginesTable(caption: string, engines: readonly Engine[]): Html {
  const cell = ({ mean: value, low, high }: Engine['recall1']) =>
    `${percent(value)}${low === null || high === null ? '' : ` (${percent(low)} – ${percent(high)})`}`
  return table(
    caption,
    ['search', 'first, %', 'among five, %', 'among ten, %', 'MRR@10, %', 'p50 ms', 'p95 ms'],
    engines.map(engine => [
      engine.name.replaceAll('*', ''),
      cell(engine.recall1),
      cell(engine.recall5),
      cell(engine.recall10),
      cell(engine.mrr10),
      engine.p50.toFixed(1),
      engine.p95.toFixed(1),
    ]),
  )
}

function retrievalGrowth(sizes: z.infer<typeof retrievalSchema>['sizes']): Html {
  const names = [...new Set(sizes.flatMap(size => size.figures.map(engine => engine.name)))]
  const plain = (name: string) => name.replaceAll('*', '')
  const paragraphs = sizes.map(size => size.paragraphs)
  const series = (value: (engine: Engine) => number) =>
    names.map(name => ({
      name: plain(name),
      points: sizes.flatMap(size => {
        const engine = size.figures.find(item => item.name === name)
        return engine === undefined ? [] : [[size.paragraphs, value(engine)] as const]
      }),
    }))
  const times = sizes.flatMap(size => size.figures.map(engine => engine.p95))
  return html`<div class="charts">
${lineChart(
  'Search: 95th percentile by size',
  amountAxis('paragraphs', paragraphs),
  amountAxis('milliseconds', times),
  series(engine => engine.p95),
)}
${lineChart(
  'Search: right paragraph first by size',
  amountAxis('paragraphs', paragraphs),
  shareAxis('share of the questions'),
  series(engine => engine.recall1.mean ?? 0),
)}
</div>${sizes.map(size => enginesTable(`${size.paragraphs} paragraphs (${size.times}×)`, size.figures))}`
}

function ingestGrowth(rows: z.infer<typeof ingestSchema>['rows']): Html {
  const sizes = amountAxis(
    'paragraphs',
    rows.map(row => row.paragraphs),
  )
  const growth = (title: string, label: string, value: (row: (typeof rows)[number]) => number) =>
    lineChart(title, sizes, amountAxis(label, rows.map(value)), [
      { name: label, points: rows.map(row => [row.paragraphs, value(row)]) },
    ])
  return html`<div class="charts">${growth('Ingest: time by size', 'seconds', row => row.seconds)}${growth('Ingest: peak memory by size', 'megabytes', row => row.peakMegabytes)}</div>
${table(
  'Ingest by size',
  ['size', 'MB of text', 'paragraphs', 'seconds', 'paragraphs/s', 'peak MB', 'index MB'],
  rows.map(row => [
    `${row.times}×`,
    row.megabytes.toFixed(2),
    row.paragraphs,
    row.seconds.toFixed(1),
    (row.paragraphs / row.seconds).toFixed(0),
    row.peakMegabytes.toFixed(0),
    row.indexMegabytes.toFixed(1),
  ]),
)}`
}

function measuredOn({
  measuredAt,
  environment,
}: {
  measuredAt: string
  environment: z.infer<typeof environmentSchema>
}): Html {
  return html`<p class="small">Measured ${measuredAt.slice(0, 16).replace('T', ' ')} on ${environment.processor}, ${environment.cores} cores, ${environment.memoryGigabytes} GB, Node ${environment.node}, commit ${environment.commit ?? '–'}.</p>`
}
