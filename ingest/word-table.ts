/** What is known of Dutch words by themselves: how frequent their stem is, and whether it is a verb. */
import { readFileSync } from 'node:fs'

/** What the table says of a stem. */
export interface WordKind {
  /** Binary logarithm of one plus the number of times it was counted in the counting corpus, rounded, ≥ 0. */
  readonly frequency: number
  readonly verb: boolean
  /** A noun whose singular ends in s ("grens"), so that the s is no ending. */
  readonly endsInS: boolean
}

/** The letters after a stem: its frequency ("a" is 0), then "v" for a verb, "s" for `endsInS`, "b" for both. */
const KINDS = new Map<string, WordKind>()

let table: Map<string, WordKind> | undefined

function kindOf(code: string): WordKind {
  const known = KINDS.get(code)
  if (known) return known
  const flag = code[1]
  const kind = {
    frequency: code.charCodeAt(0) - 0x61,
    verb: flag === 'v' || flag === 'b',
    endsInS: flag === 's' || flag === 'b',
  }
  KINDS.set(code, kind)
  return kind
}

function parse(text: string): Map<string, WordKind> {
  const kinds = new Map<string, WordKind>()
  // Cut where it stands: a list of a hundred thousand lines would take as long again.
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('\n', start)
    const end = next < 0 ? text.length : next
    const space = text.indexOf(' ', start)
    if (space > start && space < end && text[start] !== '#')
      kinds.set(text.slice(start, space), kindOf(text.slice(space + 1, end)))
    start = end + 1
  }
  return kinds
}

/** Replaces the table, for the script that makes it. */
export function useWordTable(text: string): void {
  table = parse(text)
}

/** Looks a stem up; `undefined` when it is not known. */
export function wordKind(stemmed: string): WordKind | undefined {
  table ??= parse(readFileSync(new URL('tables/words.nl.txt', import.meta.url), 'utf8'))
  return table.get(stemmed)
}
