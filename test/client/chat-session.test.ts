import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChatSession, TROUBLE_DELAY } from '../../client/chat-session.js'
import { RETRY_DELAYS } from '../../client/connection.js'
import type { Turn } from '../../client/conversation.js'
import { ConversationHistory, type HistoryStorage } from '../../client/history.js'
import type { AnswerEvent, ClientMessage } from '../../server/protocol.js'
import { answered, citation, eventsOf, segment } from '../support/answers.js'
import { FakeSockets } from '../support/fake-socket.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const answer = answered('Hoeveel?', [segment('quote', citation(1).quote, [1])], [citation(1)])
/** Delays are spread by a quarter. */
const LONGEST_DELAY = Math.max(...RETRY_DELAYS) * 1.25

const memory = (): HistoryStorage => {
  const map = new Map<string, string>()
  return {
    getItem: key => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: key => void map.delete(key),
  }
}

const start = (storage: HistoryStorage | null = null) => {
  const sockets = new FakeSockets()
  const world = { online: true, finished: [] as Turn[], changes: 0 }
  const session = new ChatSession({
    connect: sockets.connect,
    history: new ConversationHistory('test', storage),
    onChange: () => {
      world.changes += 1
    },
    onFinished: turn => world.finished.push(turn),
    isOnline: () => world.online,
  })
  return { sockets, world, session }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

/** Waits for the next socket and greets on it. */
const reconnect = async (sockets: FakeSockets) => {
  const before = sockets.all.length
  for (let waited = 0; sockets.all.length === before && waited < LONGEST_DELAY; waited += 100)
    await vi.advanceTimersByTimeAsync(100)
  sockets.last.greet()
}

const sentOf = <Type extends ClientMessage['type']>(sockets: FakeSockets, type: Type) =>
  sockets.last.sent.filter(
    (message): message is Extract<ClientMessage, { type: Type }> => message.type === type,
  )

/** A session with a question asked and accepted as conversation `c1`. */
const asking = async (storage: HistoryStorage | null = null) => {
  const started = start(storage)
  started.session.ask('Hoeveel?')
  await settle()
  started.sockets.last.greet()
  const [message] = sentOf(started.sockets, 'question-ask')
  if (!message) throw new Error('The question was not sent')
  started.sockets.last.say({
    type: 'question-accepted',
    messageId: message.messageId,
    conversationId: 'c1',
    questionId: message.messageId,
  })
  let sequence = 0
  const tell = (event: AnswerEvent) => {
    sequence += 1
    started.sockets.last.say({
      type: 'answer-event',
      conversationId: 'c1',
      questionId: message.messageId,
      sequence,
      event,
    })
  }
  return { ...started, message, tell }
}

describe('a session', () => {
  it('connects only when it has something to say', async () => {
    const { sockets, session } = start()
    await settle()
    expect(sockets.all).toHaveLength(0)
    session.ask('Hoeveel?')
    await settle()
    expect(sockets.all).toHaveLength(1)
  })

  it('asks in the conversation the server named', async () => {
    const { sockets, session, tell } = await asking()
    for (const event of eventsOf(answer)) tell(event)
    session.ask('En in 2030?')
    expect(sentOf(sockets, 'question-ask').map(message => message.conversationId)).toEqual([null, 'c1'])
  })

  it('tells once that an answer is complete', async () => {
    const { world, tell } = await asking()
    for (const event of eventsOf(answer)) tell(event)
    expect(world.finished.map(turn => turn.answer)).toEqual([answer])
  })

  it('resumes after the last event it has seen, and does not ask again', async () => {
    const { sockets, tell } = await asking()
    tell(eventsOf(answer)[0] as AnswerEvent)
    sockets.last.break()
    await reconnect(sockets)
    expect(sockets.last.sent).toMatchObject([
      { type: 'conversation-resume', conversationId: 'c1', afterSequence: 1 },
    ])
  })

  it('sends a question that was not answered for again under the same id', async () => {
    const { sockets, session } = start()
    session.ask('Hoeveel?')
    await settle()
    sockets.last.greet()
    const [first] = sentOf(sockets, 'question-ask')
    sockets.last.break()
    await reconnect(sockets)
    expect(sentOf(sockets, 'question-ask')).toEqual([first])
  })

  it('asks anew, once, when the server no longer knows the conversation', async () => {
    const { sockets, session, tell, message } = await asking()
    tell(eventsOf(answer)[0] as AnswerEvent)
    sockets.last.break()
    await reconnect(sockets)
    const [resume] = sentOf(sockets, 'conversation-resume')
    const error = { code: 'conversation-unknown', message: 'Weg.', retryable: false }
    sockets.last.say({ type: 'message-rejected', messageId: resume?.messageId ?? null, error })
    const [again] = sentOf(sockets, 'question-ask')
    expect(again).toMatchObject({ question: 'Hoeveel?', conversationId: null })
    expect(again?.messageId).not.toBe(message.messageId)
    sockets.last.say({ type: 'message-rejected', messageId: again?.messageId ?? null, error })
    expect(session.conversation.turns).toMatchObject([{ status: 'failed', fault: error }])
  })

  it('goes on with a pending question after a reload', async () => {
    const storage = memory()
    const { session, tell } = await asking(storage)
    tell(eventsOf(answer)[0] as AnswerEvent)
    session.store()
    const reloaded = start(storage)
    await settle()
    reloaded.sockets.last.greet()
    expect(sentOf(reloaded.sockets, 'conversation-resume')).toMatchObject([
      { conversationId: 'c1', afterSequence: 1 },
    ])
    expect(reloaded.session.pending?.question).toBe('Hoeveel?')
  })

  it('keeps still about a short break and tells of a long one', async () => {
    const { sockets, session } = await asking()
    sockets.refusing = true
    sockets.last.break()
    await vi.advanceTimersByTimeAsync(TROUBLE_DELAY - 1)
    expect(session.trouble).toBe('none')
    await vi.advanceTimersByTimeAsync(1)
    expect(session.trouble).toBe('slow')
    sockets.refusing = false
    await reconnect(sockets)
    expect(session.trouble).toBe('none')
  })

  it('tells of being offline at once, and goes on by itself', async () => {
    const { sockets, session, world } = await asking()
    world.online = false
    sockets.refusing = true
    session.networkChanged()
    await settle()
    expect(session.trouble).toBe('offline')
    world.online = true
    sockets.refusing = false
    session.networkChanged()
    await settle()
    sockets.last.greet()
    expect(session.trouble).toBe('none')
    expect(sentOf(sockets, 'conversation-resume')).toHaveLength(1)
  })

  it('gives a question up when the server stays away, and can ask it again', async () => {
    const { sockets, session, world } = start()
    sockets.refusing = true
    session.ask('Hoeveel?')
    for (const _delay of RETRY_DELAYS) await vi.advanceTimersByTimeAsync(LONGEST_DELAY)
    expect(session.conversation.turns[0]).toMatchObject({
      status: 'failed',
      fault: { code: 'connection-lost', retryable: true },
    })
    expect(world.finished).toHaveLength(1)
    sockets.refusing = false
    session.retry(session.conversation.turns[0]?.id ?? '')
    await settle()
    sockets.last.greet()
    expect(sentOf(sockets, 'question-ask')).toHaveLength(1)
  })

  it('fails a question for good when the server refuses the visitor', async () => {
    const { sockets, session } = start()
    session.ask('Hoeveel?')
    await settle()
    sockets.last.break(4403, 'forbidden')
    await vi.advanceTimersByTimeAsync(LONGEST_DELAY)
    sockets.last.break(4403, 'forbidden')
    expect(session.conversation.turns[0]).toMatchObject({
      status: 'failed',
      fault: { code: 'forbidden', retryable: false },
    })
  })

  it('stops a question and tells the server', async () => {
    const { sockets, session, message } = await asking()
    session.stop()
    expect(session.pending).toBeNull()
    expect(sentOf(sockets, 'question-cancel')).toMatchObject([{ questionId: message.messageId }])
  })

  it('sends a rating until the server has taken it', async () => {
    const { sockets, session, tell, message } = await asking()
    for (const event of eventsOf(answer)) tell(event)
    const feedback = {
      answerId: answer.answerId,
      rating: 'down',
      reason: 'onjuist',
      comment: null,
    } as const
    const taken = session.rate(message.messageId, feedback)
    const [first] = sentOf(sockets, 'feedback-give')
    sockets.last.break()
    await reconnect(sockets)
    expect(sentOf(sockets, 'feedback-give')).toEqual([first])
    sockets.last.say({ type: 'message-acknowledged', messageId: first?.messageId ?? '' })
    expect(await taken).toBe(true)
    expect(session.conversation.turns[0]?.rating).toEqual({ rating: 'down', reason: 'onjuist' })
  })

  it('undoes a rating that the server refuses', async () => {
    const { sockets, session, tell, message } = await asking()
    for (const event of eventsOf(answer)) tell(event)
    const taken = session.rate(message.messageId, {
      answerId: answer.answerId,
      rating: 'up',
      reason: null,
      comment: null,
    })
    const [sent] = sentOf(sockets, 'feedback-give')
    const error = { code: 'answer-expired', message: 'Weg.', retryable: false }
    sockets.last.say({ type: 'message-rejected', messageId: sent?.messageId ?? null, error })
    expect(await taken).toBe(false)
    expect(session.conversation.turns[0]?.rating).toBeNull()
  })

  it('forgets a cleared conversation, also in the storage', async () => {
    const storage = memory()
    const { session, tell } = await asking(storage)
    for (const event of eventsOf(answer)) tell(event)
    session.clear()
    expect(new ConversationHistory('test', storage).read().turns).toEqual([])
  })

  it('lets every timer go when it is closed', async () => {
    const { sockets, session } = await asking()
    sockets.last.break()
    session.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})
