/** Marks that a converter set on lines of their own: "Awb", "=", "Algemene wet bestuursrecht" is one piece of the page. */
import type { Block } from '../formats/format.js'
import { textOf, wordCharacters } from './text-shape.js'

/** A sign that stands between a term and what it means. */
const BETWEEN = /^[=:→]/
/** A longer piece before a sign is a sentence of its own. */
const LONGEST_TERM = 120

/** Joins a piece without letters or digits to the text before it, and an equals sign or colon to the text after it too. */
export function joinMarks(source: string, blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  let isOpen = false
  for (const each of blocks) {
    const before = joined.at(-1)
    const text = each.kind === 'text' || each.kind === 'list-item' ? textOf(source, each.spans) : ''
    const isMark = text !== '' && wordCharacters(text) === 0
    const isJoinable = before?.kind === 'text' || before?.kind === 'list-item'
    const [from, to] = [before?.spans[0]?.[0] ?? 0, before?.spans.at(-1)?.[1] ?? 0]
    const fits = to - from <= LONGEST_TERM && !/\S/.test(source.slice(to, each.spans[0]?.[0]))
    const isOnward = isMark || BETWEEN.test(text) || (isOpen && text !== '')
    if (before && isJoinable && fits && isOnward) {
      joined[joined.length - 1] = {
        ...before,
        spans: [
          ...before.spans.slice(0, -1),
          [before.spans.at(-1)?.[0] ?? from, each.spans[0]?.[1] ?? to],
          ...each.spans.slice(1),
        ],
        references: [...before.references, ...each.references],
      }
    } else joined.push(each)
    isOpen = isMark && BETWEEN.test(text)
  }
  return joined
}
