/** `npm run ask`: answers questions on the command line. `docs/cli.md` describes its formats. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { CodedFault } from '../../ingest/faults.js'
import { type AnswerRecord, type Assistant, openAssistant, type Turn } from '../assistant.js'
import { readConfiguration } from '../configuration.js'
import { bringIndexUpToDate } from './index-up-to-date.js'

const batchLineSchema = z.union([
  z.object({ id: z.string(), question: z.string() }),
  z.object({ id: z.string(), turns: z.array(z.string()).min(1) }),
])

/** The object that `--json` prints for one answer. */
export function toJson(id: string, { answer, retrieved, durationMs }: AnswerRecord) {
  const { question, outcome, reason, unanswered, citations, segments, nearest, composedBy } = answer
  return {
    id,
    question,
    outcome,
    reason,
    answer: answer.answer,
    unanswered,
    citations,
    retrieved,
    durationMs,
    segments,
    nearest,
    composedBy,
  }
}

function failure(id: string | null, error: unknown) {
  const code = error instanceof CodedFault ? String(error.code) : 'request-invalid'
  return {
    id,
    outcome: 'failed',
    error: { code, message: error instanceof Error ? error.message : String(error) },
  }
}

async function askTurns(
  assistant: Assistant,
  turns: readonly string[],
  answerId: string,
): Promise<AnswerRecord> {
  const history: Turn[] = []
  for (const question of turns.slice(0, -1)) {
    const { answer } = await assistant.ask({ question, history })
    history.push({ question, answer })
  }
  return assistant.ask({ question: turns.at(-1) as string, history, answerId })
}

function printReadably({ answer }: AnswerRecord): void {
  console.log(`\n${answer.answer}\n`)
  for (const citation of answer.citations) {
    const place = [
      citation.title,
      citation.documentNumber,
      citation.date,
      citation.label,
      citation.page && `p. ${citation.page}`,
    ]
    console.log(`[${citation.marker}] ${place.filter(Boolean).join(', ')}`)
    console.log(`    “${citation.quote}”`)
    console.log(`    ${citation.href}\n`)
  }
  if (answer.nearest.length > 0) console.log('Misschien bedoelt u:')
  for (const source of answer.nearest)
    console.log(`  - ${source.title}: “${source.quote.slice(0, 160)}”\n    ${source.href}`)
}

async function askBatch(assistant: Assistant, path: string): Promise<boolean> {
  let failed = false
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (line.trim() === '') continue
    let id: string | null = null
    try {
      const parsed: unknown = JSON.parse(line)
      if (parsed && typeof parsed === 'object' && 'id' in parsed && typeof parsed.id === 'string')
        id = parsed.id
      const item = batchLineSchema.parse(parsed)
      const turns = 'turns' in item ? item.turns : [item.question]
      console.log(JSON.stringify(toJson(item.id, await askTurns(assistant, turns, randomUUID()))))
    } catch (error) {
      failed = true
      console.log(JSON.stringify(failure(id, error)))
    }
  }
  return failed
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      batch: { type: 'string' },
      explain: { type: 'boolean', default: false },
      'no-enrichment': { type: 'boolean', default: false },
    },
  })
  const question = positionals.join(' ')
  const options = { enrichment: !values['no-enrichment'] }
  const configuration = readConfiguration()
  const { written } = await bringIndexUpToDate(configuration, options)
  if (written && !values.json) console.error('The index was made anew.')
  const assistant = await openAssistant(configuration, options)
  try {
    if (values.batch !== undefined) {
      if (await askBatch(assistant, values.batch)) process.exitCode = 1
      return
    }
    const record = await assistant.ask({ question })
    if (values.json) console.log(JSON.stringify(toJson(record.answer.answerId, record)))
    else printReadably(record)
    if (values.explain) console.log(JSON.stringify(record.trace, null, 2))
  } finally {
    await assistant.close()
  }
}

main().catch(error => {
  if (process.argv.includes('--json')) console.log(JSON.stringify(failure(null, error)))
  console.error(error instanceof CodedFault ? error.message : error)
  process.exitCode = 1
})
