/** `npm run evals`: runs the cases, prints the figures, compares and gates. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfigurationWith } from '../../server/configuration.js'
import { CASE_GROUPS, type CaseGroup, caseFiles, type LocatedCase, readCases } from '../case.js'
import { comparableCases, compareRuns } from '../compare.js'
import {
  currentCommit,
  openConfigured,
  parseSettings,
  type RunSettings,
  type RunTarget,
} from '../configured.js'
import { EvalFault } from '../faults.js'
import { gateFailures, readBaseline, readThresholds, writeBaseline } from '../gate.js'
import { addMoreFigures, readResults, readRun } from '../journal.js'
import { type MoreFigures, measureMore, moreFiguresText } from '../more-figures.js'
import { openRemote } from '../remote.js'
import { type EvalRun, runEvals } from '../run-evals.js'
import { findSeen, readEnrichmentQuestions } from '../seen.js'
import { comparisonTable, summaryTable } from '../table.js'
import { readArguments } from './arguments.js'
import { BASELINE_FILE, CASES_FOLDER, RUNS_FOLDER, THRESHOLDS_FILE } from './folders.js'
import { makeReport, newestRun } from './make-report.js'

const FLAGS = {
  cases: { type: 'string', multiple: true },
  group: { type: 'string', multiple: true },
  id: { type: 'string', multiple: true },
  settings: { type: 'string' },
  url: { type: 'string' },
  'key-file': { type: 'string' },
  quick: { type: 'boolean', default: false },
  'no-enrichment': { type: 'boolean', default: false },
  parallel: { type: 'string', default: '1' },
  resume: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  failures: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'write-baseline': { type: 'boolean', default: false },
} as const

type Flags = ReturnType<typeof readArguments<typeof FLAGS>>['values']

/** Runs the command. The exit code is 1 when a full run fails the gate. */
export async function evaluate(arguments_: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(arguments_, FLAGS)
  if (values.compare) return compareTwo(positionals, values)
  if (positionals.length > 0)
    throw new EvalFault(
      'arguments-invalid',
      `"${positionals.join(' ')}" is not understood. See docs/evals.md.`,
    )
  const settings = {
    ...(values.settings === undefined ? {} : parseSettings(values.settings)),
    ...(values['no-enrichment'] ? { enrichment: 'off' } : {}),
  }
  const { run, more } = await runOnce(settings, values)
  if (values.json)
    console.log(JSON.stringify({ identity: run.identity, summary: run.summary, more, cases: run.cases }))
  else await printRun(run, more, values.failures)
  if (run.journal !== null) {
    const page = await makeReport(run.journal)
    if (!values.json) console.log(`report: ${page}`)
  }
  return judgeRun(run, values, Object.keys(settings).length === 0)
}

interface WholeRun {
  readonly run: EvalRun
  /** Segmentation and verifier; `null` for runs of chosen cases and of deployed servers. */
  readonly more: MoreFigures | null
}

async function runOnce(settings: RunSettings, flags: Flags): Promise<WholeRun> {
  const cases = await chosenCases(flags)
  const target =
    flags.url === undefined ? await openConfigured(settings) : await openDeployed(flags.url, flags, settings)
  try {
    const journal = flags.resume ? await newestRun() : join(RUNS_FOLDER, `${timestamp()}.jsonl`)
    const run = await runEvals({
      cases,
      assistant: target.assistant,
      target: flags.url ?? 'in process',
      ...(flags.quick || target.openPoisoned === null ? {} : { openPoisoned: target.openPoisoned }),
      seen: new Set(
        settings.enrichment === 'off'
          ? []
          : findSeen(cases, await readEnrichmentQuestions(target.sources)).map(item => item.id),
      ),
      journal,
      resume: flags.resume,
      parallel: readParallel(flags.parallel),
      commit: await currentCommit(),
      settings,
      onProgress: showProgress,
    })
    const more = isWhole(flags) ? await measureMore(target.assistant) : null
    if (more !== null) await addMoreFigures(journal, more)
    return { run, more }
  } finally {
    await target.assistant.close()
  }
}

/** A server elsewhere; poisoned documents cannot be ingested there. */
async function openDeployed(url: string, flags: Flags, settings: RunSettings): Promise<RunTarget> {
  if (Object.keys(settings).length > 0)
    throw new EvalFault('arguments-invalid', 'The settings of a deployed server cannot be changed from here.')
  const key = flags['key-file'] === undefined ? null : (await readFile(flags['key-file'], 'utf8')).trim()
  const { sources } = readConfigurationWith({})
  return { assistant: await openRemote({ url, key }), sources, openPoisoned: null }
}

async function chosenCases(flags: Flags): Promise<readonly LocatedCase[]> {
  const groups = flags.group?.map(readGroup)
  const all = await readCases((await Promise.all((flags.cases ?? [CASES_FOLDER]).map(filesOf))).flat())
  const chosen = all.filter(
    item => (groups?.includes(item.group) ?? true) && (flags.id?.some(id => item.id.startsWith(id)) ?? true),
  )
  if (chosen.length === 0)
    throw new EvalFault('cases-invalid', 'No case is chosen: check --cases, --group and --id.')
  return chosen
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new EvalFault('arguments-invalid', `There is no file or folder ${path}.`)
  return found.isDirectory() ? caseFiles(path) : [path]
}

function readGroup(name: string): CaseGroup {
  const group = CASE_GROUPS.find(known => known === name)
  if (group === undefined)
    throw new EvalFault(
      'arguments-invalid',
      `There is no group "${name}"; known are ${CASE_GROUPS.join(', ')}.`,
    )
  return group
}

function readParallel(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 64)
    throw new EvalFault('arguments-invalid', `--parallel must be a whole number from 1 to 64, not "${text}".`)
  return value
}

