/**
 * The state of a conversation as a pure function: `(state, event) → state`. The one place that knows in which order
 * things happen. No clock, no network, no document: everything that varies comes in with the event.
 */
import type {
  Answer,
  AnswerEvent,
  AnswerSegment,
  Citation,
  Feedback,
  ServerMessage,
  WireFault,
} from '../server/protocol.js'

/** Where a question stands: sent, being answered, answered or refused, stopped by the visitor, or failed. */
export type TurnStatus = 'waiting' | 'streaming' | 'answered' | 'stopped' | 'failed'

/** The rating a visitor gave to an answer. */
export type Rating = Pick<Feedback, 'rating' | 'reason'>

/** One question with everything that is known of its answer. */
export interface Turn {
  /** Id of the question on the wire; made by the client. */
  readonly id: string
  readonly question: string
  readonly status: TurnStatus
  /** What has been streamed so far; the segments of the whole answer once it is complete. */
  readonly segments: readonly AnswerSegment[]
  readonly citations: readonly Citation[]
  readonly composedBy: Answer['composedBy'] | null
  /** The complete answer; `null` until it is there, and for stopped and failed questions. */
  readonly answer: Answer | null
  /** `null` unless the status is `failed`. */
  readonly fault: WireFault | null
  readonly rating: Rating | null
}

/** A conversation with the server. */
export interface Conversation {
  /** Name the server gave it; `null` before the first question is accepted. */
  readonly id: string | null
  /** Sequence number of the last answer event that was applied; 0: none. */
  readonly lastSequence: number
  /** Oldest first. At most one, the last, is waiting or streaming. */
  readonly turns: readonly Turn[]
}

/** What can happen to a conversation. */
export type ConversationEvent =
  | { readonly type: 'question-asked'; readonly id: string; readonly question: string }
  | { readonly type: 'question-stopped'; readonly id: string }
  /** The client itself gives a question up, for example because the server stays unreachable. */
  | { readonly type: 'question-failed'; readonly id: string; readonly fault: WireFault }
  /** A failed or stopped question is asked anew under a new id; it moves to the end. */
  | { readonly type: 'question-retried'; readonly id: string; readonly newId: string }
  | { readonly type: 'answer-rated'; readonly id: string; readonly rating: Rating | null }
  /** The server no longer holds the conversation; what was said stays on the page. */
  | { readonly type: 'conversation-lost' }
  | { readonly type: 'conversation-cleared' }
  | { readonly type: 'message-received'; readonly message: ServerMessage }

/**
 * Most turns kept, in memory and in the page. Older ones are dropped, so that a page that stays open for a day does not
 * grow without bound.
 */
export const MAXIMUM_TURNS = 100

/** A conversation in which nothing was said. */
export const EMPTY_CONVERSATION: Conversation = { id: null, lastSequence: 0, turns: [] }

/** The question that is being answered now, if any. */
export const pendingTurn = (conversation: Conversation): Turn | null =>
  conversation.turns.findLast(turn => turn.status === 'waiting' || turn.status === 'streaming') ?? null

const newTurn = (id: string, question: string): Turn => ({
  id,
  question,
  status: 'waiting',
  segments: [],
  citations: [],
  composedBy: null,
  answer: null,
  fault: null,
  rating: null,
})

const withTurn = (conversation: Conversation, id: string, change: (turn: Turn) => Turn): Conversation => {
  let changed = false
  const turns = conversation.turns.map(turn => {
    if (turn.id !== id) return turn
    const next = change(turn)
    changed ||= next !== turn
    return next
  })
  return changed ? { ...conversation, turns } : conversation
}

const appended = (conversation: Conversation, turn: Turn): Conversation => ({
  ...conversation,
  turns: [...conversation.turns, turn].slice(-MAXIMUM_TURNS),
})

const isOpen = (turn: Turn): boolean => turn.status === 'waiting' || turn.status === 'streaming'

const afterAnswerEvent = (turn: Turn, event: AnswerEvent): Turn => {
  // A question that was stopped or has its answer takes no more: late events are those that crossed on the wire.
  if (!isOpen(turn)) return turn
  switch (event.type) {
    case 'answer-start':
      return { ...turn, status: 'streaming', composedBy: event.composedBy, segments: [], citations: [] }
    case 'answer-delta':
      return { ...turn, status: 'streaming', segments: [...turn.segments, event.segment] }
    case 'citation-available':
      return {
        ...turn,
        status: 'streaming',
        citations: [
          ...turn.citations.filter(citation => citation.marker !== event.citation.marker),
          event.citation,
        ].sort((left, right) => left.marker - right.marker),
      }
    case 'answer-end':
      return {
        ...turn,
        status: 'answered',
        answer: event.answer,
        segments: event.answer.segments,
        citations: event.answer.citations,
        composedBy: event.answer.composedBy,
      }
    case 'answer-error':
      return { ...turn, status: 'failed', fault: event.error }
    default:
      return turn
  }
}

const afterMessage = (conversation: Conversation, message: ServerMessage): Conversation => {
  switch (message.type) {
    case 'question-accepted':
      // An acceptance of a question that is not ours any more (cleared meanwhile) must not revive its conversation.
      return conversation.turns.some(turn => turn.id === message.questionId)
        ? { ...conversation, id: message.conversationId }
        : conversation
    case 'answer-event': {
      if (message.conversationId !== conversation.id || message.sequence <= conversation.lastSequence) {
        return conversation
      }
      const next = withTurn(conversation, message.questionId, turn => afterAnswerEvent(turn, message.event))
      return { ...next, lastSequence: message.sequence }
    }
    case 'message-rejected':
      return message.messageId === null
        ? conversation
        : withTurn(conversation, message.messageId, turn =>
            isOpen(turn) ? { ...turn, status: 'failed', fault: message.error } : turn,
          )
    default:
      return conversation
  }
}

/** The conversation after an event. Events that make no sense in the state leave it as it is, identically. */
export const converse = (conversation: Conversation, event: ConversationEvent): Conversation => {
  switch (event.type) {
    case 'question-asked':
      return pendingTurn(conversation) || conversation.turns.some(turn => turn.id === event.id)
        ? conversation
        : appended(conversation, newTurn(event.id, event.question))
    case 'question-stopped':
      return withTurn(conversation, event.id, turn => (isOpen(turn) ? { ...turn, status: 'stopped' } : turn))
    case 'question-failed':
      return withTurn(conversation, event.id, turn =>
        isOpen(turn) ? { ...turn, status: 'failed', fault: event.fault } : turn,
      )
    case 'question-retried': {
      const turn = conversation.turns.find(candidate => candidate.id === event.id)
      if (!turn || turn.status === 'answered') return conversation
      const others = conversation.turns.filter(candidate => candidate.id !== event.id)
      if (pendingTurn({ ...conversation, turns: others })) return conversation
      return appended({ ...conversation, turns: others }, newTurn(event.newId, turn.question))
    }
    case 'answer-rated':
      return withTurn(conversation, event.id, turn =>
        turn.answer ? { ...turn, rating: event.rating } : turn,
      )
    case 'conversation-lost':
      return { ...conversation, id: null, lastSequence: 0 }
    case 'conversation-cleared':
      return EMPTY_CONVERSATION
    case 'message-received':
      return afterMessage(conversation, event.message)
  }
}
