/** Tables that commands keep up to date in the documentation. */
import { readFile, writeFile } from 'node:fs/promises'
import { EvalFault } from './faults.js'

/**
 * Puts a table between `<!-- name -->` and `<!-- /name -->` of a Markdown file.
 *
 * @throws {EvalFault} `arguments-invalid` when the file has no such place
 */
export async function replaceTable(file: string, name: string, table: string): Promise<void> {
  const [begin, finish] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const content = await readFile(file, 'utf8')
  const start = content.indexOf(begin)
  const end = content.indexOf(finish)
  if (start < 0 || end < start)
    throw new EvalFault('arguments-invalid', `${file} has no place for the table: ${begin} and ${finish}.`)
  await writeFile(file, `${content.slice(0, start + begin.length)}\n${table}\n${content.slice(end)}`)
}