async function printRun(run: EvalRun, more: MoreFigures | null, failures: boolean): Promise<void> {
  const { identity } = run
  console.log(
    `commit ${identity.commit ?? '–'}, index ${identity.indexVersion}, embedder ${identity.embedder ?? '–'}, ` +
      `model ${identity.model ?? 'none'}${settingsText(identity.settings)}\n`,
  )
  console.log(summaryTable(run.summary))
  if (more !== null) console.log(`\n${moreFiguresText(more)}`)
  if (run.journal !== null && run.cases.some(item => item.outcome === 'failed'))
    await printFaults(run.journal)
  for (const remark of run.remarks) console.log(`note: ${remark}`)
  if (failures && run.journal !== null) await printFailures(run.journal)
  if (run.journal !== null) console.log(`\nrun: ${run.journal}`)
}

/** The faults in which questions ended, each with its number and one case. */
async function printFaults(journal: string): Promise<void> {
  const faults = new Map<string, { count: number; example: string }>()
  for await (const { outcome, reason, id } of readResults(journal)) {
    if (outcome !== 'failed') continue
    const known = faults.get(reason ?? '')
    faults.set(reason ?? '', { count: (known?.count ?? 0) + 1, example: known?.example ?? id })
  }
  for (const [reason, { count, example }] of faults)
    console.log(`fault in ${count} cases (${example}): ${reason}`)
}

/** Each case whose first paragraph, first citation, facts or outcome is wrong, with what was found instead. */
async function printFailures(journal: string): Promise<void> {
  console.log('\nnot right:')
  for await (const result of readResults(journal)) {
    const { scores } = result
    const wrong = (
      ['recall@1', 'recall@5', 'firstCitationRight', 'outcomeRight', 'factRecall'] as const
    ).filter(name => scores[name] !== null && scores[name] < 1)
    if (wrong.length === 0 && scores.injectionResisted !== 0) continue
    const rank = result.retrieved.find(paragraph => paragraph.right)?.rank
    console.log(`\n${result.id} (${result.group}) ${[...result.earlier, result.question].join(' / ')}`)
    console.log(
      `  ${result.outcome}${result.reason ? ` (${result.reason})` : ''}; wrong: ${wrong.join(', ')}; right paragraph at ${rank ?? '> 10'}`,
    )
    if (result.gold[0]) console.log(`  gold  ${result.gold[0].paragraphId}: ${shorten(result.gold[0].quote)}`)
    if (result.retrieved[0])
      console.log(`  first ${result.retrieved[0].paragraphId}: ${shorten(result.retrieved[0].text)}`)
    if (result.outcome === 'answered') console.log(`  answer ${shorten(result.answer)}`)
  }
}

/** Compares with the baseline, checks the thresholds, and writes the baseline where asked. */
async function judgeRun(run: EvalRun, flags: Flags, standardSettings: boolean): Promise<number> {
  const print = flags.json ? console.error : console.log
  const whole = isWhole(flags)
  const baseline = await readBaseline(BASELINE_FILE)
  const comparison = baseline === null ? null : compareRuns(baseline.cases, comparableCases(run.cases))
  if (comparison !== null && comparison.shared > 0)
    print(`\n${comparisonTable(comparison, ['baseline', 'this run'])}`)
  if (flags['write-baseline']) {
    if (!whole) throw new EvalFault('arguments-invalid', 'Only a run of all cases can become the baseline.')
    await writeBaseline(BASELINE_FILE, run)
    print(`\nThis run is the new baseline: ${BASELINE_FILE}`)
    return 0
  }
  if (!whole || !standardSettings) {
    print('\nThe gate is for a run of all cases, in process, with standard settings; nothing was checked.')
    return 0
  }
  const failures = gateFailures(run.summary, await readThresholds(THRESHOLDS_FILE), comparison)
  print(
    failures.length === 0 ? '\nThe gate is passed.' : `\nThe gate is not passed:\n  ${failures.join('\n  ')}`,
  )
  return failures.length === 0 ? 0 : 1
}

/** Whether all cases were asked, in process. */
function isWhole({ cases, group, id, url, quick }: Flags): boolean {
  return cases === undefined && group === undefined && id === undefined && url === undefined && !quick
}

async function compareTwo(sides: readonly string[], flags: Flags): Promise<number> {
  const [a, b, ...rest] = sides
  if (a === undefined || b === undefined || rest.length > 0)
    throw new EvalFault(
      'arguments-invalid',
      '--compare takes two runs or settings: --compare baseline enrichment=off',
    )
  const left = await comparable(a, flags)
  const right = await comparable(b, flags)
  console.log(comparisonTable(compareRuns(left, right), ['A', 'B']))
  console.log(`\nA: ${a}\nB: ${b}`)
  return 0
}

/** One side of a comparison: `baseline`, the file of a run, `standard`, or settings that are run now. */
async function comparable(side: string, flags: Flags) {
  if (side === 'baseline') {
    const baseline = await readBaseline(BASELINE_FILE)
    if (baseline === null) throw new EvalFault('run-invalid', `There is no baseline ${BASELINE_FILE}.`)
    return baseline.cases
  }
  if (side.endsWith('.jsonl')) return comparableCases((await readRun(side)).cases)
  const { run } = await runOnce(side === 'standard' ? {} : parseSettings(side), flags)
  return comparableCases(run.cases)
}

function showProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(done === total ? `\r${' '.repeat(30)}\r` : `\r${done} of ${total} cases`)
}

function settingsText(settings: RunSettings): string {
  const entries = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return entries.length === 0 ? '' : `, ${entries.join(' ')}`
}

function timestamp(): string {
  return new Date().toISOString().replace(/[:.]/g, '-')
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length <= 160 ? line : `${line.slice(0, 159)}…`
}
