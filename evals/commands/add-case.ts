/** `npm run evals -- add`: makes a case from flags, or from a line of `npm run export` that the flags complete. */
import { appendFile, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { caseFiles, type EvalCase, type LocatedCase, parseCase, readCases } from '../case.js'
import { openConfigured } from '../configured.js'
import { EvalFault } from '../faults.js'
import { type Library, resolveCases } from '../gold.js'
import { readArguments } from './arguments.js'
import { CASES_FOLDER } from './folders.js'

const FLAGS = {
  id: { type: 'string' },
  group: { type: 'string' },
  question: { type: 'string' },
  turn: { type: 'string', multiple: true },
  document: { type: 'string', multiple: true },
  quote: { type: 'string', multiple: true },
  alternative: { type: 'string', multiple: true },
  fact: { type: 'string', multiple: true },
  answer: { type: 'string' },
  expect: { type: 'string' },
  author: { type: 'string' },
  tag: { type: 'string', multiple: true },
  /** File of `npm run export`, with `:line` (from 1) where it holds more than one. */
  from: { type: 'string' },
  /** Case file to which the case is added. */
  file: { type: 'string', default: join(CASES_FOLDER, 'added.jsonl') },
} as const

type Flags = ReturnType<typeof readArguments<typeof FLAGS>>['values']

/** What is used of a line of the export. */
const exportedLine = z.looseObject({
  question: z.string(),
  /** The conversation up to and with the question; `null` for a single question. */
  turns: z.array(z.string()).nullable(),
  citations: z.array(z.looseObject({ document: z.string(), quote: z.string() })),
})

/** Runs the command; the exit code is 0. */
export async function addCase(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, FLAGS)
  const target = await openConfigured({})
  try {
    const added = await buildCase(values, target.assistant)
    await appendFile(values.file, `${JSON.stringify(added)}\n`)
    console.log(`Added ${added.id} to ${values.file}:\n${JSON.stringify(added, null, 2)}`)
    return 0
  } finally {
    await target.assistant.close()
  }
}

/**
 * Makes a case and checks it against the index.
 *
 * @throws {EvalFault} `arguments-invalid`, or `cases-invalid` when it does not fit the schema, its id is taken, or a quote
 *   does not occur
 */
export async function buildCase(flags: Flags, library: Library): Promise<EvalCase> {
  const known = await readCases(await allFiles(flags.file))
  const exported = flags.from === undefined ? null : await readExported(flags.from)
  const quotes = flags.quote ?? exported?.citations.map(citation => citation.quote) ?? []
  const turns = flags.turn ?? (flags.question === undefined ? exported?.turns : null) ?? null
  const expect = flags.expect ?? (quotes.length > 0 ? 'answer' : 'refuse')
  const draft = {
    id: flags.id ?? nextId(flags.file, known),
    group: flags.group ?? (expect === 'refuse' ? 'unanswerable' : turns === null ? undefined : 'followup'),
    ...(turns === null ? { question: flags.question ?? exported?.question } : { turns }),
    documents: flags.document ?? [...new Set(exported?.citations.map(citation => citation.document) ?? [])],
    gold: expect === 'answer' ? [...new Set(quotes)] : [],
    alternatives: flags.alternative ?? [],
    answer: flags.answer ?? '',
    facts: flags.fact ?? [],
    expect,
    ...(flags.author === undefined ? {} : { author: flags.author }),
    date: new Date().toISOString().slice(0, 10),
    tags: flags.tag ?? [],
  }
  const parsed = parseCase(JSON.stringify(draft))
  if (!parsed.success)
    throw new EvalFault('cases-invalid', `The case is not complete:\n  ${parsed.faults.join('\n  ')}`)
  if (known.some(item => item.id === parsed.value.id))
    throw new EvalFault(
      'cases-invalid',
      `There is a case ${parsed.value.id} already. Give another one with --id.`,
    )
  const { cases, remarks } = await resolveCases([{ ...parsed.value, location: 'the new case' }], library)
  for (const remark of remarks) console.error(`note: ${remark}`)
  const found = cases.flatMap(({ gold }) =>
    gold.flatMap(target => target.places.map(place => place.document)),
  )
  return {
    ...parsed.value,
    documents: parsed.value.documents.length > 0 ? parsed.value.documents : [...new Set(found)],
  }
}

async function allFiles(file: string): Promise<readonly string[]> {
  const files = await caseFiles(CASES_FOLDER)
  const exists = await readFile(file).then(
    () => true,
    () => false,
  )
  return files.includes(file) || !exists ? files : [...files, file]
}

async function readExported(from: string) {
  const { path, number } = /^(?<path>.*?)(?::(?<number>\d+))?$/.exec(from)?.groups ?? {}
  const content = await readFile(path ?? from, 'utf8').catch(cause => {
    throw new EvalFault('arguments-invalid', `The export ${path} cannot be read.`, { cause })
  })
  const lines = content.split('\n').filter(line => line.trim() !== '')
  if (number === undefined && lines.length > 1)
    throw new EvalFault(
      'arguments-invalid',
      `${path} has ${lines.length} lines; choose one: --from ${path}:1`,
    )
  const line = lines[Number(number ?? 1) - 1]
  if (line === undefined) throw new EvalFault('arguments-invalid', `${path} has no line ${number ?? 1}.`)
  try {
    return exportedLine.parse(JSON.parse(line))
  } catch (cause) {
    throw new EvalFault(
      'arguments-invalid',
      `Line ${number ?? 1} of ${path} is not a line of npm run export.`,
      { cause },
    )
  }
}

/** The name of the file with the next free number. */
function nextId(file: string, known: readonly LocatedCase[]): string {
  const prefix = basename(file, '.jsonl')
  const numbers = known.flatMap(({ id }) => {
    const match = new RegExp(`^${prefix}-(\\d+)$`).exec(id)
    return match === null ? [] : [Number(match[1])]
  })
  return `${prefix}-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`
}
