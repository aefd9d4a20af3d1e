/** The lexicon by its stems, kept between runs: to stem its terms takes longer than to answer a question. */
import { readFile } from 'node:fs/promises'
import { lexiconStems } from './analysis.js'
import { codeVersion } from './code-version.js'
import { replaceDurably, sha256 } from './durable-files.js'
import { lexiconText, useLexicon } from './lexicon.js'

/**
 * Reads the lexicon from a file, which is written first where it is missing, damaged, or made by other code or tables.
 *
 * @param path file in a folder that exists; where it cannot be written, the next run stems again
 */
export async function openKeptLexicon(path: string): Promise<void> {
  const kept = await readFile(path, 'utf8').catch(() => '')
  const text = kept.slice(kept.indexOf('\n') + 1)
  if (kept === withHead(text)) {
    useLexicon(text)
    return
  }
  await replaceDurably(path, withHead(lexiconText(lexiconStems))).catch(() => {})
}

/** The text after a line that tells which code it comes from, and whether it is whole. */
const withHead = (text: string) => `${codeVersion()} ${sha256(text)}\n${text}`
