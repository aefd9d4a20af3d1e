/** The conversations of all sockets: one question at a time in each, retries recognised, events replayed to who comes back. */
import { createHash, randomUUID } from 'node:crypto'
import type { Caller } from './access.js'
import type { Turn } from './assistant.js'
import type { Configuration } from './configuration.js'
import { Conversation, type Frame, type Question, TURNS_FOR_FOLLOW_UP } from './conversation.js'
import { codeOf, ServerFault, toWireFault } from './faults.js'
import type { Metrics } from './metrics.js'
import type { AnswerEvent, ServerMessage } from './protocol.js'
import type { QuestionDesk } from './question-desk.js'
import type { RateLimits } from './rate-limits.js'
import type { Storage } from './storage.js'
import type { StoredAnswer } from './storage-format.js'

/** Milliseconds between two looks for conversations that nobody came back to. */
const SWEEP_INTERVAL = 10_000

/**
 * Milliseconds for which a client that lost its connection gets all that was streamed to it since; after them, and once the next
 * question is asked, it gets the whole answer at once.
 */
const STREAM_KEPT = 10_000

/** Kept answers from which a conversation is restored. */
const MAXIMUM_STORED_ANSWERS = 50

/** Kept answers that are read at once for a client that comes back late. */
const STORED_AT_ONCE = 4

/**
 * Least length of a message id that is taken for unique in the world. A retry of the message that opened a conversation
 * does not know the conversation's id yet and is recognised by such an id alone; a shorter one opens another.
 */
const LEAST_UNIQUE_ID_LENGTH = 20

/** What a hub needs. */
export interface HubParts {
  readonly configuration: Configuration
  readonly desk: QuestionDesk
  readonly storage: Storage
  readonly limits: RateLimits
  readonly metrics: Metrics
  readonly now?: () => number
}

/** A question as a socket brings it. */
export interface HubQuestion {
  /** `null` opens a conversation. */
  readonly conversationId: string | null
  readonly messageId: string
  readonly question: string
  readonly caller: Caller
  readonly requestId: string
}

/** A question that was taken, now or before. */
export interface TakenQuestion {
  readonly conversation: Conversation
  readonly question: Question
}

