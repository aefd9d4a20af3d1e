/** Load on the WebSocket: many open sockets, questions at a fixed rate, whether or not the last ones are answered. */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { ServerMessage } from '../../server/protocol.js'

/** What came of a load. */
export interface LoadResult {
  readonly asked: number
  readonly answered: number
  readonly errors: readonly string[]
  /** Milliseconds from the moment a question was due to its `answer-end`. */
  readonly milliseconds: readonly number[]
  /** Milliseconds to its first event. */
  readonly firstEvent: readonly number[]
  /** Bytes received per answer, on average. */
  readonly bytesPerAnswer: number
}

interface Visitor {
  readonly socket: WebSocket
  conversationId: string | null
  due: number
  isFirst: boolean
}

/** Opens so many sockets, a few at a time. */
export async function openSockets(url: string, count: number): Promise<readonly WebSocket[]> {
  const sockets: WebSocket[] = []
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(50, count - sockets.length) }, () => openSocket(url))
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}

function openSocket(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/chat`, { perMessageDeflate: false })
    socket.once('message', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Asks over the sockets, each in a conversation of its own, at a fixed rate for a number of seconds. */
export async function loadSockets(
  sockets: readonly WebSocket[],
  questions: readonly string[],
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  const milliseconds: number[] = []
  const firstEvent: number[] = []
  const errors: string[] = []
  const idle: Visitor[] = []
  let asked = 0
  let bytes = 0
  for (const socket of sockets) {
    const visitor: Visitor = { socket, conversationId: null, due: 0, isFirst: false }
    idle.push(visitor)
    const settle = () => idle.push(visitor)
    socket.removeAllListeners('message')
    socket.on('message', (data: Buffer) => {
      bytes += data.length
      // Only the beginning of a message is looked at: the load must not become its own bottleneck.
      const head = data.subarray(0, 400).toString('latin1')
      if (head.includes('"question-accepted"')) {
        const message = JSON.parse(data.toString()) as Extract<ServerMessage, { type: 'question-accepted' }>
        visitor.conversationId = message.conversationId
      } else if (visitor.isFirst && head.includes('"answer-event"')) {
        visitor.isFirst = false
        firstEvent.push(performance.now() - visitor.due)
      }
      if (head.includes('"type":"answer-end"')) {
        milliseconds.push(performance.now() - visitor.due)
        settle()
      } else if (head.includes('"answer-error"') || head.includes('"message-rejected"')) {
        errors.push(data.toString().slice(0, 300))
        settle()
      }
    })
    socket.once('close', (code: number) => {
      errors.push(`closed with ${code}`)
    })
  }
  const started = performance.now()
  const total = perSecond * seconds
  while (asked < total) {
    const due = started + (asked / perSecond) * 1_000
    const wait = due - performance.now()
    if (wait > 1) await new Promise(resolve => setTimeout(resolve, wait))
    const visitor = idle.shift()
    if (!visitor) {
      // Every socket waits for an answer: the server is behind, and the delay counts for the next question.
      await new Promise(resolve => setTimeout(resolve, 1))
      continue
    }
    visitor.due = due
    visitor.isFirst = true
    const question = questions[asked % questions.length]
    const { conversationId } = visitor
    visitor.socket.send(
      JSON.stringify({ type: 'question-ask', messageId: randomUUID(), conversationId, question }),
    )
    asked += 1
  }
  const patience = performance.now() + 30_000
  while (milliseconds.length + errors.length < asked && performance.now() < patience) {
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const answered = milliseconds.length
  return { asked, answered, errors, milliseconds, firstEvent, bytesPerAnswer: bytes / Math.max(1, answered) }
}
