/** The WebSocket at `/v1/chat`. The only file that knows ws. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Access, Caller } from './access.js'
import type { Configuration } from './configuration.js'
import type { Conversation } from './conversation.js'
import type { ConversationHub } from './conversation-hub.js'
import { codeOf, FAULTS, type FaultCode, ServerFault, toWireFault } from './faults.js'
import { takeFeedback } from './feedback.js'
import type { Logger } from './log.js'
import type { Metrics } from './metrics.js'
import { type ClientMessage, clientMessageSchema, PROTOCOL_VERSION, type ServerMessage } from './protocol.js'
import type { RateLimits } from './rate-limits.js'
import type { Storage } from './storage.js'

/** Subprotocol that a client may ask for; it is confirmed when it does. */
const SUBPROTOCOL = `vindplaats.v${PROTOCOL_VERSION}`
const TOKEN_SUBPROTOCOL = 'vindplaats.token.'

/** Conversations that one socket follows at once; asking in one more lets the oldest go. */
const MAXIMUM_FOLLOWED = 8

/** Messages that one socket may send a second; beyond it reading stops for the rest of that second. */
const MESSAGES_PER_SECOND = 50

/** Unreadable messages in a row after which a client is taken for broken. */
const MAXIMUM_UNREADABLE = 20

/** Milliseconds that a reader may be so slow that nothing can be sent to it. */
const SLOW_LIMIT = 20_000

/** Milliseconds between a closing handshake and the end of the connection. */
const CLOSE_LIMIT = 3_000

/** Refused sockets that may take their leave at once; beyond them upgrades are refused without an explanation to the page. */
const MAXIMUM_LEAVING = 100

/** Close codes that are not a fault's. */
const CLOSE = {
  /** Nothing was asked for IDLE_TIMEOUT_SECONDS; a client connects again when it needs to. */
  idle: 4000,
  /** The client sends what cannot be read. */
  unreadable: 1008,
  goingAway: 1001,
} as const

/** What the socket needs. */
export interface SocketParts {
  readonly configuration: Configuration
  readonly access: Access
  readonly limits: RateLimits
  readonly hub: ConversationHub
  readonly storage: Storage
  readonly metrics: Metrics
  readonly log: Logger
  /** Network address of a client, proxies taken into account. */
  readonly addressOf: (request: IncomingMessage) => string
}

/** The open sockets of one server. */
export interface ChatSockets {
  readonly count: number
  /** Takes no more sockets, and closes those that wait for nothing: their clients find the next server. */
  closeIdle(): void
  /** Takes no more messages, sends what is left, and closes. */
  close(): Promise<void>
}

