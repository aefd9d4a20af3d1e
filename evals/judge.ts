/**
 * A chat model as a judge of answers: correct compared with the case's own answer, and grounded in what is cited. Its
 * agreement with labels of a reader who has not seen it says how far it can be believed; it is never part of the gate.
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { loadPrompt, type RenderedPrompt } from '../prompts/load.js'
import { EvalFault } from './faults.js'
import { seededRandom } from './statistics.js'

/** How an answer compares with the expected one. */
export const CORRECTNESS = ['juist', 'deels', 'onjuist'] as const
export type Correctness = (typeof CORRECTNESS)[number]

/** An answer to judge. */
export interface JudgedAnswer {
  /** With the earlier turns in front, separated by a slash. */
  readonly question: string
  readonly expected: string
  readonly answer: string
  /** The cited paragraphs. */
  readonly sources: readonly { readonly marker: number; readonly text: string }[]
}

/** What the judge said; `null` where it gave no readable verdict, also when asked again. */
export interface JudgeVerdict {
  readonly correct: Correctness | null
  readonly grounded: boolean | null
}

/** Asks a chat model one thing and gives its whole reply. */
export type Completion = (prompt: RenderedPrompt, signal?: AbortSignal) => Promise<string>

const labelSchema = z.strictObject({
  id: z.string(),
  question: z.string(),
  expected: z.string(),
  answer: z.string(),
  sources: z.array(z.strictObject({ marker: z.int().positive(), text: z.string() })),
  correct: z.enum(CORRECTNESS),
  /** Whether everything the answer claims stands in what it cites. */
  grounded: z.boolean(),
  /** Where the answer comes from. */
  origin: z.string(),
  labelledBy: z.string(),
  date: z.iso.date(),
})
/** An answer with the labels of a reader. */
export type LabelledAnswer = z.infer<typeof labelSchema>

/**
 * Reads labelled answers.
 *
 * @throws {EvalFault} `cases-invalid` naming file and line
 */
export async function readLabels(path: string): Promise<readonly LabelledAnswer[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [labelSchema.parse(JSON.parse(line))]
    } catch (cause) {
      throw new EvalFault('cases-invalid', `${path}:${index + 1} is not a labelled answer.`, { cause })
    }
  })
}

const correctReply = z.object({ oordeel: z.enum(CORRECTNESS) })
const groundedReply = z.object({ ondersteund: z.boolean() })

/** Requests for one verdict: models now and then wrap or forget the asked form. */
const ATTEMPTS = 2

/** Asks both questions about an answer. */
export async function judgeAnswer(
  { question, expected, answer, sources }: JudgedAnswer,
  complete: Completion,
  signal?: AbortSignal,
): Promise<JudgeVerdict> {
  const correctPrompt = loadPrompt('judge-correct').render({ question, expected, answer })
  const rows = sources.map(({ marker, text }) => ({ marker: String(marker), text }))
  const groundedPrompt = loadPrompt('judge-grounded').render({ question, answer, sources: rows })
  const correct = await askFor(correctPrompt, correctReply, complete, signal)
  const grounded = await askFor(groundedPrompt, groundedReply, complete, signal)
  return { correct: correct?.oordeel ?? null, grounded: grounded?.ondersteund ?? null }
}

async function askFor<Reply>(
  prompt: RenderedPrompt,
  schema: z.ZodType<Reply>,
  complete: Completion,
  signal?: AbortSignal,
): Promise<Reply | null> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const reply = readReply(await complete(prompt, signal), schema)
    if (reply !== null) return reply
  }
  return null
}

/** The last JSON object of a reply that fits; text around it is passed over. */
export function readReply<Reply>(text: string, schema: z.ZodType<Reply>): Reply | null {
  for (const candidate of jsonObjects(text).reverse()) {
    const parsed = schema.safeParse(candidate)
    if (parsed.success) return parsed.data
  }
  return null
}

/** Every outermost JSON object in a text. */
function jsonObjects(text: string): unknown[] {
  const found: unknown[] = []
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    for (let end = text.indexOf('}', start); end >= 0; end = text.indexOf('}', end + 1)) {
      try {
        found.push(JSON.parse(text.slice(start, end + 1)))
        start = end
        break
      } catch {
        // Not yet the closing brace of this object.
      }
    }
  }
  return found
}

/** Agreement of a judge with a reader. */
export interface Agreement {
  readonly pairs: number
  /** Answers on which the judge gave no readable verdict; left out. */
  readonly leftOut: number
  /** Share of equal verdicts, 0..1; `null` without pairs. */
  readonly equal: number | null
  /**
   * Agreement beyond chance, at most 1, 0 at chance (Cohen, "A Coefficient of Agreement for Nominal Scales", 1960); `null`
   * without pairs, or when both gave one and the same verdict throughout.
   */
  readonly kappa: number | null
  /** 95 % percentile bootstrap interval of kappa; `null` as kappa. */
  readonly interval: readonly [low: number, high: number] | null
  /** Counts by verdict of the reader, then of the judge. */
  readonly table: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Compares verdicts pair by pair. */
export function agreementOf(reader: readonly string[], judge: readonly (string | null)[]): Agreement {
  const pairs = reader.flatMap((label, index) => {
    const verdict = judge[index] ?? null
    return verdict === null ? [] : [[label, verdict] as const]
  })
  const table: Record<string, Record<string, number>> = {}
  for (const [label, verdict] of pairs) {
    const row = table[label] ?? {}
    row[verdict] = (row[verdict] ?? 0) + 1
    table[label] = row
  }
  const equal =
    pairs.length === 0 ? null : pairs.filter(([label, verdict]) => label === verdict).length / pairs.length
  const value = kappa(pairs)
  return {
    pairs: pairs.length,
    leftOut: reader.length - pairs.length,
    equal,
    kappa: value,
    interval: value === null ? null : kappaInterval(pairs),
    table,
  }
}

type Pair = readonly [reader: string, judge: string]

function kappa(pairs: readonly Pair[]): number | null {
  if (pairs.length === 0) return null
  const verdicts = new Set(pairs.flat())
  const share = (holds: (pair: Pair) => boolean) => pairs.filter(holds).length / pairs.length
  const observed = share(([reader, judge]) => reader === judge)
  let expected = 0
  for (const verdict of verdicts)
    expected += share(([reader]) => reader === verdict) * share(([, judge]) => judge === verdict)
  return expected === 1 ? null : (observed - expected) / (1 - expected)
}

function kappaInterval(pairs: readonly Pair[]): readonly [number, number] | null {
  const random = seededRandom(1)
  const values: number[] = []
  for (let resample = 0; resample < 1_000; resample++) {
    const drawn = pairs.map(pair => pairs[Math.floor(random() * pairs.length)] ?? pair)
    const value = kappa(drawn)
    if (value !== null) values.push(value)
  }
  values.sort((left, right) => left - right)
  const low = values[Math.round(0.025 * (values.length - 1))]
  const high = values[Math.round(0.975 * (values.length - 1))]
  return low === undefined || high === undefined ? null : [low, high]
}
