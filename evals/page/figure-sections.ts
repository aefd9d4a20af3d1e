/** The figures of a run in the report: headline, groups, documents, refusal, calibration and times. */
import type { Comparison } from '../compare.js'
import type { MoreFigures } from '../more-figures.js'
import { METRICS, type Metric } from '../score.js'
import type { Figures, Summary } from '../summary.js'
import { percent } from '../table.js'
import { amountAxis, barChart, lineChart, shareAxis } from './charts.js'
import { type Html, html, table } from './html.js'

const TILES: readonly Metric[] = [
  'recall@1',
  'recall@5',
  'firstCitationRight',
  'factRecall',
  'refusalRecall',
  'falseRefusal',
]

const COLUMNS: readonly Metric[] = [
  'recall@1',
  'recall@5',
  'recall@10',
  'allNeeded@5',
  'mrr@10',
  'ndcg@10',
  'firstCitationRight',
  'anyCitationRight',
  'citationPrecision',
  'factRecall',
  'outcomeRight',
  'refusalRecall',
  'falseRefusal',
]

/** The headline figures as tiles, then as a table with intervals. */
export function headlineSection(
  { headline, attacks, benign, seen }: Summary,
  comparison: Comparison | null,
): Html {
  const change = (metric: Metric) => comparison?.metrics.find(row => row.metric === metric) ?? null
  const tiles = TILES.map(metric => {
    const { mean, low, high } = headline.metrics[metric]
    const row = change(metric)
    return html`<li>${metric}<b>${percent(mean)}${mean !== null && ' %'}</b><span class="small">${low !== null && high !== null && `95 %: ${percent(low)} to ${percent(high)}`}</span><span class="small">${METRICS[metric].meaning}</span>${row !== null && row.difference !== null && html`<span class="small ${row.verdict === 'better' ? 'good' : row.verdict === 'worse' ? 'bad' : ''}">${signed(row.difference)} against the baseline (p ${row.pValue.toFixed(3)}${row.verdict === 'same' ? '' : `, ${row.verdict}`})</span>`}</li>`
  })
  const rows = Object.entries(headline.metrics)
    .filter(([metric]) => metric !== 'words' && metric !== 'citations')
    .map(([metric, { mean, low, high, count, leftOut }]) => [
      metric,
      percent(mean),
      low === null || high === null ? '–' : `${percent(low)} – ${percent(high)}`,
      count,
      leftOut,
      METRICS[metric as Metric].meaning,
    ])
  return html`<ul class="tiles">${tiles}</ul>
${table('All headline figures, in %', ['metric', 'mean', '95 % interval', 'cases', 'left out', 'meaning'], rows)}
<p class="small">${headline.cases} cases. ${seen !== null && `${seen.cases} cases that an enrichment question all but repeats are left out. `}${attacks !== null && `Attacks: ${percent(attacks.metrics.injectionResisted.mean)} % of ${attacks.cases} resisted. `}${benign !== null && `Of ${benign.cases} harmless questions beside them ${percent(benign.metrics.firstCitationRight.mean)} % were answered with the right citation first.`}</p>`
}

/** Figures per group, per document and per case file, as bars and as tables. */
export function groupSection({ groups, documents, caseFiles, headline }: Summary): Html {
  const entries = Object.entries(groups)
  const answerable = entries.filter(([, figures]) => figures.metrics['recall@1'].mean !== null)
  const refusable = entries.filter(([, figures]) => figures.metrics.refusalRecall.mean !== null)
  const bars = (list: typeof entries, metrics: readonly Metric[]) =>
    list.map(([name, figures]) => ({ name, values: metrics.map(metric => figures.metrics[metric].mean) }))
  const content: readonly Metric[] = ['recall@1', 'recall@5', 'firstCitationRight']
  return html`<div class="charts">
${answerable.length > 0 && barChart('Right paragraph and right citation, per group', bars(answerable, content), content, shareAxis('share of the cases'), value => `${percent(value)} %`)}
${refusable.length > 0 && barChart('Refused as it should, per group', bars(refusable, ['refusalRecall']), ['refusalRecall'], shareAxis('share of the cases'), value => `${percent(value)} %`)}
</div>
${figuresTable('Per group, in %', 'group', [...entries, ['all', headline]])}
${figuresTable('Per document, in %', 'document', Object.entries(documents))}
${figuresTable('Per case file, in %', 'file', Object.entries(caseFiles))}`
}

function figuresTable(
  caption: string,
  first: string,
  entries: readonly (readonly [string, Figures])[],
): Html {
  return table(
    caption,
    [first, 'cases', ...COLUMNS, 'words'],
    entries.map(([name, figures]) => [
      name,
      figures.cases,
      ...COLUMNS.map(metric => percent(figures.metrics[metric].mean)),
      figures.words.p50?.toFixed(0) ?? '–',
    ]),
  )
}

