/** One running server: everything wired together, listening, reloading, and shutting down without losing an answer. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { Access } from './access.js'
import { createApp } from './app.js'
import type { Assistant } from './assistant.js'
import type { Configuration } from './configuration.js'
import { ConversationHub } from './conversation-hub.js'
import { ServerFault } from './faults.js'
import { type Logger, openLog } from './log.js'
import { Metrics } from './metrics.js'
import { QuestionDesk } from './question-desk.js'
import { RateLimits } from './rate-limits.js'
import { attachSocket } from './socket.js'
import { databaseFile, Storage } from './storage.js'
import { problemTitles } from './texts.js'

/** Milliseconds between two purges of what is past its retention. */
const PURGE_INTERVAL = 3_600_000

/** Faults that the audit log counts: someone was not let in. */
const REFUSALS: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'origin-not-allowed'])

/** Milliseconds over which refusals are counted into one line, so that an attack does not fill the disk. */
const AUDIT_INTERVAL = 60_000

/** Milliseconds without a question after which memory is given back. */
const QUIET = 10_000

/** Milliseconds that clients get at the end to take what was sent to them. */
const LAST_WORDS = 2_000

/** Connections besides WebSockets: requests, proxies that keep connections open. */
const OTHER_CONNECTIONS = 2_000

/** Bytes of request headers, as Node's own default. */
const MAXIMUM_HEADER_BYTES = 16_384

/** Milliseconds that an idle connection is kept for the next request. */
const KEEP_ALIVE = 10_000

/** What a service needs. */
export interface ServiceOptions {
  readonly configuration: Configuration
  /** Makes the assistant ready to be opened, and opens it; the service listens meanwhile and says it is not ready. */
  readonly openAssistant: () => Promise<Assistant>
  /** Questions that the sources suggest; used when the configuration names none. Asked when the assistant opens. */
  readonly suggestedQuestions?: () => Promise<readonly string[]>
  /** Version of the index on disk; asked for at intervals, a change reloads. `null`: not known. */
  readonly indexVersion?: () => Promise<string | null>
  /** Milliseconds between two questions for the index version; defaults to 5,000. */
  readonly watchInterval?: number
  /**
   * Collects garbage. Called once things are quiet after questions, and again once half of what conversations hold is
   * forgotten: an idle process allocates nothing, so it would never collect by itself and would keep the garbage of its
   * busiest hour.
   */
  readonly collectGarbage?: () => void
  /** Milliseconds that count as quiet; defaults to 10,000. */
  readonly quiet?: number
  /** Defaults to `client/dist` of the project. */
  readonly clientFolder?: string
  readonly log?: Logger
}

/** A service that listens. */
export interface Service {
  /** Address with the base path, without trailing slash. */
  readonly url: string
  /** Resolves once questions are answered; rejects with the fault that prevents it. */
  readonly ready: Promise<void>
  /** Opens the index anew and reads the API keys again. A failure is logged, and the old ones stay in use. */
  reload(): Promise<void>
  /** Finishes running answers and closes everything. */
  close(): Promise<void>
}

