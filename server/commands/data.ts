/** `npm run data -- backup <file> | forget <answer id> | purge | stats`: care of the database. See `docs/operations.md`. */
import { existsSync } from 'node:fs'
import { readConfiguration } from '../configuration.js'
import { databaseFile, Storage } from '../storage.js'
import { endInFailure } from './failure.js'

const USAGE = `Usage: npm run data -- backup <file>        copies the database, also while the server runs
       npm run data -- forget <answer id>   deletes one answer with its feedback, at once
       npm run data -- purge                deletes what is past its retention
       npm run data -- stats                counts what is kept`

async function perform(
  storage: Storage,
  action: string | undefined,
  target: string | undefined,
): Promise<string> {
  if (action === 'backup' && target !== undefined) {
    if (existsSync(target)) throw new TypeError(`${target} exists already. Choose another name.`)
    await storage.backup(target)
    return `Copied to ${target}.`
  }
  if (action === 'forget' && target !== undefined) {
    if (!storage.forgetAnswer(target)) throw new TypeError(`There is no answer ${target}.`)
    storage.audit('answers-purged', 'command', { answers: 1 })
    return `Deleted ${target}.`
  }
  if (action === 'purge') {
    const { answers, auditLines } = await storage.purge()
    return `Deleted ${answers} answers and ${auditLines} lines of the audit log.`
  }
  if (action === 'stats') {
    const { answers, refused, rated, ratedDown, oldest } = storage.statistics()
    const since = oldest === null ? 'never' : new Date(oldest).toISOString()
    return `${answers} answers (${refused} refused), ${rated} rated (${ratedDown} down), oldest ${since}.`
  }
  throw new TypeError(USAGE)
}

async function main(): Promise<void> {
  const [action, target] = process.argv.slice(2)
  if (action === undefined) throw new TypeError(USAGE)
  const configuration = readConfiguration()
  const storage = new Storage({
    file: databaseFile(configuration),
    retentionDays: configuration.storage.retentionDays,
  })
  try {
    console.log(await perform(storage, action, target))
  } finally {
    storage.close()
  }
}

main().catch(endInFailure)
