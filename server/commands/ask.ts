/** `npm run ask`: answers questions on the command line. `docs/cli.md` describes its formats. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { CodedFault } from '../../ingest/faults.js'
import { type AnswerRecord, type Assistant, openAssistant, type Turn } from '../assistant.js'
import { readConfiguration } from '../configuration.js'
import { explain } from '../explain.js'
import { ServerFault } from '../faults.js'
import type { NearestSource } from '../protocol.js'
import { endWhenReaderLeaves } from './closed-pipe.js'
import { bringIndexUpToDate } from './index-up-to-date.js'
import { failureLines } from './ingest-report.js'

const batchLineSchema = z.union([
  z.object({ id: z.string(), question: z.string() }),
  z.object({ id: z.string(), turns: z.array(z.string()).min(1) }),
])

/** The object that `--json` prints for one answer. */
function toJson(id: string, { answer, retrieved, durationMs }: AnswerRecord) {
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
  const known = error instanceof CodedFault || error instanceof z.ZodError || error instanceof SyntaxError
  const code = error instanceof CodedFault ? String(error.code) : known ? 'request-invalid' : 'internal'
  if (error instanceof z.ZodError)
    return {
      id,
      outcome: 'failed',
      error: { code, message: 'The line must be {"id","question"} or {"id","turns":[…]} with texts.' },
    }
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

const WIDTH = 100

/** Breaks a text into lines of at most `WIDTH` columns, each after `indent`. */
function wrap(text: string, indent = ''): string {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = indent
    for (const word of paragraph.split(' ')) {
      if (line.length > indent.length && line.length + 1 + word.length > WIDTH) {
        lines.push(line)
        line = indent
      }
      line += line.length > indent.length ? ` ${word}` : word
    }
    lines.push(line)
  }
  return lines.join('\n')
}

/** The beginning of a long quote, to the last whole word. */
const shorten = (text: string) =>
  text.length <= 240 ? text : `${text.slice(0, 240).replace(/\s+\S*$/, '')} …`

function describe({ title, documentNumber, date, label, page }: NearestSource): string {
  return [
    title,
    documentNumber,
    date,
    label && /[\p{L}\p{N}]/u.test(label) ? label : null,
    page === null ? null : `p. ${page}`,
  ]
    .filter(Boolean)
    .join(', ')
}

function printReadably({ answer }: AnswerRecord): void {
  console.log(`\n${wrap(answer.answer)}\n`)
  for (const citation of answer.citations) {
    console.log(wrap(`[${citation.marker}] ${describe(citation)}`))
    console.log(`    ${citation.href}\n`)
  }
  for (const source of answer.nearest) {
    console.log(wrap(`- ${describe(source)}`))
    console.log(wrap(`“${shorten(source.quote)}”`, '    '))
    console.log(`    ${source.href}\n`)
  }
}

async function askBatch(assistant: Assistant, path: string): Promise<boolean> {
  let failed = false
  const text = await readFile(path, 'utf8').catch(cause => {
    throw new ServerFault('request-invalid', `The batch file ${path} cannot be read. ${USAGE}`, { cause })
  })
  for (const line of text.split('\n')) {
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

const USAGE =
  'Use: npm run ask -- "Uw vraag" [--json] [--explain] [--no-enrichment], or --batch FILE.jsonl --json.'

/** @throws {ServerFault} `request-invalid` with the usage, for an option that does not exist. */
function parseArguments<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse()
  } catch (cause) {
    throw new ServerFault(
      'request-invalid',
      `${cause instanceof Error ? cause.message.replace(/\.? To specify[\s\S]*$/, '.') : cause}\n${USAGE}`,
      {
        cause,
      },
    )
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArguments(() =>
    parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        batch: { type: 'string' },
        explain: { type: 'boolean', default: false },
        'no-enrichment': { type: 'boolean', default: false },
      },
    }),
  )
  if (values.help) {
    console.log(USAGE)
    return
  }
  const question = positionals.join(' ')
  if (question !== '' && values.batch !== undefined)
    throw new ServerFault('request-invalid', `Give a question or --batch, not both. ${USAGE}`)
  if (question.trim() === '' && values.batch === undefined)
    throw new ServerFault('question-empty', `No question was given. ${USAGE}`)
  endWhenReaderLeaves()
  const options = { enrichment: !values['no-enrichment'] }
  const configuration = readConfiguration()
  const report = await bringIndexUpToDate(configuration, options)
  if (report.written && !values.json) console.error('The index was made anew.')
  for (const line of failureLines(report)) console.error(line)
  const assistant = await openAssistant(configuration, options)
  try {
    if (values.batch !== undefined) {
      if (await askBatch(assistant, values.batch)) process.exitCode = 1
      return
    }
    const record = await assistant.ask({ question })
    if (values.json) console.log(JSON.stringify(toJson(record.answer.answerId, record)))
    else printReadably(record)
    if (values.explain) console.log(explain(record))
  } finally {
    await assistant.close()
  }
}

main().catch(error => {
  if (process.argv.includes('--json')) console.log(JSON.stringify(failure(null, error)))
  console.error(error instanceof CodedFault ? error.message : error)
  process.exitCode = 1
})
