/** Words of everyday and of official Dutch that can stand for each other, from `plain-words.nl.tsv`. */
import { readFileSync } from 'node:fs'
import { stem, tokenize } from '../../ingest/analysis.js'

interface PlainWords {
  /** Groups by the stems of a term, joined by a space. */
  readonly groups: ReadonlyMap<string, readonly string[]>
  /** Number of words of the longest term. */
  readonly longest: number
}

let table: PlainWords | undefined

function load(): PlainWords {
  if (table) return table
  const groups = new Map<string, string[]>()
  let longest = 1
  for (const [number, line] of readFileSync(new URL('plain-words.nl.tsv', import.meta.url), 'utf8')
    .split('\n')
    .entries()) {
    if (line === '' || line.startsWith('#')) continue
    for (const term of line.split('|')) {
      const stems = tokenize(term).map(stem)
      longest = Math.max(longest, stems.length)
      const key = stems.join(' ')
      groups.set(key, [...(groups.get(key) ?? []), `plain-${number + 1}`])
    }
  }
  table = { groups, longest }
  return table
}

/** Groups of a single stem. */
export function groupsOf(stemmed: string): readonly string[] {
  return load().groups.get(stemmed) ?? []
}

/** Groups of terms of several words in a sequence of stems, with the half-open range of each. */
export function findGroups(
  stems: readonly string[],
): { readonly groups: readonly string[]; readonly start: number; readonly end: number }[] {
  const { groups, longest } = load()
  const found: { groups: readonly string[]; start: number; end: number }[] = []
  for (let start = 0; start < stems.length; start++) {
    let term = stems[start] as string
    for (let end = start + 1; end < stems.length && end < start + longest; end++) {
      term += ` ${stems[end]}`
      const known = groups.get(term)
      if (known) found.push({ groups: known, start, end: end + 1 })
    }
  }
  return found
}