/** The refusal curve with its operating point, and the calibration of the probabilities. */
export function refusalSection({ refusal, calibration, headline }: Summary): Html {
  if (refusal === null || calibration === null)
    return html`<p>This run has no probabilities, so there is no curve.</p>`
  const falseRefusal = headline.metrics.falseRefusal.mean ?? 0
  const refusalRecall = headline.metrics.refusalRecall.mean ?? 0
  const bins = calibration.bins.filter(bin => bin.count > 0)
  const step = Math.max(1, Math.ceil(refusal.points.length / 12))
  return html`<div class="charts"><div>
${lineChart(
  `Refusal: area under the curve ${refusal.area.toFixed(3)}`,
  shareAxis('answerable questions refused'),
  shareAxis('unanswerable refused'),
  [
    {
      name: 'by probability alone',
      points: refusal.points.map(point => [point.falseRefusal, point.refusalRecall]),
    },
    { name: 'operating point of this run', points: [[falseRefusal, refusalRecall]], scattered: true },
  ],
)}
${table(
  'Points of the refusal curve',
  ['threshold', 'answerable refused, %', 'unanswerable refused, %'],
  refusal.points
    .filter((_, index) => index % step === 0)
    .map(point => [
      Number.isFinite(point.threshold) ? point.threshold.toFixed(3) : 'all',
      percent(point.falseRefusal),
      percent(point.refusalRecall),
    ]),
)}
</div><div>
${lineChart(
  `Calibration: expected error ${calibration.expectedError.toFixed(3)}, Brier ${calibration.brier.toFixed(3)}`,
  shareAxis('probability given'),
  shareAxis('answerable in truth'),
  [
    { name: 'this run', points: bins.map(bin => [bin.meanProbability ?? 0, bin.answerable ?? 0]) },
    {
      name: 'perfect',
      points: [
        [0, 0],
        [1, 1],
      ],
    },
  ],
)}
${table(
  'Calibration',
  ['probability', 'cases', 'mean probability', 'answerable, %'],
  bins.map(bin => [
    `${bin.from.toFixed(1)} – ${bin.to.toFixed(1)}`,
    bin.count,
    bin.meanProbability?.toFixed(3) ?? '–',
    percent(bin.answerable),
  ]),
)}
</div></div>`
}

/** Milliseconds by stage. */
export function timeSection({ headline, stages }: Summary): Html {
  const entries = [['whole answer', headline.durationMs] as const, ...Object.entries(stages)]
  const values = entries.flatMap(([, { p50, p95 }]) => [p50 ?? 0, p95 ?? 0])
  return html`<div class="charts">${barChart(
    'Milliseconds by stage',
    entries.map(([name, { p50, p95 }]) => ({ name, values: [p50, p95] })),
    ['p50', 'p95'],
    amountAxis('milliseconds', values),
    value => value.toFixed(1),
  )}<div>${table(
    'Milliseconds by stage',
    ['stage', 'p50', 'p95'],
    entries.map(([name, { p50, p95 }]) => [name, p50?.toFixed(2) ?? '–', p95?.toFixed(2) ?? '–']),
  )}</div></div>`
}

/** Segmentation against paragraphs marked by hand, and the verifier on marked sentences. */
export function checksSection(more: MoreFigures | null): Html {
  if (more === null) return html`<p>This run measured neither; a run of all cases does.</p>`
  const { paragraphs, verifier } = more
  const kinds = [...new Set(verifier.flatMap(row => Object.keys(row.perKind)))].sort()
  const share = (value: { share: number | null; hits: number; total: number } | undefined) =>
    value === undefined ? '–' : `${percent(value.share)} (${value.hits} of ${value.total})`
  return html`<p>Of ${paragraphs.marked} paragraphs marked by hand ${percent(paragraphs.exact)} % are exact, ${percent(paragraphs.exactWithStructure)} % with label, kind and introduction. ${paragraphs.unplaced} characters of the sources are unplaced; ${paragraphs.spansWrong} paragraphs have wrong spans.</p>
${table(
  'Verifier on marked sentences, in %',
  [
    'sentences written',
    'n',
    'unsupported caught',
    'supported flagged',
    'area under the curve',
    'ms a sentence',
  ],
  verifier.map(row => [
    row.writtenBy,
    row.sentences,
    share(row.caught),
    share(row.wronglyFlagged),
    row.areaUnderCurve?.toFixed(3) ?? '–',
    row.millisecondsPerSentence.toFixed(2),
  ]),
)}
${table(
  'Verifier: judged right, by kind of sentence, in %',
  ['kind', ...verifier.map(row => row.writtenBy)],
  kinds.map(kind => [kind, ...verifier.map(row => share(row.perKind[kind]))]),
)}`
}

function signed(difference: number): string {
  return `${difference >= 0 ? '+' : ''}${percent(difference)}`
}
