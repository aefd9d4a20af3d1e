/**
 * Text as it should have been recognised, for search only: hyphenation undone, damage of optical recognition and of
 * encodings repaired, marks and footnote numbers left out. What a reader sees is never repaired.
 */
import { readFileSync } from 'node:fs'
import type { Span } from './corpus.js'
import { decodeTwice } from './formats/decode.js'
import { withoutMarks } from './paragraphs/text-shape.js'

/** A piece of a document with the ranges to leave out of its search text, such as footnote numbers. */
export interface SearchPiece {
  readonly spans: readonly Span[]
  readonly removed: readonly Span[]
}

/** The search texts in the order of the pieces, and how many words were repaired in all. */
export interface SearchTexts {
  readonly texts: readonly string[]
  readonly repairedWords: number
}

/** Repairs that `repair-build.ts` found with a dictionary, from damaged to right, in lower case. */
const REPAIRS = new Map(
  readFileSync(new URL('./repairs.nl.tsv', import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line && !line.startsWith('#'))
    .map(line => {
      const [wrong = '', right = ''] = line.split('\t')
      return [wrong, right] as const
    }),
)

/** Makes the search texts of one document. Its own words help to decide which hyphens at line ends are only hyphenation. */
export function searchTexts(source: string, pieces: readonly SearchPiece[]): SearchTexts {
  const known = hyphenatedWords(source)
  let repairedWords = 0
  const texts = pieces.map(piece => {
    const joined = undoHyphenation(withoutRanges(source, piece), known)
    const bare = withoutMarks(joined.text.replace(/(?<=^|\n)\s*(?:[•▪●◦‣·■□∞–-]\s+)+/g, '')).replace(
      /\s+/g,
      ' ',
    )
    const repaired = repairWords(bare)
    repairedWords += joined.words + repaired.words
    return repaired.text.trim()
  })
  return { texts, repairedWords }
}

function withoutRanges(source: string, piece: SearchPiece): string {
  return piece.spans
    .map(([start, end]) => {
      let text = ''
      let from = start
      for (const [cutStart, cutEnd] of piece.removed) {
        if (cutStart < from || cutEnd > end) continue
        text += source.slice(from, cutStart)
        from = cutEnd
      }
      return text + source.slice(from, end)
    })
    .join('\n')
}

/** The words that a document writes with a hyphen in the middle of a line. */
function hyphenatedWords(source: string): ReadonlySet<string> {
  const words = new Set<string>()
  for (const token of source.split(/\s+/)) {
    if (token.length > LONGEST_WORD || !/\p{L}-\p{L}/u.test(token)) continue
    for (const word of token.toLowerCase().match(/\p{L}+(?:-\p{L}+)+/gu) ?? []) words.add(word)
  }
  return words
}

/** A longer run without white space is no word; it is left as it is. */
const LONGEST_WORD = 100

/** Words that are joined to the next by a hyphen that stays: "Oost-Europa", "non-ODA". */
const KEEPS_HYPHEN =
  /^(?:oost|west|noord|zuid|midden|non|ex|oud|niet|follow|whole|self|co|sub|pro|anti|bijna|vice|adjunct|kandidaat|privaat|win)$/i
/** Vowels that would be read as one sound keep their hyphen: "re-integratie", "online-instrument". */
const VOWEL_CLASH = /(?:a[aeiu]|e[eiu]|i[ei]|o[eiou]|u[iu]|ij|éé)$/i

/**
 * Joins the parts of a word that a line end divides. The hyphen stays after capitals and digits ("EU-delegaties"),
 * before a capital ("Oost-Europa"), between vowels that would merge, after a part that has a hyphen of its own, and in
 * words that the document writes with a hyphen elsewhere. Before "en" and "of" it stands for a missing part and keeps
 * its space.
 */
function undoHyphenation(text: string, known: ReadonlySet<string>): { text: string; words: number } {
  let words = 0
  let joined = ''
  let from = 0
  for (const match of text.matchAll(/(\s?)[-‐\u00ad]\s*\n\s*/g)) {
    const end = match.index + match[0].length
    const first = wordBefore(text, match.index)
    const second = /^[\p{L}\p{N}'’-]{1,100}/u.exec(text.slice(end, end + LONGEST_WORD))?.[0] ?? ''
    const isDash = !first || match[1] !== ''
    if (!second || (isDash && !/^(?:en|of)$/.test(first))) continue
    joined += text.slice(from, match.index)
    from = end
    // After "en" the hyphen stands for the first part of a word: "mensensmokkel en -handel".
    if (isDash) joined += ' -'
    else if (/^(?:en|of|en\/of|dan|maar|als|resp)$/.test(second)) joined += '- '
    else {
      words++
      if (keepsHyphen(first, second, known)) joined += '-'
    }
  }
  return { text: joined + text.slice(from), words }
}

function wordBefore(text: string, end: number): string {
  return /[\p{L}\p{N}'’.-]*$/u.exec(text.slice(Math.max(0, end - LONGEST_WORD), end))?.[0] ?? ''
}

function keepsHyphen(first: string, second: string, known: ReadonlySet<string>): boolean {
  const last = first.split('-').at(-1) ?? ''
  return (
    known.has(`${first}-${second}`.toLowerCase()) ||
    /[\p{Lu}\p{N}]$/u.test(first) ||
    /^[\p{Lu}\p{N}]/u.test(second) ||
    first.includes('-') ||
    second.includes('-') ||
    KEEPS_HYPHEN.test(last) ||
    VOWEL_CLASH.test(`${first.at(-1)}${second[0]}`)
  )
}

/** What recognition makes of "ë": a euro or cent sign inside a word, "é" where Dutch has only "ë". */
export function repairLetters(word: string): string {
  return word
    .replace(/(?<=\p{L})[€¢](?=\p{L}|$)/gu, 'ë')
    .replace(/(?<=e)é(?=\p{L}|$)/gu, 'ë')
    .replace(/(?<=i)é(?=[lnr]|s?$)/g, 'ë')
}

const WORD = /[\p{L}€¢][\p{L}\p{M}€¢'’-]*/gu

function repairWords(text: string): { text: string; words: number } {
  let words = 0
  const decoded = decodeTwice(text)
  if (decoded !== text) words += wordDifferences(text, decoded)
  const repaired = decoded.replace(WORD, word => {
    const right = word.split('-').map(repairPart).join('-')
    if (right !== word) words++
    return right
  })
  return { text: repaired, words }
}

function wordDifferences(before: string, after: string): number {
  const old = before.split(' ')
  return after.split(' ').filter((word, index) => word !== old[index]).length
}

function repairPart(part: string): string {
  const word = repairLetters(part)
  const right = REPAIRS.get(word.toLowerCase())
  if (!right) return word
  if (word === word.toUpperCase()) return right.toUpperCase()
  return /^\p{Lu}/u.test(word) ? right[0]?.toUpperCase() + right.slice(1) : right
}
