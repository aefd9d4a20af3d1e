/** Threads that read, analyse and embed documents, so that all processors are used. */
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { DocumentResult, DocumentTask } from './document-task.js'
import type { EmbedderOptions } from './embeddings.js'
import { IngestFault, type IngestFaultCode } from './faults.js'
import { startThread } from './threads.js'

/** What a thread is started with. */
export interface WorkerData {
  readonly embedder: EmbedderOptions
  readonly cacheFolder?: string
  /** Memory for the objects of one thread. */
  readonly maximumMegabytes?: number
}

/** What a thread is asked. */
export interface WorkerRequest {
  readonly number: number
  readonly task: DocumentTask
}

/** What a thread answers. */
export type WorkerReply =
  | { readonly ready: true }
  | { readonly number: number; readonly result: DocumentResult }
  | {
      readonly number: number
      readonly fault: { readonly code: IngestFaultCode | null; readonly message: string }
    }

interface Waiting {
  readonly request: WorkerRequest
  readonly resolve: (result: DocumentResult) => void
  readonly reject: (error: Error) => void
}

/** More threads than this wait for the one that joins the parts. */
const MOST_THREADS = 6

/** Enough for a text of some 30 MB; a document that needs more is reported, and ends no other one. */
const MAXIMUM_MEGABYTES = 2_048

/** Longest time for one document, in milliseconds; a document that takes longer makes its reader run in circles. */
const LONGEST_WORK = 900_000

/** A few threads, each working on one document at a time. */
export class DocumentWorkers {
  readonly #data: WorkerData
  readonly #queue: Waiting[] = []
  readonly #idle: Worker[] = []
  readonly #busy = new Map<Worker, { readonly waiting: Waiting; readonly timer: NodeJS.Timeout }>()
  readonly #ready = new Set<Worker>()
  #next = 0
  #closed = false

  constructor(data: WorkerData) {
    this.#data = data
    // A model that runs in this process uses all processors by itself, and each thread would load it once more.
    const threads = data.embedder.embeddings.provider === 'transformers' ? 1 : availableParallelism()
    for (let count = 0; count < Math.min(threads, MOST_THREADS); count++) this.#idle.push(this.#start())
  }

  /** Number of threads. */
  get size(): number {
    return this.#idle.length + this.#busy.size
  }

  #start(): Worker {
    const worker = startThread(
      new URL('./document-worker.ts', import.meta.url),
      this.#data,
      this.#data.maximumMegabytes ?? MAXIMUM_MEGABYTES,
    )
    worker.on('message', (reply: WorkerReply) => this.#finish(worker, reply))
    // A thread that dies, for lack of memory for example, takes only its own document along.
    worker.on('error', error => this.#lose(worker, error.message))
    worker.on('exit', () => this.#lose(worker, 'its thread ended'))
    return worker
  }

  /**
   * Works on one document as soon as a thread is free.
   *
   * @throws {IngestFault} as `workOn`
   */
  work(task: DocumentTask): Promise<DocumentResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request: { number: this.#next++, task }, resolve, reject })
      this.#assign()
    })
  }

  #assign(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.shift() as Worker
      const waiting = this.#queue.shift() as Waiting
      const timer = setTimeout(() => this.#lose(worker, 'it took too long'), LONGEST_WORK)
      this.#busy.set(worker, { waiting, timer })
      worker.postMessage(waiting.request)
    }
  }

  #finish(worker: Worker, reply: WorkerReply): void {
    if ('ready' in reply) {
      this.#ready.add(worker)
      return
    }
    const work = this.#busy.get(worker)
    if (!work) return
    clearTimeout(work.timer)
    this.#busy.delete(worker)
    this.#idle.push(worker)
    const { resolve, reject } = work.waiting
    if ('result' in reply) resolve(reply.result)
    else if (reply.fault.code === null) reject(new Error(reply.fault.message))
    else reject(new IngestFault(reply.fault.code, reply.fault.message))
    this.#assign()
  }

  #lose(worker: Worker, what: string): void {
    const work = this.#busy.get(worker)
    const at = this.#idle.indexOf(worker)
    // An error is followed by the end of the thread, which says nothing new.
    if (!work && at < 0) return
    this.#busy.delete(worker)
    if (at >= 0) this.#idle.splice(at, 1)
    void worker.terminate()
    if (this.#closed) return
    if (work) clearTimeout(work.timer)
    if (!this.#ready.delete(worker)) {
      // It never came to a document: the next one would not either.
      this.#fail(work?.waiting, new Error(`A thread could not be started: ${what}`))
      return
    }
    if (work) {
      const { path } = work.waiting.request.task.source
      work.waiting.resolve({
        outcome: 'failed',
        code: 'format-damaged',
        reason: `${path} could not be read (${what}). Save it anew in its program, or split it, and try again.`,
        milliseconds: 0,
      })
    }
    this.#idle.push(this.#start())
    this.#assign()
  }

  #fail(waiting: Waiting | undefined, error: Error): void {
    for (const each of waiting ? [waiting, ...this.#queue] : this.#queue) each.reject(error)
    this.#queue.length = 0
  }

  /** Ends all threads; work that is under way is given up. */
  async close(): Promise<void> {
    this.#closed = true
    const workers = [...this.#idle, ...this.#busy.keys()]
    for (const { timer } of this.#busy.values()) clearTimeout(timer)
    await Promise.all(workers.map(worker => worker.terminate()))
  }
}
