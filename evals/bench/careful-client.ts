/** A client that keeps the rules of `docs/api.md`: it loses its connection, comes back, and loses no answer. */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Answer, ClientMessage, ServerMessage, WireFault } from '../../server/protocol.js'

interface Pending {
  readonly text: string
  id: string
  /** Whether an event of it has come. */
  isSeen: boolean
  readonly settle: (end: Answer | WireFault) => void
}

/** One conversation with a server that may go away. */
export class CarefulClient {
  /** Sequence numbers in order of arrival, per conversation. */
  readonly sequences = new Map<string, number[]>()
  /** How many ends came for each question id. */
  readonly ends = new Map<string, number>()
  /** Connections made. */
  connections = 0
  readonly #url: () => string
  #socket: WebSocket | null = null
  #conversationId: string | null = null
  #lastSequence = 0
  #pending: Pending | null = null
  #acknowledged = new Map<string, () => void>()
  #isClosed = false

  /** @param url address of the server now; asked at every connection */
  constructor(url: () => string) {
    this.#url = url
    this.#connect()
  }

  /** Asks and waits for the end, over as many connections as it takes. */
  ask(text: string): Promise<Answer | WireFault> {
    return new Promise(settle => {
      this.#pending = { text, id: randomUUID(), isSeen: false, settle }
      this.#sendQuestion()
    })
  }

  /** Rates an answer; resolves when the server has acknowledged it, which it may never do. */
  rate(answerId: string): Promise<void> {
    const messageId = randomUUID()
    return new Promise(resolve => {
      this.#acknowledged.set(messageId, resolve)
      const feedback = { answerId, rating: 'down' as const, reason: null, comment: null }
      this.#send({ type: 'feedback-give', messageId, feedback })
    })
  }

  /** Cuts the connection without a word; a new one is made at once. */
  drop(): void {
    this.#socket?.terminate()
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.terminate()
  }

  #connect(): void {
    if (this.#isClosed) return
    this.connections += 1
    const socket = new WebSocket(`${this.#url().replace(/^http/, 'ws')}/v1/chat`)
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => setTimeout(() => this.#connect(), 20))
    socket.on('message', data => this.#receive(JSON.parse(String(data))))
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #sendQuestion(): void {
    if (!this.#pending) return
    const { id, text } = this.#pending
    this.#send({ type: 'question-ask', messageId: id, conversationId: this.#conversationId, question: text })
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        if (this.#conversationId !== null) {
          const afterSequence = this.#lastSequence
          const conversationId = this.#conversationId
          this.#send({ type: 'conversation-resume', messageId: randomUUID(), conversationId, afterSequence })
        }
        if (this.#pending && !this.#pending.isSeen) this.#sendQuestion()
        break
      case 'question-accepted':
        if (message.questionId === this.#pending?.id) this.#conversationId = message.conversationId
        break
      case 'answer-event':
        this.#event(message)
        break
      case 'message-acknowledged':
        this.#acknowledged.get(message.messageId)?.()
        break
      case 'message-rejected':
        if (message.error.code === 'conversation-unknown') {
          this.#conversationId = null
          this.#lastSequence = 0
          if (this.#pending) {
            this.#pending.id = randomUUID()
            this.#pending.isSeen = false
            this.#sendQuestion()
          }
        } else if (message.messageId === this.#pending?.id) this.#settle(message.error)
        break
      case 'conversation-resumed':
        break
    }
  }

  #event({
    conversationId,
    questionId,
    sequence,
    event,
  }: Extract<ServerMessage, { type: 'answer-event' }>): void {
    const seen = this.sequences.get(conversationId) ?? []
    seen.push(sequence)
    this.sequences.set(conversationId, seen)
    if (conversationId !== this.#conversationId || sequence <= this.#lastSequence) return
    this.#lastSequence = sequence
    const isOurs = questionId === this.#pending?.id
    if (isOurs && this.#pending) this.#pending.isSeen = true
    if (event.type !== 'answer-end' && event.type !== 'answer-error') return
    this.ends.set(questionId, (this.ends.get(questionId) ?? 0) + 1)
    if (isOurs) this.#settle(event.type === 'answer-end' ? event.answer : event.error)
  }

  #settle(end: Answer | WireFault): void {
    const pending = this.#pending
    this.#pending = null
    pending?.settle(end)
  }
}