/** Holds conversations until nobody came back to them for the resume window. */
export class ConversationHub {
  readonly #parts: HubParts
  readonly #now: () => number
  /** By id, the one unused longest first. */
  readonly #conversations = new Map<string, Conversation>()
  /** Conversation id by the key of the message that opened it. */
  readonly #openings = new Map<string, string>()
  readonly #sweeper: NodeJS.Timeout
  #bytes = 0

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_INTERVAL).unref()
  }

  /** Number of conversations in memory. */
  get size(): number {
    return this.#conversations.size
  }

  /** Bytes of all events in memory. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Takes a question: answered at once or after those that wait in its conversation. One that was taken before is found
   * again by its id and not asked twice.
   *
   * @throws {ServerFault} `conversation-unknown`, `conversation-busy`, `rate-limited`, `not-ready`, `shutting-down`
   */
  ask({ conversationId, messageId, question: text, caller, requestId }: HubQuestion): TakenQuestion {
    const openedAs = conversationId === null ? openingKey(messageId, text, caller) : null
    const knownId = conversationId ?? (openedAs === null ? undefined : this.#openings.get(openedAs))
    const known = knownId === undefined ? undefined : this.find(knownId, caller)
    const taken = known?.questions.get(messageId)
    if (known && taken) return { conversation: known, question: taken }
    // Refused before anything is remembered, so that the same message can be sent again later.
    this.#parts.desk.assistant()
    this.#parts.limits.takeQuestion(caller)
    const { limits } = this.#parts.configuration
    if (known?.isBusy && known.waiting.length >= limits.maximumQueuedQuestions) {
      throw new ServerFault('conversation-busy', 'MAXIMUM_QUEUED_QUESTIONS wait in this conversation.')
    }
    const conversation = known ?? this.#open(caller, openedAs)
    const question: Question = {
      id: messageId,
      text,
      abort: new AbortController(),
      state: 'waiting',
      before: null,
    }
    const isIdle = !conversation.isBusy
    this.#condense(conversation)
    conversation.remember(question)
    conversation.waiting.push(question)
    if (isIdle) void this.#work(conversation, caller, requestId)
    return { conversation, question }
  }

  /**
   * A conversation for someone who takes part in it: from memory, or from the database.
   *
   * @throws {ServerFault} `conversation-unknown`
   */
  find(conversationId: string, caller: Caller): Conversation {
    const held = this.#conversations.get(conversationId)
    if (held && this.#isOver(held)) this.#drop(held)
    const conversation = this.#conversations.get(conversationId) ?? this.#restore(conversationId)
    if (conversation?.owner !== caller.record) {
      throw new ServerFault('conversation-unknown', 'There is no such conversation for this caller.')
    }
    this.#use(conversation)
    return conversation
  }

  /**
   * A conversation for a client that comes back and has seen its events up to a number.
   *
   * @throws {ServerFault} `conversation-unknown`, also when events it has not seen, or has seen, are lost here
   */
  resume(conversationId: string, afterSequence: number, caller: Caller): Conversation {
    const conversation = this.find(conversationId, caller)
    const isLost = afterSequence < conversation.forgotten && !this.#parts.storage.keepsAnswers
    if (isLost || afterSequence > conversation.sequence) {
      throw new ServerFault('conversation-unknown', 'Events of this conversation are lost.')
    }
    return conversation
  }

  /**
   * The next events after a number, in order; empty when there are none. Of events that are no longer in memory only the
   * kept answers come back, which carry all that was streamed before them.
   */
  after(conversation: Conversation, sequence: number): readonly Frame[] {
    if (sequence < conversation.forgotten) {
      const stored = this.#stored(conversation, sequence)
      if (stored.length > 0) return stored
    }
    const frame = conversation.after(sequence)
    return frame ? [frame] : []
  }

  #stored(conversation: Conversation, afterSequence: number): readonly Frame[] {
    const answers = this.#parts.storage.answersAfter(conversation.id, afterSequence, STORED_AT_ONCE)
    return answers.flatMap(({ answer, questionId, sequence }) => {
      if (questionId === null || sequence === null || sequence > conversation.forgotten) return []
      const message = {
        type: 'answer-event',
        conversationId: conversation.id,
        questionId,
        sequence,
        event: { type: 'answer-end', answer },
      } satisfies ServerMessage
      return [{ sequence, questionId, bytes: Buffer.from(JSON.stringify(message)), end: 'answer' as const }]
    })
  }

  /** Has a reader told of new events until `unfollow`. */
  follow(conversation: Conversation, tell: () => void): void {
    conversation.readers.add(tell)
  }

  /** From now on the resume window runs, unless someone else reads. */
  unfollow(conversation: Conversation, tell: () => void): void {
    conversation.readers.delete(tell)
    conversation.usedAt = this.#now()
  }

  /** Stops a question; one that is unknown or has ended is left as it is. */
  cancel(conversation: Conversation, questionId: string): void {
    const question = conversation.questions.get(questionId)
    if (!question || question.state === 'ended') return
    if (question.state === 'waiting') {
      conversation.waiting.splice(conversation.waiting.indexOf(question), 1)
      this.#end(conversation, question, new ServerFault('cancelled', 'Cancelled while it waited.'))
    }
    question.abort.abort()
  }

  /** Forgets conversations that nobody came back to in time, and what was streamed in those that have been quiet. */
  sweep(): void {
    for (const conversation of this.#conversations.values()) {
      if (this.#isOver(conversation) && this.#drop(conversation)) continue
      if (conversation.usedAt < this.#now() - STREAM_KEPT) this.#condense(conversation)
    }
  }

  /** Lets go of questions that wait: their clients send them again to the next server. Running ones are the desk's. */
  close(): void {
    clearInterval(this.#sweeper)
    for (const { waiting, questions } of this.#conversations.values()) {
      for (const question of waiting.splice(0)) questions.delete(question.id)
    }
  }

  #isOver({ usedAt }: Conversation): boolean {
    return usedAt < this.#now() - this.#parts.configuration.limits.resumeWindowSeconds * 1_000
  }

  #open(caller: Caller, openedAs: string | null): Conversation {
    this.#makeRoom()
    const conversation = new Conversation(randomUUID(), caller.record, this.#now(), 0, openedAs)
    this.#conversations.set(conversation.id, conversation)
    if (openedAs !== null) this.#openings.set(openedAs, conversation.id)
    return conversation
  }

  #restore(conversationId: string): Conversation | null {
    const answers = this.#parts.storage.conversation(conversationId, MAXIMUM_STORED_ANSWERS)
    const last = answers.at(-1)
    if (last?.channel !== 'socket') return null
    this.#makeRoom()
    const sequence = Math.max(...answers.map(answer => answer.sequence ?? 0))
    const conversation = new Conversation(conversationId, last.caller, this.#now(), sequence)
    for (const answer of answers) {
      if (answer.questionId !== null) conversation.remember(endedQuestion(answer.questionId, answer))
    }
    this.#conversations.set(conversationId, conversation)
    return conversation
  }

  #use(conversation: Conversation): void {
    conversation.usedAt = this.#now()
    this.#conversations.delete(conversation.id)
    this.#conversations.set(conversation.id, conversation)
  }

  #makeRoom(): void {
    const { maximumConversations } = this.#parts.configuration.limits
    if (this.#conversations.size < maximumConversations) return
    for (const conversation of this.#conversations.values()) {
      if (this.#drop(conversation)) return
    }
    throw new ServerFault('rate-limited', 'MAXIMUM_CONVERSATIONS are held, and all are in use.')
  }

  /** Forgets a conversation unless someone reads it or waits for it. */
  #drop(conversation: Conversation): boolean {
    if (conversation.readers.size > 0 || conversation.isBusy) return false
    this.#conversations.delete(conversation.id)
    if (conversation.openedAs !== null) this.#openings.delete(conversation.openedAs)
    this.#bytes -= conversation.bytes
    return true
  }

  async #work(conversation: Conversation, caller: Caller, requestId: string): Promise<void> {
    for (let question = conversation.waiting.shift(); question; question = conversation.waiting.shift()) {
      question.state = 'running'
      try {
        const events = this.#parts.desk.answer({
          question: question.text,
          history: this.#history(conversation),
          answerId: randomUUID(),
          channel: 'socket',
          caller,
          requestId,
          conversationId: conversation.id,
          questionId: question.id,
          endSequence: () => conversation.nextSequence,
          signal: question.abort.signal,
        })
        for await (const event of events) this.#append(conversation, question, event)
        question.state = 'ended'
      } catch (error) {
        this.#end(conversation, question, error)
      }
      this.#use(conversation)
    }
  }

  #condense(conversation: Conversation): void {
    this.#bytes -= conversation.condense(this.#parts.storage.keepsAnswers)
  }

  #end(conversation: Conversation, question: Question, error: unknown): void {
    question.state = 'ended'
    this.#parts.metrics.fault(codeOf(error))
    this.#append(conversation, question, { type: 'answer-error', error: toWireFault(error) })
  }

  #append(conversation: Conversation, question: Question, event: AnswerEvent): void {
    this.#bytes += conversation.append(question, event)
    const { maximumReplayBytes, maximumReplayTotalBytes } = this.#parts.configuration.limits
    if (conversation.bytes > maximumReplayBytes) this.#bytes -= conversation.forget(maximumReplayBytes)
    if (this.#bytes <= maximumReplayTotalBytes) return
    for (const unused of this.#conversations.values()) {
      this.#bytes -= unused.forget(0)
      if (this.#bytes <= maximumReplayTotalBytes * 0.9) return
    }
  }

  #history(conversation: Conversation): readonly Turn[] {
    const inMemory = conversation.history()
    const answers =
      inMemory.length > 0 || conversation.forgotten === 0
        ? inMemory
        : this.#parts.storage.conversation(conversation.id, TURNS_FOR_FOLLOW_UP).map(({ answer }) => answer)
    return answers.map(answer => ({ question: answer.question, answer }))
  }
}

function endedQuestion(id: string, { answer, sequence }: StoredAnswer): Question {
  const before = sequence === null ? null : sequence - 1
  return { id, text: answer.question, abort: new AbortController(), state: 'ended', before }
}

function openingKey(messageId: string, text: string, { record, address }: Caller): string | null {
  if (messageId.length < LEAST_UNIQUE_ID_LENGTH) return null
  return createHash('sha256')
    .update(JSON.stringify([messageId, text, record, address]))
    .digest('base64')
}
