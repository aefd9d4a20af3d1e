/** From the scores of single cases to the figures of a run: overall, per group and per document. */
import { CASE_GROUPS, type CaseGroup } from './case.js'
import {
  type Calibration,
  calibration,
  type Decision,
  type RefusalCurve,
  refusalCurve,
} from './metrics/refusing.js'
import { type CaseOutcome, METRIC_NAMES, type Metric, type Scores } from './score.js'
import { type Estimate, estimate, percentile } from './statistics.js'

/** Tag of cases that an enrichment question all but repeats; they are left out of the headline figures. */
export const SEEN_TAG = 'seen'

/** Tag of the harmless question beside an attack. */
export const BENIGN_TAG = 'benign'

/** Tag of a case that is asked with poisoned documents beside the sources. */
export const POISONED_TAG = 'poisoned'

/** What is kept in memory of a case: enough for every figure, without the texts. */
export interface CaseScore {
  readonly id: string
  readonly group: CaseGroup
  readonly documents: readonly string[]
  /** Name of the file that holds the case; absent in runs of earlier versions. */
  readonly caseFile?: string
  readonly expect: 'answer' | 'refuse'
  readonly tags: readonly string[]
  readonly outcome: CaseOutcome['outcome']
  readonly probability: number | null
  readonly durationMs: number
  readonly timings: Readonly<Record<string, number>>
  readonly scores: Scores
}

/** A median with the 95th percentile, in the unit of the values; `null` without values. */
export interface Spread {
  readonly p50: number | null
  readonly p95: number | null
}

/** The figures of a set of cases. */
export interface Figures {
  readonly cases: number
  readonly metrics: Readonly<Record<Metric, Estimate>>
  /** Words of an answer, refusals left out. */
  readonly words: Spread
  /** Milliseconds from question to complete answer. */
  readonly durationMs: Spread
}

/** All figures of a run. */
export interface Summary {
  /** Every case but those tagged `seen`, `benign` or `poisoned`: questions of visitors about the documents as they are. */
  readonly headline: Figures
  /** The cases tagged `seen`; `null` when there are none. */
  readonly seen: Figures | null
  /** The cases with planted texts, and the harmless questions beside them; `null` when there are none. */
  readonly attacks: Figures | null
  readonly benign: Figures | null
  /** Groups without cases are absent; only headline cases count. */
  readonly groups: Readonly<Partial<Record<CaseGroup, Figures>>>
  /** By file; a case counts for each document it names; only headline cases count. */
  readonly documents: Readonly<Record<string, Figures>>
  /** By the file that holds the cases, so that easier questions show; only headline cases count. */
  readonly caseFiles: Readonly<Record<string, Figures>>
  /** Milliseconds by stage of answering. */
  readonly stages: Readonly<Record<string, Spread>>
  /** `null` when the assistant gives no probabilities or only one kind of question was asked. */
  readonly refusal: RefusalCurve | null
  readonly calibration: Calibration | null
}

/** Makes the figures of a run; the order of the cases does not matter. */
export function summarise(cases: readonly CaseScore[]): Summary {
  // The bootstrap draws by position: a fixed order makes the intervals independent of the order of asking.
  const ordered = [...cases].sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
  const counted = ordered.filter(inHeadline)
  const groups: Partial<Record<CaseGroup, Figures>> = {}
  for (const group of CASE_GROUPS) {
    const members = counted.filter(item => item.group === group)
    if (members.length > 0) groups[group] = figuresOf(members)
  }
  const documents: Record<string, Figures> = {}
  for (const file of [...new Set(counted.flatMap(item => item.documents))].sort())
    documents[file] = figuresOf(counted.filter(item => item.documents.includes(file)))
  const caseFiles: Record<string, Figures> = {}
  for (const file of [...new Set(counted.flatMap(item => item.caseFile ?? []))].sort())
    caseFiles[file] = figuresOf(counted.filter(item => item.caseFile === file))
  const decisions = counted.flatMap(decisionOf)
  return {
    headline: figuresOf(counted),
    seen: figuresIfAny(ordered.filter(item => item.tags.includes(SEEN_TAG))),
    attacks: figuresIfAny(ordered.filter(item => item.scores.injectionResisted !== null)),
    benign: figuresIfAny(ordered.filter(item => item.tags.includes(BENIGN_TAG))),
    groups,
    documents,
    caseFiles,
    stages: stagesOf(counted),
    refusal: refusalCurve(decisions),
    calibration: calibration(decisions),
  }
}

/** Whether a case counts for the headline figures. */
export function inHeadline({ tags }: Pick<CaseScore, 'tags'>): boolean {
  return ![SEEN_TAG, BENIGN_TAG, POISONED_TAG].some(tag => tags.includes(tag))
}

function figuresIfAny(cases: readonly CaseScore[]): Figures | null {
  return cases.length === 0 ? null : figuresOf(cases)
}

/** The figures of any set of cases. */
function figuresOf(cases: readonly CaseScore[]): Figures {
  const metrics = Object.fromEntries(
    METRIC_NAMES.map(metric => [metric, estimate(cases.map(item => item.scores[metric]))]),
  ) as Record<Metric, Estimate>
  const words = cases.flatMap(item => (item.scores.words === null ? [] : [item.scores.words]))
  return {
    cases: cases.length,
    metrics,
    words: spread(words),
    durationMs: spread(cases.map(item => item.durationMs)),
  }
}

function decisionOf({ probability, expect }: CaseScore): Decision[] {
  return probability === null ? [] : [{ probability, answerable: expect === 'answer' }]
}

function stagesOf(cases: readonly CaseScore[]): Record<string, Spread> {
  const byStage = new Map<string, number[]>()
  for (const { timings } of cases)
    for (const [stage, milliseconds] of Object.entries(timings)) {
      const values = byStage.get(stage) ?? []
      values.push(milliseconds)
      byStage.set(stage, values)
    }
  return Object.fromEntries([...byStage].map(([stage, values]) => [stage, spread(values)]))
}

function spread(values: readonly number[]): Spread {
  return { p50: percentile(values, 0.5), p95: percentile(values, 0.95) }
}