/** Serves the WebSocket on an HTTP server. */
export function attachSocket(server: Server, parts: SocketParts): ChatSockets {
  const { configuration, access, log } = parts
  const { limits } = configuration
  const path = `${configuration.server.basePath}/v1/chat`
  const connections = new Set<Connection>()
  const perAddress = new Map<string, number>()
  let isClosing = false
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maximumMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: protocols => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })

  let leaving = 0
  const refuse = (request: IncomingMessage, stream: Duplex, head: Buffer, code: FaultCode) => {
    parts.metrics.fault(code)
    log.info({ code }, 'upgrade refused')
    const { closeCode } = FAULTS[code]
    if (closeCode === null || leaving >= MAXIMUM_LEAVING) {
      refuseUpgrade(stream, code)
      return
    }
    leaving += 1
    stream.once('close', () => {
      leaving -= 1
    })
    // A browser tells its page the close code of a socket, but nothing about a refused upgrade.
    webSockets.handleUpgrade(request, stream, head, socket => {
      socket.on('error', () => socket.terminate())
      socket.close(closeCode, code)
      setTimeout(() => socket.terminate(), CLOSE_LIMIT).unref()
    })
  }

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const address = parts.addressOf(request)
    try {
      if (isClosing) throw new ServerFault('shutting-down', 'The server is shutting down.')
      if (request.url?.split('?')[0] !== path)
        throw new ServerFault('not-found', 'No WebSocket is served here.')
      if (!access.hostAllowed(request.headers.host)) {
        throw new ServerFault('origin-not-allowed', 'The Host header does not name this server.')
      }
      if (!access.originAllowed(request.headers.origin, request.headers.host)) {
        refuse(request, stream, head, 'origin-not-allowed')
        return
      }
      if (!parts.limits.requests.use(address).allowed)
        throw new ServerFault('rate-limited', 'Too many requests.')
      if (connections.size >= limits.maximumSockets)
        throw new ServerFault('rate-limited', 'MAXIMUM_SOCKETS are open.')
      if ((perAddress.get(address) ?? 0) >= limits.maximumSocketsPerAddress) {
        throw new ServerFault('rate-limited', 'MAXIMUM_SOCKETS_PER_ADDRESS are open.')
      }
    } catch (error) {
      parts.metrics.fault(codeOf(error))
      log.info({ code: codeOf(error) }, 'upgrade refused')
      refuseUpgrade(stream, codeOf(error))
      return
    }
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1)
    const release = () => {
      const left = (perAddress.get(address) ?? 1) - 1
      if (left > 0) perAddress.set(address, left)
      else perAddress.delete(address)
    }
    stream.once('close', release)
    identify(request, address, access).then(
      caller => {
        webSockets.handleUpgrade(request, stream, head, socket => {
          const connection = new Connection(socket, stream, caller, parts, () =>
            connections.delete(connection),
          )
          connections.add(connection)
        })
      },
      (error: unknown) => refuse(request, stream, head, codeOf(error)),
    )
  }
  // Never taken off again: a server without this listener would leave upgrade requests open.
  server.on('upgrade', upgrade)

  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.beat()
  }, limits.heartbeatSeconds * 1_000).unref()

  return {
    get count() {
      return connections.size
    },
    closeIdle() {
      isClosing = true
      for (const connection of connections) connection.finishIfIdle()
    },
    async close() {
      isClosing = true
      clearInterval(heartbeat)
      await Promise.all([...connections].map(connection => connection.finish()))
      webSockets.close()
    },
  }
}

function identify(request: IncomingMessage, address: string, access: Access): Promise<Caller> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  return access.identify({
    authorization: request.headers.authorization,
    visitorToken: offered.find(name => name.startsWith(TOKEN_SUBPROTOCOL))?.slice(TOKEN_SUBPROTOCOL.length),
    origin: request.headers.origin,
    host: request.headers.host,
    address,
  })
}

