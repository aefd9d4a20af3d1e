/** The report of a run as one self-contained page: it works from a file, without network, and without scripts but for the filter. */
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CASE_GROUPS } from './case.js'
import { type Comparison, comparableCases, compareRuns } from './compare.js'
import { type Baseline, gateFailures, type Thresholds } from './gate.js'
import { type CaseResult, type RunIdentity, readResults, readRun } from './journal.js'
import { caseHtml, isAllRight } from './page/case-section.js'
import {
  checksSection,
  groupSection,
  headlineSection,
  refusalSection,
  timeSection,
} from './page/figure-sections.js'
import { benchmarkSection, judgeSection, readTrend, trendSection } from './page/history-sections.js'
import { Html, html, table } from './page/html.js'
import { summarise } from './summary.js'
import { percent } from './table.js'

/** What a report is made of. */
export interface ReportOptions {
  /** File of the run. */
  readonly journal: string
  /** Where the page is written. */
  readonly target: string
  /** Folder with earlier runs and benchmarks. */
  readonly runsFolder: string
  readonly thresholds: Thresholds
  readonly baseline: Baseline | null
}

/** With more cases than this only those that are not right are shown whole, so that the page stays usable. */
const MOST_WHOLE_CASES = 1_500

/**
 * Writes the report of a run.
 *
 * @throws {EvalFault} `run-invalid` when the run cannot be read
 */
export async function writeReport(options: ReportOptions): Promise<void> {
  const run = await readRun(options.journal)
  const summary = summarise(run.cases)
  const comparison =
    options.baseline === null ? null : compareRuns(options.baseline.cases, comparableCases(run.cases))
  const failures = gateFailures(summary, options.thresholds, comparison)
  const [style, script] = await Promise.all(
    ['page/style.css', 'page/filter.js'].map(name => readFile(new URL(name, import.meta.url), 'utf8')),
  )
  const sections: readonly (readonly [id: string, title: string, content: Html])[] = [
    ['overview', 'Overview', html`${headlineSection(summary, comparison)}${gateHtml(failures)}`],
    ['trend', 'Trend over runs', trendSection(await readTrend(options.runsFolder))],
    ['groups', 'Groups and documents', groupSection(summary)],
    ['refusal', 'Refusal and calibration', refusalSection(summary)],
    ['times', 'Times', timeSection(summary)],
    ['checks', 'Paragraphs and verifier', checksSection(run.more)],
    ['changes', 'Changes against the baseline', comparisonHtml(comparison)],
    ['judge', 'Judge', await judgeSection(options.runsFolder)],
    ['benchmarks', 'Benchmarks', await benchmarkSection(options.runsFolder)],
  ]
  await mkdir(dirname(options.target), { recursive: true })
  const file = await open(options.target, 'w')
  try {
    await file.write(head(run.identity, run.finished, sections, style ?? '').text)
    for (const [id, title, content] of sections)
      await file.write(
        html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>\n`.text,
      )
    await file.write(filterForm().text)
    for await (const result of sorted(options.journal, run.cases.length)) await file.write(result)
    await file.write(
      html`</ol></section></main>\n<script>${new Html(script ?? '')}</script></body></html>\n`.text,
    )
  } finally {
    await file.close()
  }
}

function head(
  identity: RunIdentity,
  finished: boolean,
  sections: readonly (readonly [id: string, title: string, content: Html])[],
  style: string,
): Html {
  const settings = Object.entries(identity.settings).map(([name, value]) => `${name}=${value}`)
  const facts: readonly (readonly [string, string])[] = [
    ['started', identity.startedAt],
    ['state', finished ? 'finished' : 'interrupted: the figures are those of the cases that were asked'],
    ['target', identity.target],
    ['commit', identity.commit ?? '–'],
    ['index', identity.indexVersion ?? '–'],
    ['embedder', identity.embedder ?? '–'],
    ['chat model', identity.model ?? 'none'],
    ['prompt', identity.promptVersion ?? '–'],
    ['settings', settings.length === 0 ? 'standard' : settings.join(', ')],
    ['case set', identity.caseSet],
    ['Node', identity.node],
  ]
  return html`${new Html('<!DOCTYPE html>')}
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Vindplaats: evaluation of ${identity.startedAt.slice(0, 16).replace('T', ' ')}</title><style>${new Html(style)}</style></head><body>
<a class="skip" href="#main">To the figures</a>
<header><h1>Vindplaats: evaluation</h1>
<dl class="identity">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<nav aria-label="Sections"><ul>${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}<li><a href="#cases">Cases</a></li></ul></nav></header>
<main id="main">
`
}

function gateHtml(failures: readonly string[]): Html {
  return failures.length === 0
    ? html`<p class="good">✓ The gate is passed: every threshold is kept and nothing is significantly worse than the baseline.</p>`
    : html`<p class="bad">✗ The gate is not passed:</p><ul>${failures.map(failure => html`<li>${failure}</li>`)}</ul>`
}

function comparisonHtml(comparison: Comparison | null): Html {
  if (comparison === null || comparison.shared === 0)
    return html`<p>There is no baseline with these cases.</p>`
  const links = (ids: readonly string[]) =>
    html`${ids.map((id, index) => html`${index > 0 && ', '}<a href="#case-${id}">${id}</a>`)}`
  return html`<p>${comparison.shared} shared cases; significance by a paired randomisation test.</p>
${table(
  'Differences, in %',
  ['metric', 'baseline', 'this run', 'change', 'p', 'pairs', 'verdict', 'won', 'lost'],
  comparison.metrics.map(row => [
    row.metric,
    percent(row.a),
    percent(row.b),
    percent(row.difference),
    row.pValue.toFixed(3),
    row.pairs,
    row.verdict,
    row.won.length === 0
      ? '0'
      : html`<details><summary>${row.won.length}</summary>${links(row.won)}</details>`,
    row.lost.length === 0
      ? '0'
      : html`<details><summary>${row.lost.length}</summary>${links(row.lost)}</details>`,
  ]),
)}`
}

function filterForm(): Html {
  const option = (value: string, text = value) => html`<option value="${value}">${text}</option>`
  return html`<section aria-labelledby="cases"><h2 id="cases">Cases</h2>
<form id="filter" hidden><label>Words <input type="search" name="text"></label>
<label>Group <select name="group">${option('', 'all')}${CASE_GROUPS.map(group => option(group))}</select></label>
<label>Verdict <select name="verdict">${option('', 'all')}${option('wrong', 'not right')}${option('right')}</select></label>
<label>Outcome <select name="outcome">${option('', 'all')}${option('answered')}${option('refused')}${option('failed')}</select></label>
<button type="reset">Show all</button> <button type="button" id="open-all">Open those shown</button>
<output id="count" aria-live="polite"></output></form>
<ol class="cases">
`
}

/** The cases as HTML: those that are not right first. Two passes over the file, so that they are never in memory together. */
async function* sorted(journal: string, total: number): AsyncGenerator<string, void, undefined> {
  for (const wanted of [false, true])
    for await (const result of readResults(journal)) {
      if (isAllRight(result) !== wanted) continue
      yield caseHtml(wanted && total > MOST_WHOLE_CASES ? withoutTexts(result) : result).text
    }
}

function withoutTexts(result: CaseResult): CaseResult {
  return { ...result, retrieved: [], trace: null }
}
