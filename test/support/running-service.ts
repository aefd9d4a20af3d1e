/** A service on a free port with the fake assistant, and clients that speak to it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { readConfiguration } from '../../server/configuration.js'
import { openLog } from '../../server/log.js'
import type { ClientMessage, ServerMessage } from '../../server/protocol.js'
import { type Service, startService } from '../../server/service.js'
import { FakeAssistant } from './fake-assistant.js'

/** A running service and everything a test wants to look at. */
export interface RunningService {
  readonly service: Service
  readonly assistant: FakeAssistant
  readonly url: string
  readonly port: number
  /** Lines of the log, as objects. */
  readonly logged: readonly Record<string, unknown>[]
  readonly dataDirectory: string
  stop(): Promise<void>
}

/** What a test can choose. */
export interface RunningOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly assistant?: FakeAssistant
  /** Data folder of an earlier service; made, and removed at the end, when absent. */
  readonly dataDirectory?: string
  readonly clientFolder?: string
  /** Holds the assistant back until it resolves. */
  readonly opening?: Promise<void>
  readonly indexVersion?: () => Promise<string | null>
  readonly collectGarbage?: () => void
}

/** Starts a service and, unless `opening` holds it back, waits until it answers. */
export async function runService(options: RunningOptions = {}): Promise<RunningService> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'vindplaats-')))
  const assistant = options.assistant ?? new FakeAssistant()
  const logged: Record<string, unknown>[] = []
  const configuration = readConfiguration({
    PORT: '0',
    DATA_DIR: dataDirectory,
    SHUTDOWN_SECONDS: '5',
    RATE_QUESTIONS_PER_ADDRESS: '100000',
    RATE_REQUESTS_PER_ADDRESS: '1000000',
    LOG_LEVEL: 'debug',
    ...options.environment,
  })
  const service = await startService({
    configuration,
    log: openLog(configuration.logging, { write: line => void logged.push(JSON.parse(line)) }),
    openAssistant: async () => {
      await options.opening
      return assistant
    },
    watchInterval: 50,
    quiet: 100,
    ...(options.collectGarbage && { collectGarbage: options.collectGarbage }),
    ...(options.clientFolder !== undefined && { clientFolder: options.clientFolder }),
    ...(options.indexVersion && { indexVersion: options.indexVersion }),
  })
  if (!options.opening) await service.ready
  return {
    service,
    assistant,
    url: service.url,
    port: Number(new URL(service.url).port),
    logged,
    dataDirectory,
    async stop() {
      await service.close()
      if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** Milliseconds after which a test does not wait any longer for a message. */
const PATIENCE = 50_000

/** A WebSocket client that remembers everything it was told. */
export class ChatClient {
  readonly received: ServerMessage[] = []
  readonly socket: WebSocket
  /** Code and reason of the close; `null` while it is open. */
  closed: { readonly code: number; readonly reason: string } | null = null
  readonly #waiting = new Set<() => void>()

  constructor(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string>; origin?: string } = {},
  ) {
    const { protocols = [], ...rest } = options
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/chat`, protocols, rest)
    this.socket.on('message', data => {
      this.received.push(JSON.parse(String(data)))
      this.#tell()
    })
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
      this.#tell()
    })
    this.socket.on('error', () => {})
  }

  /** Connects and waits for the greeting. */
  static async open(...parameters: ConstructorParameters<typeof ChatClient>): Promise<ChatClient> {
    const client = new ChatClient(...parameters)
    await client.until(() => client.received.length > 0 || client.closed !== null)
    return client
  }

  send(message: ClientMessage | Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Asks a question, in a new conversation unless one is given. */
  ask(messageId: string, question: string, conversationId: string | null = null): void {
    this.send({ type: 'question-ask', messageId, conversationId, question })
  }

  /** The answer events received so far, in order of arrival. */
  get events(): readonly Extract<ServerMessage, { type: 'answer-event' }>[] {
    return this.received.filter(message => message.type === 'answer-event')
  }

  /** Waits for the first message, received or coming, that fits. */
  async next<Type extends ServerMessage['type']>(
    type: Type,
    fits: (message: Extract<ServerMessage, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    type Wanted = Extract<ServerMessage, { type: Type }>
    const find = () =>
      this.received.find((message): message is Wanted => message.type === type && fits(message as Wanted))
    await this.until(() => find() !== undefined)
    return find() as Wanted
  }

  /** Waits for the last event of a question. */
  async end(questionId: string) {
    return this.next(
      'answer-event',
      message =>
        message.questionId === questionId &&
        (message.event.type === 'answer-end' || message.event.type === 'answer-error'),
    )
  }

  /** Waits until the server has closed the connection. */
  async close(): Promise<{ readonly code: number; readonly reason: string }> {
    await this.until(() => this.closed !== null)
    return this.closed as { code: number; reason: string }
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.socket.terminate()
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(
          new Error(
            `Waited in vain; received ${JSON.stringify(this.received.map(({ type }) => type))}, closed ${JSON.stringify(this.closed)}`,
          ),
        )
      }, PATIENCE)
      const look = () => {
        if (!condition()) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }
}

/** Waits until a condition holds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('Waited in vain.')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
