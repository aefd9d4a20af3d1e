/** A conversation that is held with a server: glues the pure state to the connection and to the stored history. */
import type { ClientMessage, Feedback, ServerMessage, WireFault } from '../server/protocol.js'
import { Connection, type ConnectionState, type Socket } from './connection.js'
import {
  type Conversation,
  type ConversationEvent,
  converse,
  pendingTurn,
  type Turn,
} from './conversation.js'
import type { ConversationHistory } from './history.js'

/** Code of the fault that the client itself raises: the server stayed away. */
const CONNECTION_LOST = 'connection-lost'

/**
 * Faults that reach the client without words: its own, and those with which a server closes a connection. `texts.ts` has
 * their words.
 */
export type WordlessFaultCode =
  | typeof CONNECTION_LOST
  | 'unauthenticated'
  | 'forbidden'
  | 'origin-not-allowed'

/**
 * What the visitor should know of the connection. `slow`: an answer is awaited and the connection has been broken for
 * longer than `TROUBLE_DELAY`.
 */
export type Trouble = 'none' | 'slow' | 'offline'

/** Milliseconds that a broken connection is repaired in silence. */
export const TROUBLE_DELAY = 3_000

/** Milliseconds between a change and its storing; a streamed answer changes many times a second. */
const STORE_DELAY = 250

/** What a session needs. */
export interface ChatSessionOptions {
  readonly connect: () => Promise<Socket>
  readonly history: ConversationHistory
  /** The conversation or the trouble changed. */
  readonly onChange: () => void
  /** A question of this session reached its end: answered, refused or failed. Not called for stopped ones. */
  readonly onFinished: (turn: Turn) => void
  readonly isOnline: () => boolean
}

interface Awaited {
  readonly message: ClientMessage
  readonly settle: (accepted: boolean) => void
}

