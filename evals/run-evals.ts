/** The one documented entry of the evaluation: `runEvals` asks cases of an assistant and returns scores and figures. */

import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Assistant } from '../server/assistant.js'
import { finalQuestion, type LocatedCase } from './case.js'
import { type Library, type ResolvedCase, resolveCases } from './gold.js'
import { type CaseResult, type RunIdentity, RunJournal, slim } from './journal.js'
import { askCase } from './outcome.js'
import { batchPoisoned } from './poisoned.js'
import { type CaseOutcome, isRight, type SourceLookup, scoreCase } from './score.js'
import { BENIGN_TAG, type CaseScore, POISONED_TAG, SEEN_TAG, type Summary, summarise } from './summary.js'

/** What the evaluation needs of an assistant: any object that answers, in process or elsewhere. */
export interface EvalTarget extends Library, Pick<Assistant, 'ask' | 'close'> {
  readonly indexVersion: string
  readonly modelId: string | null
}

/** What to evaluate. */
export interface EvalOptions {
  readonly cases: readonly LocatedCase[]
  readonly assistant: EvalTarget
  /**
   * Opens an assistant over the same sources with poisoned documents beside them, by file name. Without it, cases with a
   * hidden document are left out, with a remark.
   */
  readonly openPoisoned?: (documents: ReadonlyMap<string, string>) => Promise<EvalTarget>
  /** Ids of cases that an enrichment question all but repeats: tagged `seen`, left out of the headline figures. */
  readonly seen?: ReadonlySet<string>
  /** File that receives each result as it is made; `null`: nothing is written. */
  readonly journal?: string | null
  /** Whether to go on with an interrupted journal instead of starting anew. */
  readonly resume?: boolean
  /** Cases asked at the same time; 1 (the default) gives honest latencies. */
  readonly parallel?: number
  readonly commit?: string | null
  readonly target?: string
  /** Settings that were changed for this run, kept with its figures. */
  readonly settings?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** A finished run. */
export interface EvalRun {
  readonly identity: RunIdentity
  readonly summary: Summary
  /** By id, so that the order of asking does not matter. */
  readonly cases: readonly CaseScore[]
  /** What an editor should know about the cases, one line each. */
  readonly remarks: readonly string[]
  readonly journal: string | null
}

/** Length to which the texts of found paragraphs are shortened in the journal, in characters. */
const SHOWN_LENGTH = 400

/** Length to which the details of a trace are cut in the journal, in characters. */
const SHOWN_TRACE_LENGTH = 4_000

/**
 * Asks every case and scores the answers.
 *
 * @throws {EvalFault} `cases-invalid` when a quote or document is not in the index; `run-invalid` when a journal cannot
 *   be resumed. A case whose question ends in a fault is scored as failed and does not stop the run.
 */
export async function runEvals(options: EvalOptions): Promise<EvalRun> {
  const { assistant, openPoisoned, journal: journalPath = null, seen = new Set<string>() } = options
  const expanded = options.cases.flatMap(withBenign)
  const plain = expanded.filter(item => item.hiddenDocument === undefined)
  const poisoned = expanded.filter(item => item.hiddenDocument !== undefined)
  const asked = openPoisoned === undefined ? plain : expanded
  const identity: RunIdentity = {
    commit: options.commit ?? null,
    target: options.target ?? 'in process',
    embedder: null,
    model: assistant.modelId,
    promptVersion: null,
    indexVersion: assistant.indexVersion,
    settings: options.settings ?? {},
    caseSet: hashCases(asked),
    node: process.version,
    startedAt: new Date().toISOString(),
  }
  const { cases: resolved, remarks } = await resolveCases(plain, assistant)
  const { journal, done } = await openJournal(journalPath, identity, options.resume ?? false)
  const run = new Run(options, seen, journal, [...done], asked.length)
  await run.ask(resolved, assistant)

  const allRemarks = [...remarks]
  if (openPoisoned !== undefined)
    for (const batch of batchPoisoned(poisoned)) {
      const target = await openPoisoned(batch.documents)
      try {
        const { cases, remarks: more } = await resolveCases(batch.cases, target)
        allRemarks.push(...more)
        await run.ask(cases, target)
      } finally {
        await target.close()
      }
    }
  else if (poisoned.length > 0)
    allRemarks.push(
      `${poisoned.length} cases with a poisoned document were left out: it cannot be ingested here`,
    )
  const scores = run.scores.sort((left, right) => (left.id < right.id ? -1 : 1))
  const summary = summarise(scores)
  await journal?.finish(run.versions, summary)
  return {
    identity: { ...identity, ...run.versions },
    summary,
    cases: scores,
    remarks: allRemarks,
    journal: journalPath,
  }
}

/** An attack with a harmless question beside it becomes two cases. */
function withBenign(evalCase: LocatedCase): LocatedCase[] {
  const { benign, ...attack } = evalCase
  if (benign === undefined) return [attack]
  const harmless: LocatedCase = {
    ...attack,
    id: `${attack.id}.benign`,
    question: benign.question,
    turns: undefined,
    // The harmless question may be about the poisoned document or about any other.
    documents: [],
    gold: benign.gold,
    alternatives: [],
    facts: [],
    answer: '',
    expect: 'answer',
    tags: [...attack.tags, BENIGN_TAG],
  }
  return [attack, harmless]
}

function hashCases(cases: readonly LocatedCase[]): string {
  const hash = createHash('sha256')
  for (const { location: _, ...content } of [...cases].sort((left, right) => (left.id < right.id ? -1 : 1)))
    hash.update(JSON.stringify(content))
  return hash.digest('hex').slice(0, 16)
}

async function openJournal(path: string | null, identity: RunIdentity, resume: boolean) {
  if (path === null) return { journal: null, done: [] }
  if (resume) return RunJournal.resume(path, identity)
  return { journal: await RunJournal.create(path, identity), done: [] }
}

/** One run in progress. */
class Run {
  readonly scores: CaseScore[]
  versions: Partial<RunIdentity> = {}
  readonly #options: EvalOptions
  readonly #seen: ReadonlySet<string>
  readonly #journal: RunJournal | null
  readonly #total: number

