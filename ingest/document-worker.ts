/** A thread that works on documents. Started by `document-workers.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { workOn } from './document-task.js'
import type { WorkerData, WorkerReply, WorkerRequest } from './document-workers.js'
import { openEmbedder } from './embeddings.js'
import { IngestFault } from './faults.js'

const { embedder: options, cacheFolder } = workerData as WorkerData
const opening = openEmbedder(options, cacheFolder === undefined ? {} : { cacheFolder })
// A fault is told when the first document asks for the embedder.
opening.catch(() => {})

parentPort?.postMessage({ ready: true } satisfies WorkerReply)
parentPort?.on('message', async ({ number, task }: WorkerRequest) => {
  const reply = (answer: WorkerReply) => parentPort?.postMessage(answer)
  try {
    reply({ number, result: await workOn(task, await opening) })
  } catch (error) {
    const { code, message } =
      error instanceof IngestFault
        ? error
        : { code: null, message: error instanceof Error ? error.stack : error }
    reply({ number, fault: { code, message: String(message) } })
  }
})
