/**
 * Prompts as data: `<name>.nl.md` with a front matter, a part for the system and a part for the user. What a prompt says it
 * needs and what stands in its text are checked against each other when it is loaded.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Every prompt, by the name of its file. */
export const PROMPT_NAMES = [
  'answer',
  'rewrite',
  'enrich',
  'judge-correct',
  'judge-grounded',
  'draft-case',
] as const
export type PromptName = (typeof PROMPT_NAMES)[number]

/** The two messages that are sent to a chat model. */
export interface RenderedPrompt {
  readonly system: string
  readonly user: string
}

/** Values for the variables of a prompt: a text, or rows of texts for a part that is repeated. */
export type PromptValues = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>

/** A prompt that was found right. */
export interface Prompt {
  readonly name: string
  /** Raised with every change of the text. */
  readonly version: number
  /** Name and version, for traces and files. */
  readonly id: string
  /**
   * Fills the prompt in. Values are data: angle brackets in them become ‹ ›, so that no value can close the tags that fence
   * it, and characters that cannot be seen are left out.
   *
   * @throws {PromptError} for a value that is missing, unknown or of the wrong form
   */
  render(values: PromptValues): RenderedPrompt
}

/** A prompt file is wrong, or a prompt is given other values than it asks for. */
export class PromptError extends Error {
  override readonly name = 'PromptError'
}

const frontMatterSchema = z.strictObject({
  version: z.coerce.number().int().positive(),
  variables: z.string().min(1),
})

/** A declared variable; `fields` of each row for a repeated part, else `null`. */
interface Variable {
  readonly name: string
  readonly fields: readonly string[] | null
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'rows'; readonly name: string; readonly pieces: readonly Piece[] }

const loaded = new Map<PromptName, Prompt>()

/**
 * The prompt of that name, read once.
 *
 * @throws {PromptError} when its file is missing or wrong
 */
export function loadPrompt(name: PromptName): Prompt {
  const known = loaded.get(name)
  if (known) return known
  let text: string
  try {
    text = readFileSync(new URL(`${name}.nl.md`, import.meta.url), 'utf8')
  } catch (cause) {
    throw new PromptError(`There is no prompt "${name}" in prompts/.`, { cause })
  }
  const prompt = parsePrompt(name, text)
  loaded.set(name, prompt)
  return prompt
}

/**
 * Reads the text of a prompt file.
 *
 * @throws {PromptError} naming what is wrong: the front matter, a part that is missing, a variable that is used and not
 *   declared, or declared and not used
 */
export function parsePrompt(name: string, text: string): Prompt {
  const wrong = (what: string): never => {
    throw new PromptError(`prompts/${name}.nl.md: ${what}`)
  }
  const [, head = '', body = ''] =
    /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? wrong('has no front matter.')
  const entries = head.split('\n').map((line): [string, string] => {
    const [, key = '', value = ''] = /^([a-z]+):\s*(.*)$/.exec(line) ?? wrong(`"${line}" is no "key: value".`)
    return [key, value]
  })
  const front = frontMatterSchema.safeParse(Object.fromEntries(entries))
  if (!front.success) return wrong(z.prettifyError(front.error))
  const variables = parseVariables(front.data.variables, wrong)
  const parts = /^\s*## Systeem\n([\s\S]*?)\n## Gebruiker\n([\s\S]*)$/.exec(body)
  if (!parts) return wrong('needs the parts "## Systeem" and "## Gebruiker", in this order.')
  const [system, user] = [parts[1] as string, parts[2] as string].map(part =>
    parsePieces(part.trim(), wrong),
  ) as [Piece[], Piece[]]
  checkUse([...system, ...user], variables, wrong)
  const { version } = front.data
  return {
    name,
    version,
    id: `${name} ${version}`,
    render: values => {
      checkValues(values, variables, name)
      return { system: fill(system, values), user: fill(user, values) }
    },
  }
}

