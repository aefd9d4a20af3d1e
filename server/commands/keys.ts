/** `npm run keys -- <name> [--operator]`: makes an API key, shown once, and the entry that the server keeps. */
import { parseArgs } from 'node:util'
import { CodedFault } from '../../ingest/faults.js'
import { createApiKey } from '../access.js'

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { operator: { type: 'boolean', default: false } },
  })
  const [name] = positionals
  if (name === undefined) throw new TypeError('Usage: npm run keys -- <name> [--operator]')
  const { key, entry } = createApiKey(name, values.operator ? 'operator' : 'caller')
  console.log(`Key, for the caller; it cannot be shown again:\n  ${key}`)
  console.log(`Entry, for the file named by API_KEYS_FILE; then send SIGHUP to the server:\n  ${entry}`)
}

try {
  main()
} catch (error) {
  const isExpected = error instanceof CodedFault || error instanceof TypeError
  console.error(isExpected ? error.message : error)
  process.exitCode = 1
}
