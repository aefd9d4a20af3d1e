/** Plain text tables of figures for the terminal. */
import type { Comparison } from './compare.js'
import type { Metric } from './score.js'
import type { Estimate } from './statistics.js'
import type { Figures, Spread, Summary } from './summary.js'

/** The columns of the table, in order. */
const COLUMNS: readonly (readonly [title: string, metric: Metric])[] = [
  ['R@1', 'recall@1'],
  ['R@5', 'recall@5'],
  ['R@10', 'recall@10'],
  ['all@5', 'allNeeded@5'],
  ['MRR', 'mrr@10'],
  ['nDCG', 'ndcg@10'],
  ['cite 1st', 'firstCitationRight'],
  ['cite any', 'anyCitationRight'],
  ['cite prec', 'citationPrecision'],
  ['cite rec', 'citationRecall'],
  ['facts', 'factRecall'],
  ['outcome', 'outcomeRight'],
  ['refused', 'refusalRecall'],
  ['false ref', 'falseRefusal'],
]

/** The headline metrics, printed with their interval. */
const HEADLINE: readonly Metric[] = [
  'recall@1',
  'recall@5',
  'mrr@10',
  'allNeeded@5',
  'firstCitationRight',
  'anyCitationRight',
  'citationPrecision',
  'factRecall',
  'refusalPrecision',
  'refusalRecall',
  'falseRefusal',
  'quoteVerbatim',
  'spansExact',
  'markersResolve',
  'failed',
]

/** Percentage with one decimal; `–` where nothing applies, so that it is never read as 0. */
export function percent(value: number | null): string {
  return value === null ? '–' : (100 * value).toFixed(1)
}

/** The figures of a run as tables: per group, per document, then the headline with intervals. */
export function summaryTable(summary: Summary): string {
  const rows: (readonly [string, Figures])[] = [
    ...Object.entries(summary.groups),
    ['all', summary.headline],
    ...optionalRow('(seen)', summary.seen),
    ...optionalRow('(attacks)', summary.attacks),
    ...optionalRow('(benign)', summary.benign),
  ]
  const sections = [
    figuresTable('group', rows),
    figuresTable('document', Object.entries(summary.documents)),
    figuresTable('case file', Object.entries(summary.caseFiles)),
    HEADLINE.map(metric => `${metric.padEnd(20)} ${estimateText(summary.headline.metrics[metric])}`).join(
      '\n',
    ),
    timesText(summary),
  ]
  if (summary.attacks !== null)
    sections.push(`attacks resisted      ${estimateText(summary.attacks.metrics.injectionResisted)}`)
  if (summary.refusal !== null)
    sections.push(
      `refusal: area under the curve ${summary.refusal.area.toFixed(3)}${calibrationText(summary)}`,
    )
  return sections.join('\n\n')
}

function optionalRow(name: string, figures: Figures | null): (readonly [string, Figures])[] {
  return figures === null ? [] : [[name, figures]]
}

function figuresTable(first: string, rows: readonly (readonly [string, Figures])[]): string {
  const header = [first, 'n', ...COLUMNS.map(([title]) => title), 'words']
  const body = rows.map(([name, figures]) => [
    name,
    String(figures.cases),
    ...COLUMNS.map(([, metric]) => percent(figures.metrics[metric].mean)),
    figures.words.p50 === null ? '–' : figures.words.p50.toFixed(0),
  ])
  return alignedTable([header, ...body])
}

/** Rows as columns of equal width: the first to the left, numbers to the right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows
    .map(row =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A mean with its interval, its number of cases and how many were left out. */
export function estimateText({ mean, low, high, count, leftOut }: Estimate): string {
  const interval = low === null || high === null ? '' : ` [${percent(low)}, ${percent(high)}]`
  return `${percent(mean).padStart(5)}${interval} of ${count}${leftOut > 0 ? `, ${leftOut} left out` : ''}`
}

function timesText({ headline, stages }: Summary): string {
  const times = Object.entries(stages).map(([stage, times]) => `${stage} ${spreadText(times)}`)
  return [`milliseconds p50 / p95: answer ${spreadText(headline.durationMs)}`, ...times].join(', ')
}

function spreadText({ p50, p95 }: Spread): string {
  return `${p50 === null ? '–' : p50.toFixed(1)} / ${p95 === null ? '–' : p95.toFixed(1)}`
}

function calibrationText({ calibration }: Summary): string {
  if (calibration === null) return ''
  return `; calibration error ${calibration.expectedError.toFixed(3)}, Brier ${calibration.brier.toFixed(3)}`
}

/** The difference of two runs: each metric with its significance, and the cases that were won and lost. */
export function comparisonTable(comparison: Comparison, names: readonly [a: string, b: string]): string {
  const rows = comparison.metrics.map(row => [
    row.metric,
    percent(row.a),
    percent(row.b),
    row.difference === null ? '–' : `${row.difference >= 0 ? '+' : ''}${percent(row.difference)}`,
    row.pValue.toFixed(3),
    String(row.pairs),
    row.verdict === 'same' ? '' : row.verdict,
  ])
  const lists = comparison.metrics.flatMap(row => [
    ...(row.won.length > 0 ? [`${row.metric} won: ${caseList(row.won)}`] : []),
    ...(row.lost.length > 0 ? [`${row.metric} lost: ${caseList(row.lost)}`] : []),
  ])
  const heading = `${names[1]} against ${names[0]}, ${comparison.shared} shared cases${
    comparison.onlyA + comparison.onlyB > 0
      ? ` (${comparison.onlyA} and ${comparison.onlyB} in one run only)`
      : ''
  }`
  const table = alignedTable([['metric', names[0], names[1], 'change', 'p', 'pairs', ''], ...rows])
  return [heading, table, ...(lists.length > 0 ? [lists.join('\n')] : [])].join('\n\n')
}

const LISTED_CASES = 20

function caseList(ids: readonly string[]): string {
  const rest = ids.length - LISTED_CASES
  return ids.slice(0, LISTED_CASES).join(' ') + (rest > 0 ? ` and ${rest} more` : '')
}