function refuseUpgrade(stream: Duplex, code: FaultCode): void {
  const { status, text, retryable } = FAULTS[code]
  const body = JSON.stringify({ type: 'about:blank', title: text, status, detail: text, code, retryable })
  stream.end(
    [
      `HTTP/1.1 ${status} ${code}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      '',
      body,
    ].join('\r\n'),
  )
  setTimeout(() => stream.destroy(), CLOSE_LIMIT).unref()
}

interface Followed {
  readonly conversation: Conversation
  readonly tell: () => void
  /** Number of the last event sent. */
  cursor: number
}

/** One client. Events are taken from the conversation when the client can take them, so a slow one costs no memory. */
class Connection {
  readonly #socket: WebSocket
  /** What the socket writes to. */
  readonly #stream: Duplex
  readonly #caller: Caller
  readonly #parts: SocketParts
  readonly #followed = new Map<string, Followed>()
  #isAlive = true
  #usedAt = Date.now()
  #unreadable = 0
  #messages = 0
  #secondEndsAt = 0
  /** When sending paused because the client does not read; `null`: it reads. */
  #pausedAt: number | null = null
  #isFinishing = false
  #isPumping = false

  constructor(socket: WebSocket, stream: Duplex, caller: Caller, parts: SocketParts, onClose: () => void) {
    this.#socket = socket
    this.#stream = stream
    this.#caller = caller
    this.#parts = parts
    socket.on('error', error => {
      // Too large, malformed or cut off: ws has sent the close code; without a listener the process would end.
      parts.log.debug({ code: Reflect.get(error, 'code') }, 'socket fault')
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('close', () => {
      for (const { conversation, tell } of this.#followed.values()) parts.hub.unfollow(conversation, tell)
      this.#followed.clear()
      onClose()
    })
    this.#send({
      type: 'hello',
      protocolVersion: PROTOCOL_VERSION,
      resumeWindowSeconds: parts.configuration.limits.resumeWindowSeconds,
    })
  }

  /** Called every heartbeat: who did not answer the last one is gone. */
  beat(): void {
    const { idleTimeoutSeconds } = this.#parts.configuration.limits
    const pausedFor = this.#pausedAt === null ? 0 : Date.now() - this.#pausedAt
    // The heartbeat of a client that does not read waits behind the data it has not read.
    if (pausedFor > SLOW_LIMIT || (pausedFor > 0 && !this.#isAlive)) this.#dropSlow()
    else if (!this.#isAlive) this.#socket.terminate()
    else if (Date.now() - this.#usedAt > idleTimeoutSeconds * 1_000 && !this.#isWaiting()) {
      this.#close(CLOSE.idle, 'idle')
    } else {
      this.#isAlive = false
      this.#socket.ping()
    }
  }

  finishIfIdle(): void {
    if (!this.#isWaiting()) void this.finish()
  }

  /** Sends what is left and closes. */
  async finish(): Promise<void> {
    this.#isFinishing = true
    this.#pump()
    this.#close(FAULTS['shutting-down'].closeCode, 'shutting-down')
    if (this.#socket.readyState === this.#socket.CLOSED) return
    await new Promise(resolve => this.#socket.once('close', resolve))
  }

  #isWaiting(): boolean {
    return [...this.#followed.values()].some(({ conversation }) => conversation.isBusy)
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#isFinishing || this.#socket.readyState !== this.#socket.OPEN) return
    this.#slowDown()
    const read = isBinary ? null : readMessage(String(data))
    if (!read?.message) {
      this.#unreadable += 1
      this.#reject(
        read?.messageId ?? null,
        new ServerFault(read?.code ?? 'request-invalid', 'Unreadable message.'),
      )
      if (this.#unreadable >= MAXIMUM_UNREADABLE) this.#close(CLOSE.unreadable, 'request-invalid')
      return
    }
    this.#unreadable = 0
    this.#usedAt = Date.now()
    const { message } = read
    if (this.#caller.expiresAt !== null && this.#caller.expiresAt <= Date.now()) {
      // The client comes back with a new token and sends the message again.
      this.#close(FAULTS.unauthenticated.closeCode, 'unauthenticated')
      return
    }
    try {
      this.#handle(message)
    } catch (error) {
      this.#reject(message.messageId, error)
    }
  }

  #handle(message: ClientMessage): void {
    const { hub } = this.#parts
    const { messageId } = message
    switch (message.type) {
      case 'question-ask': {
        const { conversation, question } = hub.ask({
          conversationId: message.conversationId,
          messageId,
          question: message.question,
          caller: this.#caller,
          requestId: randomUUID(),
        })
        this.#send({
          type: 'question-accepted',
          messageId,
          conversationId: conversation.id,
          questionId: question.id,
        })
        // A question that was taken on another connection is told from its start.
        this.#follow(conversation, question.before ?? conversation.sequence)
        break
      }
      case 'question-cancel':
        for (const { conversation } of this.#followed.values()) hub.cancel(conversation, message.questionId)
        this.#send({ type: 'message-acknowledged', messageId })
        break
      case 'conversation-resume': {
        const { conversationId, afterSequence } = message
        const conversation = hub.resume(conversationId, afterSequence, this.#caller)
        this.#send({
          type: 'conversation-resumed',
          messageId,
          conversationId,
          lastSequence: conversation.sequence,
        })
        this.#unfollow(conversationId)
        this.#follow(conversation, afterSequence)
        break
      }
      case 'feedback-give':
        takeFeedback(this.#parts, this.#caller, message.feedback)
        this.#send({ type: 'message-acknowledged', messageId })
        break
    }
    this.#pump()
  }

  #follow(conversation: Conversation, afterSequence: number): void {
    if (this.#followed.has(conversation.id)) return
    const [oldest] = this.#followed.keys()
    if (oldest !== undefined && this.#followed.size >= MAXIMUM_FOLLOWED) this.#unfollow(oldest)
    const tell = () => this.#pumpSoon()
    this.#parts.hub.follow(conversation, tell)
    this.#followed.set(conversation.id, { conversation, tell, cursor: afterSequence })
  }

  #unfollow(conversationId: string): void {
    const followed = this.#followed.get(conversationId)
    if (!followed) return
    this.#parts.hub.unfollow(followed.conversation, followed.tell)
    this.#followed.delete(conversationId)
  }

  /** Sends what has come once the events of this moment are all there: a composed answer is one write, not one per event. */
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    // After the promises that are settled now, and before the next message is read: nobody waits for another's answer.
    process.nextTick(() => {
      this.#isPumping = false
      this.#stream.cork()
      this.#pump()
      this.#stream.uncork()
    })
  }

  /** Sends events until there are no more or the client does not keep up. */
  #pump(): void {
    for (const followed of this.#followed.values()) {
      const { conversation } = followed
      while (this.#canSend()) {
        const frames = this.#parts.hub.after(conversation, followed.cursor)
        if (frames.length === 0) break
        for (const frame of frames) {
          followed.cursor = frame.sequence
          this.#sendBytes(frame.bytes)
        }
      }
    }
  }

  #canSend(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    const quarter = this.#parts.configuration.limits.maximumSocketBufferBytes / 4
    if (this.#socket.bufferedAmount <= quarter) {
      this.#pausedAt = null
      return true
    }
    this.#pausedAt ??= Date.now()
    return false
  }

  #send(message: ServerMessage): void {
    this.#sendBytes(Buffer.from(JSON.stringify(message)))
  }

  #sendBytes(bytes: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > this.#parts.configuration.limits.maximumSocketBufferBytes) {
      this.#dropSlow()
      return
    }
    this.#socket.send(bytes, { binary: false }, () => {
      if (this.#pausedAt !== null) this.#pump()
    })
  }

  #reject(messageId: string | null, error: unknown): void {
    const code = codeOf(error)
    this.#parts.metrics.fault(code)
    if (code === 'shutting-down' && !this.#isWaiting()) {
      // The client connects to the next server and sends its message again.
      void this.finish()
      return
    }
    if (code === 'internal' || code === 'storage-failed')
      this.#parts.log.error({ err: error }, 'message failed')
    this.#send({ type: 'message-rejected', messageId, error: toWireFault(error) })
    const { closeCode } = FAULTS[code]
    if (closeCode !== null && code !== 'internal' && code !== 'shutting-down') this.#close(closeCode, code)
  }

  /** Stops reading for the rest of a second in which a client has sent too much; TCP then slows it down. */
  #slowDown(): void {
    const now = Date.now()
    if (now >= this.#secondEndsAt) {
      this.#secondEndsAt = now + 1_000
      this.#messages = 0
    }
    this.#messages += 1
    if (this.#messages !== MESSAGES_PER_SECOND) return
    this.#socket.pause()
    setTimeout(() => this.#socket.resume(), this.#secondEndsAt - now).unref()
  }

  #dropSlow(): void {
    this.#parts.metrics.fault('client-too-slow')
    this.#parts.log.info({ buffered: this.#socket.bufferedAmount }, 'slow client dropped')
    this.#close(FAULTS['client-too-slow'].closeCode, 'client-too-slow')
  }

  #close(code: number, reason: string): void {
    this.#socket.resume()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), CLOSE_LIMIT).unref()
  }
}

/** A message, or its id as far as it can be read. */
function readMessage(text: string): {
  readonly message: ClientMessage | null
  readonly messageId: string | null
  readonly code: 'request-invalid' | 'question-too-long'
} {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { message: null, messageId: null, code: 'request-invalid' }
  }
  const { success, data, error } = clientMessageSchema.safeParse(value)
  if (success) return { message: data, messageId: data.messageId, code: 'request-invalid' }
  const id = typeof value === 'object' && value !== null ? Reflect.get(value, 'messageId') : null
  const isTooLong = error.issues.some(({ code, path }) => code === 'too_big' && path[0] === 'question')
  return {
    message: null,
    // Only an id of the agreed form is given back.
    messageId: typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id) ? id : null,
    code: isTooLong ? 'question-too-long' : 'request-invalid',
  }
}
