/** A trace as a person reads it: how an answer came about. */
import type { AnswerRecord } from './assistant.js'

/** Renders a value as indented `name: value` lines; lists of things keep one line each. */
function renderValue(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object')
    return typeof value === 'number' ? round(value) : String(value)
  const entries = Array.isArray(value)
    ? value.map((item, at): [string, unknown] => [`${at + 1}.`, item])
    : Object.entries(value).map(([name, item]): [string, unknown] => [`${name}:`, item])
  if (entries.length === 0) return 'none'
  const flat = entries.every(([, item]) => item === null || typeof item !== 'object')
  if (flat && indent.length > 2)
    return entries.map(([name, item]) => `${name} ${renderValue(item, indent)}`).join(', ')
  return entries.map(([name, item]) => `\n${indent}${name} ${renderValue(item, `${indent}  `)}`).join('')
}

const round = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(3))

/** How an answer came about, in English, for editors and operators. */
export function explain({ answer, trace, retrieved, durationMs }: AnswerRecord): string {
  const lines = [
    `Outcome: ${answer.outcome}${answer.reason === null ? '' : ` (${answer.reason})`}, in ${round(durationMs)} ms`,
    `Understood as: ${trace.understoodQuestion}`,
    `Index: ${trace.indexVersion}, embedder ${trace.embedder}`,
    `Model: ${trace.model ?? 'none'}${trace.promptVersion === null ? '' : `, prompt ${trace.promptVersion}`}`,
    `Milliseconds: ${renderValue(trace.timings, '    ')}`,
    'Evidence, best first:',
    ...retrieved.map(({ rank, paragraphId, text }) => `  ${rank}. ${paragraphId}: ${text.slice(0, 80)}`),
    `Details:${renderValue(trace.details, '  ')}`,
  ]
  return lines.join('\n')
}
