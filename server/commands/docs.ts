/** `npm run docs`: writes into the documentation what is made from the code: the table of the configuration. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationTable } from '../configuration.js'

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'operations.md')
const [BEGIN, END] = ['<!-- configuration: made by npm run docs -->', '<!-- end of configuration -->']

const text = readFileSync(FILE, 'utf8')
const [before, rest] = text.split(BEGIN)
const after = rest?.split(END)[1]
if (before === undefined || after === undefined) {
  console.error(`${FILE} has lost the marks ${BEGIN} and ${END}. Put them back around the table.`)
  process.exitCode = 1
} else {
  writeFileSync(FILE, `${before}${BEGIN}\n\n${configurationTable()}\n\n${END}${after}`)
  console.log(`The table of the configuration in ${FILE} is current.`)
}
