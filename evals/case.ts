/** Evaluation cases: the one schema, and reading them from JSON Lines. Documented for editors in `docs/evals.md`. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { EvalFault } from './faults.js'

/** Every group, in the order in which tables print them. */
export const CASE_GROUPS = [
  'factual',
  'paraphrase',
  'lay',
  'typo',
  'keyword',
  'followup',
  'multi',
  'scoped',
  'unanswerable',
  'adversarial',
] as const

const text = z.string().trim().min(1)

/** One case as it stands on a line of a case file. */
export const evalCaseSchema = z
  .strictObject({
    /** Unique over all case files. */
    id: z.string().regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 letters, digits and . : _ -'),
    group: z.enum(CASE_GROUPS),
    question: text.optional(),
    /** A conversation, oldest turn first; only the answer to the last turn is scored. */
    turns: z.array(text).min(2).optional(),
    /** Files in which the quotes stand, relative to their source folder. Empty: all documents are searched. */
    documents: z.array(text).default([]),
    /** Verbatim quotes of the paragraphs that answer the question. */
    gold: z.array(text).default([]),
    /** Verbatim quotes of other paragraphs that are right as well. */
    alternatives: z.array(text).default([]),
    /** Whether every gold quote is needed; when absent only cases of the group `multi` need them all. */
    allNeeded: z.boolean().optional(),
    /** A good answer in Dutch, for the reader of the report and for the judge. */
    answer: z.string().default(''),
    /** What the answer must name; `a|b` means that either will do. */
    facts: z.array(text).default([]),
    expect: z.enum(['answer', 'refuse']),
    author: z.string().optional(),
    /** The day it was written, `YYYY-MM-DD`. */
    date: z.iso.date().optional(),
    tags: z.array(text).default([]),
    /** Texts that an attack tries to put into the answer and that must be absent from it. */
    canaries: z.array(text).default([]),
    /** Text of a poisoned document, ingested beside the sources for this attack. */
    hiddenDocument: text.optional(),
    /** File name of the poisoned document; its ending names the format. When absent it is plain text named after the case. */
    hiddenDocumentName: z
      .string()
      .regex(/^[\w-]+\.(txt|md|html)$/)
      .optional(),
    /** An ordinary question asked beside the attack, which must be answered as ever. */
    benign: z.strictObject({ question: text, gold: z.array(text).min(1) }).optional(),
  })
  .superRefine((value, context) => {
    if ((value.question === undefined) === (value.turns === undefined))
      context.addIssue({ code: 'custom', message: 'needs either "question" or "turns"' })
    if (value.expect === 'answer' && value.gold.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['gold'],
        message: 'must hold a quote when an answer is expected',
      })
    if (value.expect === 'refuse' && value.gold.length + value.alternatives.length > 0)
      context.addIssue({
        code: 'custom',
        path: ['gold'],
        message: 'must be empty when a refusal is expected',
      })
  })

/** A case that passed the schema, with defaults filled in. */
export type EvalCase = z.infer<typeof evalCaseSchema>
export type CaseGroup = EvalCase['group']

/** A case with the place it was read from, for messages. */
export interface LocatedCase extends EvalCase {
  /** `file:line`. */
  readonly location: string
}

/** The question that is scored: the only one, or the last turn. */
export function finalQuestion(evalCase: EvalCase): string {
  return evalCase.question ?? evalCase.turns?.at(-1) ?? ''
}

/** Whether a case needs every one of its gold quotes. */
export function needsAll(evalCase: EvalCase): boolean {
  return evalCase.allNeeded ?? evalCase.group === 'multi'
}

/** The `.jsonl` files of a folder, by name. */
export async function caseFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(cause => {
    throw new EvalFault('cases-invalid', `The folder of cases ${folder} cannot be read.`, { cause })
  })
  return names
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .map(name => join(folder, name))
}

/**
 * Reads case files whole.
 *
 * @throws {EvalFault} `cases-invalid`, naming file, line and id of every fault at once: JSON that cannot be read, a
 *   field that does not fit the schema, an id used twice.
 */
export async function readCases(files: readonly string[]): Promise<readonly LocatedCase[]> {
  const cases: LocatedCase[] = []
  const faults: string[] = []
  const seenAt = new Map<string, string>()
  for (const file of files) {
    const content = await readFile(file, 'utf8').catch(cause => {
      throw new EvalFault('cases-invalid', `The case file ${file} cannot be read.`, { cause })
    })
    for (const [index, line] of content
      .replace(/^\uFEFF/, '')
      .split('\n')
      .entries()) {
      if (line.trim() === '') continue
      const location = `${file}:${index + 1}`
      const parsed = parseCase(line)
      if (!parsed.success) {
        faults.push(...parsed.faults.map(fault => `${location} ${fault}`))
        continue
      }
      const earlier = seenAt.get(parsed.value.id)
      if (earlier !== undefined) faults.push(`${location} (${parsed.value.id}): the id is used at ${earlier}`)
      seenAt.set(parsed.value.id, location)
      cases.push({ ...parsed.value, location })
    }
  }
  if (faults.length > 0) throw new EvalFault('cases-invalid', faultList('case', faults))
  return cases
}

/** One message for a list of faults. */
export function faultList(subject: string, faults: readonly string[]): string {
  const heading =
    faults.length === 1
      ? `1 fault in the ${subject} files`
      : `${faults.length} faults in the ${subject} files`
  return [heading, ...faults].join('\n  ')
}

type ParsedCase =
  | { readonly success: true; readonly value: EvalCase }
  | { readonly success: false; readonly faults: readonly string[] }

/** Reads one line; the faults name the id where it can be read. */
export function parseCase(line: string): ParsedCase {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return { success: false, faults: [`is not valid JSON: ${reason}`] }
  }
  const result = evalCaseSchema.safeParse(value)
  if (result.success) return { success: true, value: result.data }
  const named = z.object({ id: z.string() }).safeParse(value)
  const id = named.success ? `(${named.data.id})` : '(without id)'
  return {
    success: false,
    faults: result.error.issues.map(issue => {
      const path = issue.path.map(String).join('.')
      return `${id}: ${path === '' ? '' : `"${path}" `}${issue.message}`
    }),
  }
}
