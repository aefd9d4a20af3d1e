/** Asks one case of an assistant and keeps what is scored. A fault is an outcome here, so that one case never stops a run. */
import type { AnswerRecord, Assistant, Turn } from '../server/assistant.js'
import { type EvalCase, finalQuestion } from './case.js'
import type { CaseOutcome } from './score.js'

/** Asks all turns in order; the outcome is that of the last. */
export async function askCase(
  evalCase: EvalCase,
  assistant: Pick<Assistant, 'ask'>,
  signal?: AbortSignal,
): Promise<CaseOutcome> {
  const history: Turn[] = []
  const started = performance.now()
  try {
    for (const question of evalCase.turns?.slice(0, -1) ?? []) {
      const record = await assistant.ask({ question, history: [...history], ...(signal && { signal }) })
      history.push({ question, answer: record.answer })
    }
    const record = await assistant.ask({
      question: finalQuestion(evalCase),
      history,
      ...(signal && { signal }),
    })
    return outcomeOf(record)
  } catch (fault) {
    if (signal?.aborted) throw fault
    return {
      outcome: 'failed',
      reason: faultCode(fault),
      answer: '',
      citations: [],
      retrieved: [],
      probability: null,
      durationMs: performance.now() - started,
      timings: {},
      versions: null,
      trace: null,
    }
  }
}

/** What is scored of a finished answer. */
function outcomeOf({ answer, retrieved, trace, durationMs }: AnswerRecord): CaseOutcome {
  return {
    outcome: answer.outcome,
    reason: answer.reason,
    answer: answer.answer,
    citations: answer.citations,
    retrieved,
    probability: probabilityOf(trace.details),
    durationMs,
    timings: trace.timings,
    versions: {
      embedder: trace.embedder,
      model: trace.model,
      promptVersion: trace.promptVersion,
      indexVersion: trace.indexVersion,
    },
    trace: { understoodQuestion: trace.understoodQuestion, details: trace.details },
  }
}

/** Name under which the trace carries the probability that the documents answer the question. */
const PROBABILITY_DETAIL = 'answerProbability'

function probabilityOf(details: Readonly<Record<string, unknown>>): number | null {
  const value = details[PROBABILITY_DETAIL]
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null
}

function faultCode(fault: unknown): string {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string') return fault.code
  return fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault)
}
