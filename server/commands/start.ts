/** `npm start`: serves the assistant; makes the index first when it is missing or stale. See `docs/operations.md`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readManifest } from '../../ingest/catalogue.js'
import { CodedFault } from '../../ingest/faults.js'
import { readIndexManifest } from '../../ingest/index-files.js'
import type { IngestProgress } from '../../ingest/ingest-options.js'
import { isLoopback } from '../access.js'
import { indexFolder, openAssistant } from '../assistant.js'
import { type Configuration, readConfiguration } from '../configuration.js'
import { openLog } from '../log.js'
import { type Service, startService } from '../service.js'
import { bringIndexUpToDate } from './index-up-to-date.js'
import { failureLines } from './ingest-report.js'

/**
 * Percent by which the heap grows before it is collected. Of itself V8 lets it grow to several times what is in use, because it
 * takes a busy hour for the usual one: with 2,000 sockets and 200 questions a second that was 75 to 230 MB more, for no time won.
 */
const HEAP_GROWTH = 50

/** The garbage collector of V8, which Node gives to nobody unless asked. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  return () => {
    collect()
    // The second time gives the system the pages that the first one emptied.
    collect()
  }
}

/** Words for a person at the terminal; machines read the log on standard output. */
const say = (text: string) => process.stderr.write(`${text}\n`)

async function openIndex(configuration: Configuration) {
  const started = performance.now()
  const onProgress = process.stderr.isTTY
    ? ({ phase, done, total }: IngestProgress) =>
        process.stderr.write(`\rMaking the index: ${done} of ${total} ${phase} `)
    : undefined
  const report = await bringIndexUpToDate(configuration, {
    inThread: true,
    ...(onProgress && { onProgress }),
  })
  const { written, documents } = report
  if (written) {
    const seconds = ((performance.now() - started) / 1_000).toFixed(1)
    say(`${onProgress ? '\r' : ''}The index was made from ${documents.length} documents in ${seconds} s.`)
  }
  for (const line of failureLines(report)) say(line)
  return openAssistant(configuration)
}

function warn({ server, access }: Configuration): void {
  if (access.authentication === 'none' && !isLoopback(server.host)) {
    say(
      `Warning: AUTH=none and HOST=${server.host}: everyone who can reach this machine may ask and read. See docs/security.md.`,
    )
  }
  if (access.allowedOrigins.includes('*'))
    say('Warning: ALLOWED_ORIGINS=* lets every website use this server.')
  if (!isLoopback(server.host) && server.publicUrl === null) {
    say('Note: PUBLIC_URL is not set; links in references use the Host header of the request.')
  }
  if (!existsSync(join(import.meta.dirname, '..', '..', 'client', 'dist', 'widget.js'))) {
    say('Warning: the widget has not been built. Build it with: npm run build')
  }
}

function handleSignals(service: Service, configuration: Configuration): void {
  process.on('SIGHUP', () => void service.reload())
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) {
      say('Stopped at once; running answers were cut off.')
      process.exit(1)
    }
    stopping = true
    say(
      `${signal}: finishing running answers, at most ${configuration.server.shutdownSeconds} s. Again: stop at once.`,
    )
    service.close().then(
      () => process.exit(0),
      error => fail(error),
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
}

function fail(error: unknown): void {
  say(error instanceof CodedFault ? error.message : String(error instanceof Error ? error.stack : error))
  process.exit(1)
}

async function main(): Promise<void> {
  const configuration = readConfiguration()
  const log = openLog(configuration.logging)
  // Whatever slips through is logged; the answers of others do not stop for it.
  process.on('unhandledRejection', error => log.error({ err: error }, 'unhandled rejection'))
  const folder = indexFolder(configuration)
  const service = await startService({
    configuration,
    log,
    openAssistant: () => openIndex(configuration),
    collectGarbage: garbageCollector(),
    suggestedQuestions: async () => {
      const manifests = await Promise.all(configuration.sources.map(readManifest))
      return manifests.flatMap(manifest => manifest?.suggestedQuestions ?? [])
    },
    indexVersion: async () => (await readIndexManifest(folder).catch(() => null))?.version ?? null,
  })
  handleSignals(service, configuration)
  warn(configuration)
  try {
    await service.ready
  } catch (error) {
    await service.close()
    throw error
  }
  // Not earlier: while it starts, the process would collect again and again what it is going to keep.
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`)
  say(`Vindplaats is ready: ${service.url}/`)
}

main().catch(fail)
