import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  type ConversationEvent,
  converse,
  EMPTY_CONVERSATION,
  MAXIMUM_TURNS,
  pendingTurn,
} from '../../client/conversation.js'
import type { AnswerEvent, ServerMessage } from '../../server/protocol.js'
import { answered, citation, eventsOf, segment } from '../support/answers.js'

const answer = answered(
  'Hoeveel?',
  [segment('lead-in', 'Volgens de brief:'), segment('quote', citation(1).quote, [1])],
  [citation(1)],
)

const asked = (id: string, question = 'Hoeveel?'): ConversationEvent => ({
  type: 'question-asked',
  id,
  question,
})
const received = (message: ServerMessage): ConversationEvent => ({ type: 'message-received', message })
const accepted = (id: string, conversationId = 'c1'): ConversationEvent =>
  received({ type: 'question-accepted', messageId: id, conversationId, questionId: id })
const told = (
  questionId: string,
  sequence: number,
  event: AnswerEvent,
  conversationId = 'c1',
): ConversationEvent => received({ type: 'answer-event', conversationId, questionId, sequence, event })
const play = (events: readonly ConversationEvent[], start: Conversation = EMPTY_CONVERSATION): Conversation =>
  events.reduce(converse, start)
const wholeAnswer = (id: string, from = 1): ConversationEvent[] =>
  eventsOf(answer).map((event, index) => told(id, from + index, event))

