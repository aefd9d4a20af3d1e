/** Documents to fill an index up to a size: those of a folder, or texts made of phrases of the sources. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { seededRandom } from '../statistics.js'

/** Paragraphs of one made document. */
const PARAGRAPHS_PER_DOCUMENT = 400

/** Words of a phrase that is taken over whole, so that the made text has the word pairs of real text. */
const PHRASE_LENGTH = 6

/**
 * Copies documents of a folder until they hold about so many paragraphs, counted as blocks between empty lines.
 *
 * @returns the number of blocks that were copied; fewer when the folder holds fewer
 */
export async function copyTexts(folder: string, target: string, paragraphs: number): Promise<number> {
  await mkdir(target, { recursive: true })
  let copied = 0
  for (const name of (await readdir(folder)).sort()) {
    if (copied >= paragraphs) break
    if (!['.txt', '.md'].includes(extname(name))) continue
    const text = await readFile(join(folder, name), 'utf8')
    await writeFile(join(target, name), text)
    copied += text.split(/\n\s*\n/).filter(block => block.trim() !== '').length
  }
  return copied
}

/**
 * Writes documents of made paragraphs: phrases of the given texts in a new order. They share the vocabulary of the
 * sources, so that they compete with the right paragraphs, and none says what a right one says.
 */
export async function makeTexts(texts: readonly string[], target: string, paragraphs: number): Promise<void> {
  await mkdir(target, { recursive: true })
  const random = seededRandom(11)
  const sources = texts.map(text => text.split(' ')).filter(words => words.length >= 2 * PHRASE_LENGTH)
  const phrase = () => {
    const words = sources[Math.floor(random() * sources.length)] ?? []
    const start = Math.floor(random() * (words.length - PHRASE_LENGTH))
    return words.slice(start, start + PHRASE_LENGTH).join(' ')
  }
  for (let first = 0; first < paragraphs; first += PARAGRAPHS_PER_DOCUMENT) {
    const count = Math.min(PARAGRAPHS_PER_DOCUMENT, paragraphs - first)
    const blocks = Array.from({ length: count }, () => {
      const phrases = Array.from({ length: 3 + Math.floor(random() * 12) }, phrase)
      return `${phrases.join(' ')}.`
    })
    await writeFile(join(target, `made-${String(first).padStart(7, '0')}.txt`), `${blocks.join('\n\n')}\n`)
  }
}
