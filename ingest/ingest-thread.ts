/** The ingest in a thread of its own, so that a server goes on answering meanwhile. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { WorkerData } from './document-workers.js'
import { openEmbedder } from './embeddings.js'
import { IngestFault, type IngestFaultCode } from './faults.js'
import { type IngestReport, ingest } from './ingest.js'
import type { IngestOptions, IngestProgress } from './ingest-options.js'
import type { LockHolder } from './lock.js'
import { startThread } from './threads.js'

/** What an ingest in a thread needs: as `ingest`, with the way to open the embedder instead of an open one. */
export type ThreadedIngestOptions = Omit<IngestOptions, 'embedder' | 'threads' | 'writer'> & {
  readonly threads: WorkerData
}

type PlainOptions = Omit<ThreadedIngestOptions, 'onProgress' | 'onWait' | 'signal'>

type ThreadMessage =
  | { readonly progress: IngestProgress }
  | { readonly holder: LockHolder }
  | { readonly report: IngestReport }
  | { readonly fault: { readonly code: IngestFaultCode | null; readonly message: string } }

const STOP = 'stop'

/** Marks the data of a thread that this file started, among those of others that load it. */
const PURPOSE = 'vindplaats ingest'

/**
 * Ingests in another thread.
 *
 * @throws {IngestFault} as `ingest`
 */
export async function ingestInThread(options: ThreadedIngestOptions): Promise<IngestReport> {
  const { onProgress, onWait, signal, ...plain } = options
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const data: { purpose: string; options: PlainOptions } = { purpose: PURPOSE, options: plain }
    const worker = startThread(new URL('./ingest-thread.ts', import.meta.url), data)
    const stop = () => worker.postMessage(STOP)
    const finish = (end: () => void) => {
      signal?.removeEventListener('abort', stop)
      void worker.terminate()
      end()
    }
    signal?.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: ThreadMessage) => {
      if ('progress' in message) onProgress?.(message.progress)
      else if ('holder' in message) onWait?.(message.holder)
      else if ('report' in message) finish(() => resolve(message.report))
      else {
        const { code, message: text } = message.fault
        finish(() => reject(code === null ? new Error(text) : new IngestFault(code, text)))
      }
    })
    worker.on('error', error => finish(() => reject(error)))
    worker.on('exit', () => finish(() => reject(new Error('The thread of the ingest ended too early.'))))
  })
}

async function run(options: PlainOptions): Promise<void> {
  const send = (message: ThreadMessage) => parentPort?.postMessage(message)
  const controller = new AbortController()
  parentPort?.on('message', message => {
    if (message === STOP) controller.abort(new Error('The ingest was stopped.'))
  })
  try {
    const { embedder, cacheFolder } = options.threads
    const report = await ingest({
      ...options,
      embedder: await openEmbedder(embedder, cacheFolder === undefined ? {} : { cacheFolder }),
      onProgress: progress => send({ progress }),
      onWait: holder => send({ holder }),
      signal: controller.signal,
    })
    send({ report })
  } catch (error) {
    const code = error instanceof IngestFault ? error.code : null
    send({ fault: { code, message: error instanceof Error ? error.message : String(error) } })
  }
}

if (!isMainThread && (workerData as { purpose?: unknown } | null)?.purpose === PURPOSE)
  await run((workerData as { options: PlainOptions }).options)