  constructor(
    options: EvalOptions,
    seen: ReadonlySet<string>,
    journal: RunJournal | null,
    done: CaseScore[],
    total: number,
  ) {
    this.#options = options
    this.#seen = seen
    this.#journal = journal
    this.scores = done
    this.#total = total
  }

  async ask(cases: readonly ResolvedCase[], target: EvalTarget): Promise<void> {
    const done = new Set(this.scores.map(score => score.id))
    const waiting = cases.filter(item => !done.has(item.case.id)).values()
    const sources = await sourceLookup(target)
    const worker = async () => {
      for (const resolved of waiting) {
        this.#options.signal?.throwIfAborted()
        const outcome = await askCase(resolved.case, target, this.#options.signal)
        // An index with poisoned documents has a version of its own, which is not that of the run.
        if (outcome.versions?.indexVersion === this.#options.assistant.indexVersion)
          this.versions = outcome.versions
        const result = resultOf(resolved, outcome, sources, this.#seen.has(resolved.case.id))
        await this.#journal?.add(result)
        this.scores.push(slim(result))
        this.#options.onProgress?.(this.scores.length, this.#total)
      }
    }
    await Promise.all(Array.from({ length: this.#options.parallel ?? 1 }, worker))
  }
}

async function sourceLookup(library: Library): Promise<SourceLookup> {
  const sources = new Map<string, string>()
  for (const { id } of await library.documents()) {
    const found = await library.document(id)
    // A server elsewhere gives paragraphs and no source text.
    if (found !== null && found.content.source !== '') sources.set(id, found.content.source)
  }
  return documentId => sources.get(documentId) ?? null
}

function resultOf(
  resolved: ResolvedCase,
  outcome: CaseOutcome,
  sources: SourceLookup,
  seen: boolean,
): CaseResult {
  const { case: evalCase, gold, alternatives } = resolved
  const right = [...gold, ...alternatives]
  const tags = [
    ...new Set([
      ...evalCase.tags,
      ...(seen ? [SEEN_TAG] : []),
      ...(evalCase.hiddenDocument === undefined ? [] : [POISONED_TAG]),
    ]),
  ]
  return {
    id: evalCase.id,
    group: evalCase.group,
    documents: evalCase.documents,
    caseFile: basename(evalCase.location.slice(0, evalCase.location.lastIndexOf(':'))),
    expect: evalCase.expect,
    tags,
    outcome: outcome.outcome,
    probability: outcome.probability,
    durationMs: outcome.durationMs,
    timings: outcome.timings,
    scores: scoreCase(resolved, outcome, sources),
    question: finalQuestion(evalCase),
    earlier: evalCase.turns?.slice(0, -1) ?? [],
    reason: outcome.reason,
    answer: outcome.answer,
    expectedAnswer: evalCase.answer,
    facts: evalCase.facts,
    citations: outcome.citations.map(citation => ({
      paragraphId: citation.paragraphId,
      document: citation.document,
      text: citation.text,
      right: isRight(right, citation),
      marker: citation.marker,
      label: citation.label,
      quote: citation.quote,
      support: citation.support,
    })),
    retrieved: outcome.retrieved.map(paragraph => ({
      rank: paragraph.rank,
      paragraphId: paragraph.paragraphId,
      document: paragraph.document,
      text: paragraph.text.slice(0, SHOWN_LENGTH),
      right: isRight(right, paragraph),
    })),
    gold: gold.map(target => ({
      quote: target.quote,
      paragraphId: target.places[0]?.paragraphId ?? '',
      text: target.places[0]?.text ?? '',
    })),
    alternatives: alternatives.map(target => ({
      quote: target.quote,
      paragraphId: target.places[0]?.paragraphId ?? '',
    })),
    trace:
      outcome.trace === null
        ? null
        : {
            understoodQuestion: outcome.trace.understoodQuestion,
            details: JSON.stringify(outcome.trace.details, null, 1).slice(0, SHOWN_TRACE_LENGTH),
          },
  }
}
