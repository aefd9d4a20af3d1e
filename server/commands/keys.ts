/** `npm run keys -- <name> [--operator]`: makes an API key, shown once, and the entry that the server keeps. */
import { parseArgs } from 'node:util'
import { createApiKey } from '../access.js'
import { endInFailure } from './failure.js'

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
  endInFailure(error)
}
