/** Passages of Dutch laws as Markdown files give them: one file a law, one heading an article. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A passage of a law: a numbered paragraph of an article, or as much of an article as has about a paragraph's length. */
export interface LawPassage {
  /** Identifier of the law in the national register: "BWBR0001840". */
  readonly law: string
  readonly title: string
  /** As printed after "Artikel": "14", "I-P 18". */
  readonly article: string
  /** Headings above the article, outermost first. */
  readonly headings: readonly string[]
  /** Number within the article, from 1. */
  readonly number: number
  readonly text: string
}

/** Words after which an unnumbered article is cut at the next empty line. */
const PASSAGE_WORDS = 120

/** Files of this source are partly UTF-8 read as Latin-1 and encoded once more. */
function mendEncoding(text: string): string {
  return /Ã[\u0080-\u00bf]|â\u0082¬/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}

const collapse = (text: string) => text.replace(/\*\*/g, '').replace(/\s+/g, ' ').trim()

function cut(body: string): string[] {
  const numbered = body.split(/^\*\*\d+[a-z]?\.?\*\*\s*$/mu)
  // The first piece is the whole article once more, without numbers.
  if (numbered.length > 1) return numbered.slice(1).map(collapse).filter(Boolean)
  const passages: string[] = []
  let current = ''
  for (const block of body.split(/\n\s*\n/).map(collapse)) {
    current = [current, block].filter(Boolean).join(' ')
    if (current.split(' ').length < PASSAGE_WORDS) continue
    passages.push(current)
    current = ''
  }
  return current === '' ? passages : [...passages, current]
}

/** The passages of one law. */
function lawPassages(markdown: string): LawPassage[] {
  const text = mendEncoding(markdown)
  const law = /^identificatie:\s*(\S+)/m.exec(text)?.[1] ?? ''
  const end = text.indexOf('\n---', 3)
  const body = end < 0 ? text : text.slice(end + 4)
  const title = collapse(/^#\s+(.*)$/m.exec(body)?.[1] ?? /^titel:\s*"?([^"\n]*)/m.exec(text)?.[1] ?? law)
  const passages: LawPassage[] = []
  const headings: string[] = []
  for (const part of body.split(/^(?=#{2,6}\s)/m)) {
    const heading = /^(#{2,6})\s+(.*)$/m.exec(part)
    if (!heading) continue
    const name = collapse(heading[2] as string)
    const article = /^(?:Artikel|Enig artikel)\s*(.*)$/i.exec(name)
    if (!article) {
      headings.length = Math.max(0, (heading[1] as string).length - 2)
      headings.push(name)
      continue
    }
    const texts = cut(part.slice(part.indexOf('\n') + 1))
    for (const [at, passage] of texts.entries())
      passages.push({
        law,
        title,
        article: (article[1] as string) || 'enig',
        headings: [...headings],
        number: at + 1,
        text: passage,
      })
  }
  return passages
}

/** The passages of the laws in a folder whose identifiers are wanted, in the order of the file names. */
export async function* readLaws(
  folder: string,
  isWanted: (law: string) => boolean,
): AsyncGenerator<LawPassage> {
  for (const name of (await readdir(folder)).filter(file => file.endsWith('.md')).sort()) {
    if (isWanted(name.slice(0, -3))) yield* lawPassages(await readFile(join(folder, name), 'utf8'))
  }
}
