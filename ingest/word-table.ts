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

interface Table {
  /** Lines in byte order: stem, space, letter of the frequency ("a" is 0), "v" for a verb, "s" for `endsInS`, "b" for both. */
  readonly bytes: Buffer
  readonly start: number
}

let table: Table | undefined

function load(): Table {
  if (table) return table
  const bytes = readFileSync(new URL('tables/words.nl.txt', import.meta.url))
  let start = 0
  while (bytes[start] === 0x23) start = bytes.indexOf(0x0a, start) + 1
  table = { bytes, start }
  return table
}

/** Replaces the table, for the script that makes it. */
export function useWordTable(bytes: Buffer): void {
  table = { bytes, start: 0 }
}

/** Looks a stem up; `undefined` when it is not known. The table is searched as it lies on disk, without parsing it. */
export function wordKind(stemmed: string): WordKind | undefined {
  const { bytes, start } = load()
  const wanted = Buffer.from(`${stemmed} `, 'utf8')
  let low = start
  let high = bytes.length
  while (low < high) {
    let line = (low + high) >>> 1
    while (line > low && bytes[line - 1] !== 0x0a) line--
    const order = bytes.compare(wanted, 0, wanted.length, line, Math.min(line + wanted.length, bytes.length))
    if (order === 0) {
      const at = line + wanted.length
      return {
        frequency: (bytes[at] as number) - 0x61,
        verb: bytes[at + 1] === 0x76 || bytes[at + 1] === 0x62,
        endsInS: bytes[at + 1] === 0x73 || bytes[at + 1] === 0x62,
      }
    }
    if (order < 0) low = bytes.indexOf(0x0a, line) + 1 || bytes.length
    else high = line
  }
  return undefined
}
