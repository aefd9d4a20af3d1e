/**
 * `npm run export`: kept answers as JSON Lines on standard output, those that need a person's eye first. A line is ready
 * to become a case: `npm run evals -- add --from <file>:<line>`. See `docs/operations.md`.
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { readConfiguration } from '../configuration.js'
import { databaseFile, Storage } from '../storage.js'
import type { RatedAnswer } from '../storage-format.js'
import { endInFailure } from './failure.js'

const USAGE = 'Usage: npm run --silent export -- [--since YYYY-MM-DD] [--traces] [--audit]'

/** Earlier questions of a conversation that a line repeats. */
const TURNS = 10

/** What one line holds; documented in `docs/operations.md`. */
function exportLine(rated: RatedAnswer, turns: readonly string[], withTrace: boolean) {
  const { answer, feedback, trace, askedAt, conversationId, channel, durationMs, retrieved } = rated
  return {
    answerId: answer.answerId,
    askedAt: new Date(askedAt).toISOString(),
    channel,
    conversationId,
    question: answer.question,
    turns: turns.length > 1 ? turns : null,
    outcome: answer.outcome,
    reason: answer.reason,
    unanswered: answer.unanswered,
    rating: feedback?.rating ?? null,
    ratingReason: feedback?.reason ?? null,
    comment: feedback?.comment ?? null,
    answer: answer.answer,
    citations: answer.citations.map(
      ({ marker, paragraphId, documentId, document, label, page, quote, support }) => ({
        marker,
        paragraphId,
        documentId,
        document,
        label,
        page,
        quote,
        support,
      }),
    ),
    retrieved,
    composedBy: answer.composedBy,
    indexVersion: trace.indexVersion,
    model: trace.model,
    durationMs,
    ...(withTrace && { trace }),
  }
}

/** The questions of an answer's conversation up to and with it, oldest first. */
function turnsOf(storage: Storage, { conversationId, askedAt, answer }: RatedAnswer): readonly string[] {
  if (conversationId === null) return [answer.question]
  const earlier = storage.conversation(conversationId, 50).filter(one => one.askedAt < askedAt)
  return [...earlier.map(one => one.answer.question), answer.question].slice(-TURNS)
}

async function print(line: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      since: { type: 'string' },
      traces: { type: 'boolean', default: false },
      audit: { type: 'boolean', default: false },
    },
  })
  const since = values.since === undefined ? 0 : Date.parse(values.since)
  if (Number.isNaN(since)) throw new TypeError(`--since ${values.since} is not a date. ${USAGE}`)
  const configuration = readConfiguration()
  const storage = new Storage({
    file: databaseFile(configuration),
    retentionDays: configuration.storage.retentionDays,
  })
  try {
    if (values.audit) {
      for (const { at, ...line } of storage.auditLines()) {
        if (at >= since) await print({ at: new Date(at).toISOString(), ...line })
      }
      return
    }
    let count = 0
    for (const rated of storage.ratedAnswers()) {
      if (rated.askedAt < since) continue
      await print(exportLine(rated, turnsOf(storage, rated), values.traces))
      count += 1
    }
    storage.audit('answers-exported', 'command', { count })
  } finally {
    storage.close()
  }
}

main().catch(endInFailure)