const newId = (): string => {
  // Not `crypto.randomUUID`: it is missing on intranets without https.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** A conversation with a server that survives broken connections and reloads. */
export class ChatSession {
  readonly #options: ChatSessionOptions
  readonly #connection: Connection
  /** Feedback and cancellations the server has not acknowledged yet, by message id. */
  readonly #awaited = new Map<string, Awaited>()
  #conversation: Conversation
  #resumeId: string | null = null
  #trouble: Trouble = 'none'
  #troubleTimer: ReturnType<typeof setTimeout> | undefined
  #storeTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ChatSessionOptions) {
    this.#options = options
    this.#conversation = options.history.read()
    this.#connection = new Connection({
      connect: options.connect,
      isNeeded: () => this.pending !== null || this.#awaited.size > 0,
      isOnline: options.isOnline,
      onOpen: () => this.#sendAgain(),
      onMessage: message => this.#received(message),
      onState: state => this.#connectionChanged(state),
    })
    this.resume()
  }

  get conversation(): Conversation {
    return this.#conversation
  }

  get pending(): Turn | null {
    return pendingTurn(this.#conversation)
  }

  get trouble(): Trouble {
    return this.#trouble
  }

  /** Goes on with a question that was under way when the page was left, or the session closed. */
  resume(): void {
    if (this.pending) this.#connection.open()
  }

  /** Opens the connection ahead of the first question, so that it does not wait for it. */
  prepare(): void {
    this.#connection.open()
  }

  /** Asks; ignored while another question is pending. */
  ask(question: string): void {
    if (this.pending) return
    this.#apply({ type: 'question-asked', id: newId(), question })
    this.#sendQuestion()
  }

  /** Stops the pending question; what was streamed stays. */
  stop(): void {
    const turn = this.pending
    if (!turn) return
    this.#apply({ type: 'question-stopped', id: turn.id })
    this.#deliver({ type: 'question-cancel', messageId: newId(), questionId: turn.id })
    this.#judgeTrouble(this.#connection.state)
  }

  /** Asks a failed or stopped question anew. */
  retry(id: string): void {
    if (this.pending) return
    this.#apply({ type: 'question-retried', id, newId: newId() })
    if (this.pending) this.#sendQuestion()
  }

  /** Starts a new conversation; the old one is forgotten here. */
  clear(): void {
    this.stop()
    this.#apply({ type: 'conversation-cleared' })
    this.store()
  }

  /** Rates an answer. Resolves with whether the server took it; a rating it did not take is undone. */
  rate(turnId: string, feedback: Feedback): Promise<boolean> {
    this.#apply({
      type: 'answer-rated',
      id: turnId,
      rating: { rating: feedback.rating, reason: feedback.reason },
    })
    return this.#deliver({ type: 'feedback-give', messageId: newId(), feedback }).then(accepted => {
      if (!accepted) this.#apply({ type: 'answer-rated', id: turnId, rating: null })
      return accepted
    })
  }

  /** The device's network came or went. */
  networkChanged(): void {
    this.#connection.networkChanged()
    this.#judgeTrouble(this.#connection.state)
  }

  /** Stores the conversation now. */
  store(): void {
    clearTimeout(this.#storeTimer)
    this.#storeTimer = undefined
    this.#options.history.write(this.#conversation)
  }

  /** Stores, closes the connection and lets all timers go; `resume` takes it up again. */
  close(): void {
    this.store()
    clearTimeout(this.#troubleTimer)
    this.#connection.close()
  }

  #apply(event: ConversationEvent): void {
    const before = this.#conversation
    this.#conversation = converse(before, event)
    if (this.#conversation === before) return
    this.#storeTimer ??= setTimeout(() => this.store(), STORE_DELAY)
    const wasPending = pendingTurn(before)
    const now = wasPending && this.#conversation.turns.find(turn => turn.id === wasPending.id)
    if (now && (now.status === 'answered' || now.status === 'failed')) {
      this.#judgeTrouble(this.#connection.state)
      this.#options.onFinished(now)
    }
    this.#options.onChange()
  }

  #sendQuestion(): void {
    const turn = this.pending
    if (!turn) return
    const message: ClientMessage = {
      type: 'question-ask',
      messageId: turn.id,
      conversationId: this.#conversation.id,
      question: turn.question,
    }
    if (!this.#connection.send(message)) this.#connection.open()
    this.#judgeTrouble(this.#connection.state)
  }

  #deliver(message: ClientMessage): Promise<boolean> {
    return new Promise(settle => {
      this.#awaited.set(message.messageId, { message, settle })
      if (!this.#connection.send(message)) this.#connection.open()
    })
  }

  #settle(messageId: string, accepted: boolean): boolean {
    const awaited = this.#awaited.get(messageId)
    this.#awaited.delete(messageId)
    awaited?.settle(accepted)
    return awaited !== undefined
  }

  #sendAgain(): void {
    const turn = this.pending
    const { id, lastSequence } = this.#conversation
    if (turn && id !== null) {
      this.#resumeId = newId()
      this.#connection.send({
        type: 'conversation-resume',
        messageId: this.#resumeId,
        conversationId: id,
        afterSequence: lastSequence,
      })
    }
    // The server knows the id of a question it has taken, so that sending it twice asks it once.
    if (turn?.status === 'waiting') this.#sendQuestion()
    for (const { message } of this.#awaited.values()) this.#connection.send(message)
  }

  #received(message: ServerMessage): void {
    if (message.type === 'message-acknowledged') {
      this.#settle(message.messageId, true)
      return
    }
    if (message.type === 'message-rejected') {
      if (message.messageId !== null && this.#settle(message.messageId, false)) return
      this.#rejected(message.messageId, message.error)
      return
    }
    this.#apply({ type: 'message-received', message })
  }

  #rejected(messageId: string | null, error: WireFault): void {
    const turn = this.pending
    if (!turn) return
    const ofResume = messageId !== null && messageId === this.#resumeId
    if (!ofResume && messageId !== null && messageId !== turn.id) return
    if (error.code === 'conversation-unknown' && this.#conversation.id !== null) {
      // Kept for too long, or the server was restarted: the question is asked anew, in a new conversation.
      this.#resumeId = null
      this.#apply({ type: 'conversation-lost' })
      this.#apply({ type: 'question-retried', id: turn.id, newId: newId() })
      this.#sendQuestion()
      return
    }
    this.#apply({ type: 'question-failed', id: turn.id, fault: error })
  }

  #connectionChanged(state: ConnectionState): void {
    if (state === 'lost') {
      for (const messageId of [...this.#awaited.keys()]) this.#settle(messageId, false)
      const turn = this.pending
      if (turn) {
        const code = this.#connection.lostBecause ?? CONNECTION_LOST
        const fault = { code, message: '', retryable: this.#connection.lostBecause === null }
        this.#apply({ type: 'question-failed', id: turn.id, fault })
      }
    }
    this.#judgeTrouble(state)
  }

  #judgeTrouble(state: ConnectionState): void {
    if (this.pending === null || state === 'open') {
      this.#setTrouble('none')
    } else if (state === 'offline') {
      this.#setTrouble('offline')
    } else if (this.#trouble === 'offline') {
      this.#setTrouble('slow')
    } else {
      this.#troubleTimer ??= setTimeout(() => {
        this.#troubleTimer = undefined
        this.#setTrouble('slow')
      }, TROUBLE_DELAY)
    }
  }

  #setTrouble(trouble: Trouble): void {
    clearTimeout(this.#troubleTimer)
    this.#troubleTimer = undefined
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#options.onChange()
  }
}
