/**
 * A server for tests of the widget alone: speaks the wire of `server/protocol.ts`, says what a script tells it, and can
 * misbehave on request. It records every message it gets.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type {
  AnswerEvent,
  ClientMessage,
  DocumentSummary,
  ParagraphView,
  ServerMessage,
  WidgetSettings,
} from '../../server/protocol.js'

/** What the server does with a question: its events, and the milliseconds before each. */
export interface Script {
  readonly events: readonly AnswerEvent[]
  /** Milliseconds before each event. */
  readonly delay?: number
  /** Number of events after which the connection is cut, once. */
  readonly cutAfter?: number
}

/** Settings of the fake. */
export interface FakeServerOptions {
  readonly script: (question: string) => Script
  readonly settings?: Partial<WidgetSettings>
  readonly documents?: readonly DocumentSummary[]
  readonly paragraph?: (documentId: string, anchor: string) => ParagraphView | null
  /** Pages by path, with their headers. */
  readonly pages?: Readonly<
    Record<string, { readonly html: string; readonly headers?: Record<string, string> }>
  >
}

/** A running fake. */
export interface FakeServer {
  readonly url: string
  /** Everything clients said, in order. */
  readonly received: readonly ClientMessage[]
  /** Paths that were asked over HTTP, in order. */
  readonly requested: readonly string[]
  /** Closes all sockets; with `refuse` new ones are turned away until `accept`. */
  cut(refuse?: boolean): void
  accept(): void
  close(): Promise<void>
}

interface Held {
  readonly id: string
  readonly log: ServerMessage[]
  sequence: number
  readers: Set<WebSocket>
}

const DIST = join(import.meta.dirname, '../../client/dist')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })

/** Starts a fake on a free port of the loopback. */
export const startFakeServer = async (options: FakeServerOptions): Promise<FakeServer> => {
  const received: ClientMessage[] = []
  const requested: string[] = []
  const conversations = new Map<string, Held>()
  const taken = new Map<string, string>()
  const cancelled = new Set<string>()
  const cutOnce = new Set<string>()
  let refusing = false

  const settings: WidgetSettings = {
    suggestedQuestions: [],
    composedBy: 'search',
    moreInformationUrl: null,
    contactUrl: null,
    visitorTokenRequired: false,
    answersKept: true,
    ...options.settings,
  }

  const respond = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
    response.writeHead(status, {
      'content-type': type,
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, content-type',
      'cross-origin-resource-policy': 'cross-origin',
    })
    response.end(body)
  }
  const json = (response: ServerResponse, body: unknown): void =>
    respond(response, 200, 'application/json', JSON.stringify(body))

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    requested.push(path)
    if (request.method === 'OPTIONS') {
      respond(response, 204, 'text/plain', '')
      return
    }
    const page = options.pages?.[path]
    if (page) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
      response.end(page.html)
      return
    }
    if (path === '/v1/widget-settings') {
      json(response, settings)
      return
    }
    if (path === '/v1/documents') {
      json(response, { documents: options.documents ?? [] })
      return
    }
    const paragraph = /^\/v1\/documents\/([^/]+)\/paragraphs\/([^/]+)$/.exec(path)
    if (paragraph) {
      const view = options.paragraph?.(
        decodeURIComponent(paragraph[1] ?? ''),
        decodeURIComponent(paragraph[2] ?? ''),
      )
      if (view) json(response, view)
      else respond(response, 404, 'application/problem+json', '{}')
      return
    }
    const file = path === '/' ? 'index.html' : path.slice(1)
    try {
      if (!/^[\w.-]+$/.test(file)) throw new Error('not a file of the build')
      respond(
        response,
        200,
        TYPES[extname(file)] ?? 'application/octet-stream',
        readFileSync(join(DIST, file)),
      )
    } catch {
      respond(response, 404, 'text/plain', 'not found')
    }
  }

  const http = createServer(handle)
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: protocols => (protocols.has('vindplaats.v1') ? 'vindplaats.v1' : false),
  })
  http.on('upgrade', (request, stream, head) => {
    if (refusing) {
      stream.destroy()
      return
    }
    sockets.handleUpgrade(request, stream, head, socket => greet(socket))
  })

  const say = (socket: WebSocket, message: ServerMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }

  const record = (conversation: Held, message: ServerMessage): void => {
    conversation.log.push(message)
    for (const reader of conversation.readers) say(reader, message)
  }

  const answer = async (conversation: Held, questionId: string, question: string): Promise<void> => {
    const script = options.script(question)
    let told = 0
    for (const event of script.events) {
      if (script.delay !== undefined) await wait(script.delay)
      if (cancelled.has(questionId)) return
      conversation.sequence += 1
      record(conversation, {
        type: 'answer-event',
        conversationId: conversation.id,
        questionId,
        sequence: conversation.sequence,
        event,
      })
      told += 1
      if (told === script.cutAfter && !cutOnce.has(questionId)) {
        cutOnce.add(questionId)
        for (const reader of conversation.readers) reader.terminate()
      }
    }
  }

  const greet = (socket: WebSocket): void => {
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      for (const conversation of conversations.values()) conversation.readers.delete(socket)
    })
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as ClientMessage
      received.push(message)
      switch (message.type) {
        case 'question-ask': {
          const known = taken.get(message.messageId)
          const id = known ?? message.conversationId ?? `c${conversations.size + 1}`
          const conversation = conversations.get(id) ?? { id, log: [], sequence: 0, readers: new Set() }
          conversations.set(id, conversation)
          conversation.readers.add(socket)
          say(socket, {
            type: 'question-accepted',
            messageId: message.messageId,
            conversationId: id,
            questionId: message.messageId,
          })
          if (known !== undefined) break
          taken.set(message.messageId, id)
          void answer(conversation, message.messageId, message.question)
          break
        }
        case 'conversation-resume': {
          const conversation = conversations.get(message.conversationId)
          if (!conversation) {
            say(socket, {
              type: 'message-rejected',
              messageId: message.messageId,
              error: { code: 'conversation-unknown', message: 'Dit gesprek is weg.', retryable: false },
            })
            break
          }
          for (const missed of conversation.log) {
            if (missed.type === 'answer-event' && missed.sequence > message.afterSequence) say(socket, missed)
          }
          conversation.readers.add(socket)
          say(socket, {
            type: 'conversation-resumed',
            messageId: message.messageId,
            conversationId: conversation.id,
            lastSequence: conversation.sequence,
          })
          break
        }
        case 'question-cancel':
          cancelled.add(message.questionId)
          say(socket, { type: 'message-acknowledged', messageId: message.messageId })
          break
        case 'feedback-give':
          say(socket, { type: 'message-acknowledged', messageId: message.messageId })
          break
      }
    })
    say(socket, { type: 'hello', protocolVersion: 1, resumeWindowSeconds: 60 })
  }

  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    requested,
    cut: (refuse = false) => {
      refusing = refuse
      for (const socket of sockets.clients) socket.terminate()
    },
    accept: () => {
      refusing = false
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets.clients) socket.terminate()
        http.closeAllConnections()
        http.close(() => resolve())
      }),
  }
}
