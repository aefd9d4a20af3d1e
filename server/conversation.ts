/** One conversation as the server holds it: its events with rising numbers, kept for a client that comes back. */
import type { Answer, AnswerEvent, ServerMessage } from './protocol.js'

/** One answer event as it goes over the wire. */
export interface Frame {
  readonly sequence: number
  readonly questionId: string
  /** The whole message as UTF-8; outside the JavaScript heap, and sent to any number of readers as it is. */
  readonly bytes: Buffer
  /** With what the question has its end here; `null`: it goes on. */
  readonly end: 'answer' | 'error' | null
}

/** A question within a conversation. */
export interface Question {
  readonly id: string
  readonly text: string
  readonly abort: AbortController
  state: 'waiting' | 'running' | 'ended'
  /** Sequence number before its first event; `null` while it has none. */
  before: number | null
}

/** Most ended questions whose ids are remembered, so that a retry does not ask them again. */
const MAXIMUM_ENDED_QUESTIONS = 50

/**
 * Numbers left out when a conversation goes on from the database. What was streamed after its last kept answer is lost,
 * but a client may have seen those numbers; new events must not be taken for them.
 */
const RESTORED_GAP = 10_000

/** Turns that a follow-up is understood from. */
const HISTORY_LENGTH = 4

const endedAnswer = ({ bytes }: Frame): Answer | null => {
  const { event } = JSON.parse(bytes.toString('utf8')) as Extract<ServerMessage, { type: 'answer-event' }>
  return event.type === 'answer-end' ? event.answer : null
}

/** A message as UTF-8 in memory of its own: in Node's pool one that stays would keep its neighbours, which do not. */
function encode(message: ServerMessage): Buffer {
  const text = JSON.stringify(message)
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/** A conversation that is held in memory. */
export class Conversation {
  readonly id: string
  /** Who may take part, as in `Caller.record`. */
  readonly owner: string
  readonly questions = new Map<string, Question>()
  readonly waiting: Question[] = []
  /** Called after each new event. */
  readonly readers = new Set<() => void>()
  /** Milliseconds since 1970 of the last sign of life. */
  usedAt: number
  /** Under which it was opened, for a retry of its first message; `null` when it came from the database. */
  readonly openedAs: string | null
  #frames: Frame[] = []
  #bytes = 0
  #sequence: number
  /** Events up to this number are no longer in memory. */
  #forgotten: number
  /** Added before the next number. */
  #gap: number

  /** @param sequence number of the newest event when the conversation comes from the database */
  constructor(id: string, owner: string, usedAt: number, sequence = 0, openedAs: string | null = null) {
    this.id = id
    this.owner = owner
    this.usedAt = usedAt
    this.openedAs = openedAs
    this.#sequence = sequence
    this.#forgotten = sequence
    this.#gap = sequence === 0 ? 0 : RESTORED_GAP
  }

  /** Number of the newest event; 0: none. */
  get sequence(): number {
    return this.#sequence
  }

  /** Number that the next event will have. */
  get nextSequence(): number {
    return this.#sequence + this.#gap + 1
  }

  /** Events up to this number are no longer in memory. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Bytes of the events in memory. */
  get bytes(): number {
    return this.#bytes
  }

  get isBusy(): boolean {
    return this.waiting.length > 0 || [...this.questions.values()].some(({ state }) => state === 'running')
  }

  /** Adds an event under the next number, and tells the readers. Returns the bytes it takes. */
  append(question: Question, event: AnswerEvent): number {
    question.before ??= this.nextSequence - 1
    this.#sequence = this.nextSequence
    this.#gap = 0
    const message = {
      type: 'answer-event',
      conversationId: this.id,
      questionId: question.id,
      sequence: this.#sequence,
      event,
    } satisfies ServerMessage
    const end = event.type === 'answer-end' ? 'answer' : event.type === 'answer-error' ? 'error' : null
    const bytes = end === null ? Buffer.from(JSON.stringify(message)) : encode(message)
    this.#frames.push({ sequence: this.#sequence, questionId: question.id, bytes, end })
    this.#bytes += bytes.length
    for (const tell of this.readers) tell()
    return bytes.length
  }

  /** The first event after a number that is in memory; `undefined` when there is none. */
  after(sequence: number): Frame | undefined {
    let low = 0
    let high = this.#frames.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#frames[middle] as Frame).sequence <= sequence) low = middle + 1
      else high = middle
    }
    return this.#frames[low]
  }

  /**
   * Drops what was streamed of questions that have ended: their last events carry all of it. Where answers are kept elsewhere,
   * it drops all events before the last few answers, too. Returns the bytes freed.
   */
  condense(areAnswersKept: boolean): number {
    const before = this.#bytes
    const kept: Frame[] = []
    let answers = 0
    for (const frame of this.#frames.toReversed()) {
      const isRunning = this.questions.get(frame.questionId)?.state === 'running'
      const isForgotten = areAnswersKept && answers >= HISTORY_LENGTH && !isRunning
      if (isForgotten) this.#forgotten = Math.max(this.#forgotten, frame.sequence)
      if (isForgotten || (frame.end === null && !isRunning)) this.#bytes -= frame.bytes.length
      else kept.push(frame)
      if (frame.end === 'answer') answers += 1
    }
    if (kept.length < this.#frames.length) this.#frames = kept.reverse()
    return before - this.#bytes
  }

  /** Drops the oldest events of ended questions until at most so many bytes are left. Returns the bytes freed. */
  forget(maximumBytes: number): number {
    const before = this.#bytes
    let drop = 0
    for (const [at, frame] of this.#frames.entries()) {
      if (this.#bytes <= maximumBytes || this.questions.get(frame.questionId)?.state === 'running') break
      this.#bytes -= frame.bytes.length
      this.#forgotten = frame.sequence
      drop = at + 1
    }
    if (drop > 0) this.#frames = this.#frames.slice(drop)
    return before - this.#bytes
  }

  /** The last answers that are in memory, oldest first. */
  history(): readonly Answer[] {
    const ends = this.#frames.filter(({ end }) => end !== null).slice(-2 * HISTORY_LENGTH)
    return ends
      .map(endedAnswer)
      .filter(answer => answer !== null)
      .slice(-HISTORY_LENGTH)
  }

  /** Remembers a question; forgets the ids of the oldest ended ones. */
  remember(question: Question): void {
    this.questions.set(question.id, question)
    for (const [id, { state }] of this.questions) {
      if (this.questions.size <= MAXIMUM_ENDED_QUESTIONS) return
      if (state === 'ended') this.questions.delete(id)
    }
  }
}

/** Number of turns that are looked up for a follow-up. */
export const TURNS_FOR_FOLLOW_UP = HISTORY_LENGTH
