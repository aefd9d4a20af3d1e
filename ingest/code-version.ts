/** Which code made an index: stored, so that documents are read again when the reading has changed. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let known: string | undefined

/**
 * Hash over the code and tables of this folder, 16 hexadecimal digits. A number that people raise by hand would be forgotten
 * once, and paragraphs of two versions would then stand in one index.
 */
export function codeVersion(): string {
  if (known !== undefined) return known
  const folder = dirname(fileURLToPath(import.meta.url))
  const hash = createHash('sha256')
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(ts|js|tsv|txt|json)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
  for (const name of names) hash.update(name.slice(folder.length)).update(readFileSync(name))
  known = hash.digest('hex').slice(0, 16)
  return known
}