describe('a conversation', () => {
  it('goes from waiting over streaming to answered', () => {
    const statuses: (string | undefined)[] = []
    let conversation = play([asked('q1')])
    statuses.push(conversation.turns[0]?.status)
    for (const event of [accepted('q1'), ...wholeAnswer('q1')]) {
      conversation = converse(conversation, event)
      statuses.push(conversation.turns[0]?.status)
    }
    expect(statuses).toEqual([
      'waiting',
      'waiting',
      'streaming',
      'streaming',
      'streaming',
      'streaming',
      'answered',
    ])
    expect(conversation.id).toBe('c1')
    expect(conversation.turns[0]?.citations).toEqual([citation(1)])
  })

  it('shows what the complete answer says, not what was streamed before it', () => {
    const conversation = play([
      asked('q1'),
      accepted('q1'),
      told('q1', 1, { type: 'answer-delta', segment: segment('sentence', 'Verzonnen zin.', [9]) }),
      told('q1', 2, { type: 'answer-end', answer }),
    ])
    expect(conversation.turns[0]?.segments).toEqual(answer.segments)
  })

  it('begins a streamed answer anew when the server starts it again', () => {
    const [start, first] = eventsOf(answer) as [AnswerEvent, AnswerEvent]
    const conversation = play([
      asked('q1'),
      accepted('q1'),
      told('q1', 1, start),
      told('q1', 2, first),
      told('q1', 3, start),
      told('q1', 4, first),
    ])
    expect(conversation.turns[0]?.segments).toHaveLength(1)
  })

  it('applies an event once, however often it is replayed', () => {
    const events = [asked('q1'), accepted('q1'), ...wholeAnswer('q1')]
    const once = play(events)
    expect(play(wholeAnswer('q1'), once)).toBe(once)
  })

  it('keeps citations in the order of their markers and the newest of two with one marker', () => {
    const newer = citation(1, { quote: 'Nieuwer.' })
    const conversation = play([
      asked('q1'),
      accepted('q1'),
      told('q1', 1, { type: 'citation-available', citation: citation(2) }),
      told('q1', 2, { type: 'citation-available', citation: citation(1) }),
      told('q1', 3, { type: 'citation-available', citation: newer }),
    ])
    expect(conversation.turns[0]?.citations).toEqual([newer, citation(2)])
  })

  it('takes no second question while one is pending', () => {
    const conversation = play([asked('q1')])
    expect(converse(conversation, asked('q2'))).toBe(conversation)
  })

  it('leaves a stopped question stopped, whatever still comes, and counts what came', () => {
    const conversation = play([
      asked('q1'),
      accepted('q1'),
      told('q1', 1, eventsOf(answer)[0] as AnswerEvent),
      { type: 'question-stopped', id: 'q1' },
      told('q1', 2, { type: 'answer-end', answer }),
    ])
    expect(conversation.turns[0]?.status).toBe('stopped')
    expect(conversation.turns[0]?.answer).toBeNull()
    expect(conversation.lastSequence).toBe(2)
    expect(pendingTurn(conversation)).toBeNull()
  })

  it('fails a question with the fault of the server', () => {
    const error = { code: 'timeout', message: 'Het antwoord duurde te lang.', retryable: true }
    const conversation = play([asked('q1'), accepted('q1'), told('q1', 1, { type: 'answer-error', error })])
    expect(conversation.turns[0]).toMatchObject({ status: 'failed', fault: error })
  })

  it('fails a question that the server rejects', () => {
    const error = { code: 'rate-limited', message: 'Wacht even.', retryable: true }
    const conversation = play([asked('q1'), received({ type: 'message-rejected', messageId: 'q1', error })])
    expect(conversation.turns[0]).toMatchObject({ status: 'failed', fault: error })
  })

  it('asks a failed question anew under a new id at the end, and never an answered one', () => {
    const error = { code: 'timeout', message: '', retryable: true }
    const failed = play([
      asked('q1', 'Eerste?'),
      { type: 'question-failed', id: 'q1', fault: error },
      asked('q2', 'Tweede?'),
      accepted('q2'),
      ...wholeAnswer('q2'),
    ])
    const retried = converse(failed, { type: 'question-retried', id: 'q1', newId: 'q3' })
    expect(retried.turns.map(turn => [turn.id, turn.question, turn.status])).toEqual([
      ['q2', 'Tweede?', 'answered'],
      ['q3', 'Eerste?', 'waiting'],
    ])
    expect(converse(retried, { type: 'question-retried', id: 'q2', newId: 'q4' })).toBe(retried)
  })

  it('ignores events of another conversation', () => {
    const conversation = play([asked('q1'), accepted('q1')])
    expect(converse(conversation, told('q1', 1, { type: 'answer-end', answer }, 'c2'))).toBe(conversation)
  })

  it('is not revived by an acceptance that crossed its clearing', () => {
    const conversation = play([asked('q1'), { type: 'conversation-cleared' }, accepted('q1')])
    expect(conversation).toBe(EMPTY_CONVERSATION)
  })

  it('keeps what was said when the server has lost it', () => {
    const conversation = play([
      asked('q1'),
      accepted('q1'),
      ...wholeAnswer('q1'),
      { type: 'conversation-lost' },
    ])
    expect(conversation).toMatchObject({ id: null, lastSequence: 0 })
    expect(conversation.turns).toHaveLength(1)
  })

  it('rates answers only', () => {
    const rating = { rating: 'up', reason: null } as const
    const waiting = play([asked('q1')])
    expect(converse(waiting, { type: 'answer-rated', id: 'q1', rating })).toBe(waiting)
    const done = play([accepted('q1'), ...wholeAnswer('q1')], waiting)
    expect(converse(done, { type: 'answer-rated', id: 'q1', rating }).turns[0]?.rating).toEqual(rating)
  })

  it('drops the oldest turns beyond the maximum', () => {
    let conversation = EMPTY_CONVERSATION
    for (let number = 1; number <= MAXIMUM_TURNS + 5; number += 1) {
      conversation = play([asked(`q${number}`), { type: 'question-stopped', id: `q${number}` }], conversation)
    }
    expect(conversation.turns).toHaveLength(MAXIMUM_TURNS)
    expect(conversation.turns[0]?.id).toBe('q6')
  })

  it('never changes the state it is given, and never has two questions pending, whatever happens', () => {
    const ids = fc.constantFrom('q1', 'q2', 'q3')
    const event: fc.Arbitrary<ConversationEvent> = fc.oneof(
      ids.map(id => asked(id)),
      ids.map(id => accepted(id)),
      fc
        .tuple(ids, fc.integer({ min: 1, max: 12 }), fc.constantFrom(...eventsOf(answer)))
        .map(([id, sequence, each]) => told(id, sequence, each)),
      ids.map((id): ConversationEvent => ({ type: 'question-stopped', id })),
      fc
        .tuple(ids, ids)
        .map(([id, newId]): ConversationEvent => ({ type: 'question-retried', id, newId: `${newId}-again` })),
      fc.constant<ConversationEvent>({ type: 'conversation-lost' }),
      fc.constant<ConversationEvent>({ type: 'conversation-cleared' }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), events => {
        let conversation = EMPTY_CONVERSATION
        for (const each of events) {
          const before = JSON.stringify(conversation)
          const next = converse(conversation, each)
          expect(JSON.stringify(conversation)).toBe(before)
          const open = next.turns.filter(turn => turn.status === 'waiting' || turn.status === 'streaming')
          expect(open.length).toBeLessThanOrEqual(1)
          expect(new Set(next.turns.map(turn => turn.id)).size).toBe(next.turns.length)
          conversation = next
        }
      }),
    )
  })
})