function parseVariables(text: string, wrong: (what: string) => never): Variable[] {
  const variables: Variable[] = []
  for (const match of text.matchAll(/([a-z]\w*)(?:\[([\w\s,]*)\])?\s*(?:,|$)\s*|(.)/gi)) {
    const [, name, fields, rest] = match
    if (rest !== undefined || name === undefined) return wrong(`the variables "${text}" cannot be read.`)
    variables.push({
      name,
      fields: fields === undefined ? null : fields.split(',').map(field => field.trim()),
    })
  }
  return variables
}

function parsePieces(text: string, wrong: (what: string) => never): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(/\{\{#(\w+)\}\}\n?([\s\S]*?)\{\{\/\1\}\}\n?|\{\{(\w+)\}\}/g)) {
    pieces.push({ kind: 'text', text: text.slice(at, match.index) })
    const [whole, rows, inner, value] = match
    if (rows !== undefined)
      pieces.push({ kind: 'rows', name: rows, pieces: parsePieces(inner as string, wrong) })
    else pieces.push({ kind: 'value', name: value as string })
    at = match.index + whole.length
  }
  pieces.push({ kind: 'text', text: text.slice(at) })
  for (const piece of pieces)
    if (piece.kind === 'text' && /\{\{|\}\}/.test(piece.text))
      wrong(`"${piece.text.slice(0, 60)}" holds a loose brace.`)
  return pieces
}

function checkUse(
  pieces: readonly Piece[],
  variables: readonly Variable[],
  wrong: (what: string) => never,
): void {
  const used = new Map<string, ReadonlySet<string> | null>()
  for (const piece of pieces) {
    if (piece.kind === 'value') used.set(piece.name, null)
    if (piece.kind === 'rows')
      used.set(
        piece.name,
        new Set(piece.pieces.flatMap(inner => (inner.kind === 'value' ? [inner.name] : []))),
      )
  }
  for (const name of used.keys())
    if (!variables.some(variable => variable.name === name)) wrong(`uses "${name}", which is not declared.`)
  for (const { name, fields } of variables) {
    const use = used.get(name)
    if (use === undefined) wrong(`declares "${name}" and does not use it.`)
    const [declared, found] = [new Set(fields ?? []), use ?? new Set<string>()]
    if ((fields === null) !== (use === null)) wrong(`uses "${name}" in another form than it is declared.`)
    for (const field of found)
      if (!declared.has(field)) wrong(`uses "${name}.${field}", which is not declared.`)
    for (const field of declared)
      if (!found.has(field)) wrong(`declares "${name}.${field}" and does not use it.`)
  }
}

function checkValues(values: PromptValues, variables: readonly Variable[], prompt: string): void {
  const wrong = (what: string): never => {
    throw new PromptError(`The prompt "${prompt}" ${what}`)
  }
  for (const name of Object.keys(values))
    if (!variables.some(variable => variable.name === name)) wrong(`knows no variable "${name}".`)
  for (const { name, fields } of variables) {
    const value = values[name]
    if (value === undefined) wrong(`lacks a value for "${name}".`)
    if ((fields === null) !== (typeof value === 'string')) wrong(`wants another form of value for "${name}".`)
    if (fields === null || value === undefined || typeof value === 'string') continue
    for (const row of value) {
      const given = Object.keys(row)
      if (given.length !== fields.length || !fields.every(field => given.includes(field)))
        wrong(`wants rows of "${name}" with ${fields.join(', ')}.`)
    }
  }
}

function fill(pieces: readonly Piece[], values: PromptValues): string {
  return pieces
    .map(piece => {
      if (piece.kind === 'text') return piece.text
      const value = values[piece.name] ?? ''
      if (piece.kind === 'value') return typeof value === 'string' ? asData(value) : ''
      return typeof value === 'string' ? '' : value.map(row => fill(piece.pieces, row)).join('')
    })
    .join('')
}

/** A value as data: it can neither close a tag nor hold what a reader would not see. */
function asData(text: string): string {
  return text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[\p{Cf}\p{Co}\p{Cn}\u{E0000}-\u{E007F}]/gu, '')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
}