/**
 * Starts listening and opens the assistant.
 *
 * @throws {ServerFault} `port-in-use`, `storage-failed`, `configuration-invalid`
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configuration } = options
  const { limits, storage: retention } = configuration
  const log = options.log ?? openLog(configuration.logging)
  const access = new Access(configuration)
  const storage = new Storage({ file: databaseFile(configuration), retentionDays: retention.retentionDays })
  const rateLimits = new RateLimits(limits)
  let assistant: Assistant | null = null
  const currentAssistant = () => assistant
  const metrics: Metrics = new Metrics({
    sockets: () => sockets.count,
    conversations: () => hub.size,
    questionsInWork: () => desk.inWork,
    ready: () => assistant !== null && !desk.isClosing,
    onFault: code => {
      if (REFUSALS.has(code)) refusals.set(code, (refusals.get(code) ?? 0) + 1)
    },
  })
  const refusals = new Map<string, number>()
  const auditRefusals = () => {
    if (refusals.size > 0) storage.audit('access-refused', 'server', Object.fromEntries(refusals))
    refusals.clear()
  }
  const parts = {
    configuration,
    access,
    limits: rateLimits,
    storage,
    metrics,
    log,
    assistant: currentAssistant,
  }
  const desk = new QuestionDesk(parts)
  const hub = new ConversationHub({ ...parts, desk })
  const clientFolder = options.clientFolder ?? join(import.meta.dirname, '..', 'client', 'dist')
  let suggestedQuestions = configuration.visitorPage.suggestedQuestions
  const app = createApp({ ...parts, desk, clientFolder, suggestedQuestions: () => suggestedQuestions })
  const server = createServer(
    {
      requestTimeout: limits.requestTimeoutSeconds * 1_000,
      headersTimeout: limits.requestTimeoutSeconds * 1_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: KEEP_ALIVE,
      maxHeaderSize: MAXIMUM_HEADER_BYTES,
    },
    app.handle,
  )
  server.maxConnections = limits.maximumSockets + OTHER_CONNECTIONS
  server.on('clientError', refuseMalformed)
  const sockets = attachSocket(server, { ...parts, hub, addressOf: app.addressOf })

  try {
    await listen(server, configuration)
  } catch (error) {
    hub.close()
    await sockets.close()
    storage.close()
    throw error
  }
  storage.startSyncing(fault => log.error({ err: fault }, 'the thread of the database ended'))
  storage.audit('server-started', 'server')
  const purge = async () => {
    const report = await storage.purge()
    if (report.answers + report.auditLines > 0) log.info(report, 'purged')
  }
  const purging = setInterval(() => {
    purge().catch((error: unknown) => log.error({ err: error }, 'purge failed'))
  }, PURGE_INTERVAL).unref()

  const swap = async () => {
    const before = assistant?.indexVersion
    await assistant?.reload()
    if (assistant && assistant.indexVersion !== before) {
      storage.audit('index-changed', 'server', { indexVersion: assistant.indexVersion })
      log.info({ indexVersion: assistant.indexVersion }, 'index reloaded')
    }
  }
  let reloading: Promise<void> = Promise.resolve()
  /** One reload after the other; what fails leaves everything as it is. */
  const reloadAfter = (action: () => Promise<void>) => {
    reloading = reloading.then(action).catch((error: unknown) => {
      log.error({ err: error }, 'reload failed, the old state stays in use')
    })
    return reloading
  }
  const auditing = setInterval(() => {
    try {
      auditRefusals()
    } catch (error) {
      log.error({ err: error }, 'audit failed')
    }
  }, AUDIT_INTERVAL).unref()
  let [takenBefore, collectedAt, heldThen] = [0, 0, 0]
  const collecting = setInterval(() => {
    const isQuiet = desk.inWork === 0 && desk.taken === takenBefore
    // Conversations are forgotten only after the resume window, which ends long after the last question.
    if (isQuiet && (desk.taken > collectedAt || hub.bytes < heldThen / 2)) {
      collectedAt = desk.taken
      heldThen = hub.bytes
      options.collectGarbage?.()
    }
    takenBefore = desk.taken
  }, options.quiet ?? QUIET).unref()
  let lastSeen: string | null = null
  const watching = setInterval(() => {
    void reloadAfter(async () => {
      const version = await options.indexVersion?.()
      // A version that could not be opened is not tried again until it changes.
      if (!version || !assistant || version === assistant.indexVersion || version === lastSeen) return
      lastSeen = version
      await swap()
    })
  }, options.watchInterval ?? 5_000).unref()

  const ready = (async () => {
    await purge()
    const opened = await options.openAssistant()
    if (suggestedQuestions.length === 0) suggestedQuestions = (await options.suggestedQuestions?.()) ?? []
    if (desk.isClosing) await opened.close()
    else assistant = opened
    log.info({ indexVersion: opened.indexVersion, model: opened.modelId }, 'ready')
  })()
  // Whoever awaits `ready` gets the fault; without this a fault before that would end the process.
  ready.catch(() => {})

  let closing: Promise<void> | null = null
  const close = async () => {
    const drained = desk.close(configuration.server.shutdownSeconds)
    clearInterval(purging)
    clearInterval(watching)
    clearInterval(collecting)
    clearInterval(auditing)
    hub.close()
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    sockets.closeIdle()
    await drained
    await sockets.close()
    server.closeIdleConnections()
    const hurry = setTimeout(() => server.closeAllConnections(), LAST_WORDS)
    await closed
    clearTimeout(hurry)
    await reloading
    await ready.catch(() => {})
    await assistant?.close()
    auditRefusals()
    storage.audit('server-stopped', 'server')
    await storage.stopSyncing()
    storage.close()
  }

  return {
    url: addressText(server, configuration),
    ready,
    reload: () =>
      reloadAfter(async () => {
        access.reloadKeys()
        await swap()
      }),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function listen(server: Server, { server: { host, port } }: Configuration): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const advice: Readonly<Record<string, string>> = {
        EADDRINUSE: `Port ${port} on ${host} is in use. Stop the other program, or choose another port: PORT=${port + 1} npm start`,
        EACCES: `Port ${port} may not be opened by this user. Choose one above 1023 with PORT.`,
        EADDRNOTAVAIL: `HOST=${host} is not an address of this machine. Set HOST to one that is, such as 127.0.0.1.`,
        ENOTFOUND: `HOST=${host} is not known. Set HOST to an address of this machine, such as 127.0.0.1.`,
      }
      const code = cause.code === 'EADDRINUSE' ? 'port-in-use' : 'configuration-invalid'
      reject(
        new ServerFault(code, advice[cause.code ?? ''] ?? `Cannot listen on ${host}:${port}.`, { cause }),
      )
    })
    server.listen({ host, port }, () => resolve())
  })
}

function addressText(server: Server, { server: { host, basePath } }: Configuration): string {
  const { port } = server.address() as AddressInfo
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)
    ? 'localhost'
    : host.includes(':')
      ? `[${host}]`
      : host
  return `http://${name}:${port}${basePath}`
}

/** Answers what is not HTTP, or comes too slowly or too large, and ends the connection. */
function refuseMalformed(error: NodeJS.ErrnoException, stream: Duplex): void {
  // A response may be under way on this connection; another one in the middle of it would be worse than none.
  if (error.code === 'ECONNRESET' || !stream.writable || (stream as Socket).bytesWritten > 0) {
    stream.destroy()
    return
  }
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const title = problemTitles[status]
  const problem = {
    type: 'about:blank',
    title,
    status,
    detail: title,
    code: 'request-invalid',
    retryable: false,
  }
  const body = JSON.stringify(problem)
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
