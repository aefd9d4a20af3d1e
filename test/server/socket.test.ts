import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverMessageSchema } from '../../server/protocol.js'
import { FakeAssistant } from '../support/fake-assistant.js'
import { ChatClient, eventually, type RunningService, runService } from '../support/running-service.js'

const sequences = (client: ChatClient) => client.events.map(({ sequence }) => sequence)

describe('a question on the socket', () => {
  let running: RunningService
  beforeAll(async () => {
    running = await runService()
  })
  afterAll(() => running.stop())

  it('is greeted, accepted and answered with numbered events that fit the protocol', async () => {
    const client = await ChatClient.open(running.url)
    client.ask('m1', 'Hoeveel is begroot?')
    await client.end('m1')
    expect(client.received.map(({ type }) => type).slice(0, 2)).toEqual(['hello', 'question-accepted'])
    expect(sequences(client)).toEqual([1, 2, 3, 4, 5])
    expect(client.events.map(({ event }) => event.type)).toEqual([
      'answer-start',
      'answer-delta',
      'answer-delta',
      'citation-available',
      'answer-end',
    ])
    for (const message of client.received) expect(serverMessageSchema.parse(message)).toEqual(message)
    client.cut()
  })

  it('confirms the subprotocol when it is asked for', async () => {
    const client = await ChatClient.open(running.url, { protocols: ['vindplaats.v1'] })
    expect(client.socket.protocol).toBe('vindplaats.v1')
    client.cut()
  })

  it('is asked once, however often its message is sent', async () => {
    const client = await ChatClient.open(running.url)
    const before = running.assistant.asked.length
    client.ask('first', 'Hoeveel is begroot?')
    const { conversationId } = await client.next('question-accepted')
    client.ask('again', 'traag: en daarna?', conversationId)
    client.ask('again', 'traag: en daarna?', conversationId)
    client.ask('again', 'traag: en daarna?', conversationId)
    await client.end('again')
    client.ask('again', 'traag: en daarna?', conversationId)
    await eventually(() => client.received.filter(({ type }) => type === 'question-accepted').length === 5)
    expect(running.assistant.asked.length - before).toBe(2)
    expect(sequences(client)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    client.cut()
  })

  it('finds its conversation again when even the acceptance was lost, by an id that is unique', async () => {
    const before = running.assistant.asked.length
    const unique = '0b7c8f3e9a4d4a0c8d5e6f7a8b9c0d1e'
    const first = await ChatClient.open(running.url)
    first.ask(unique, 'traag: hoeveel is begroot?')
    const { conversationId } = await first.next('question-accepted')
    first.cut()
    const second = await ChatClient.open(running.url)
    second.ask(unique, 'traag: hoeveel is begroot?')
    expect((await second.next('question-accepted')).conversationId).toBe(conversationId)
    await second.end(unique)
    expect(sequences(second)).toEqual([1, 2, 3, 4, 5])
    expect(running.assistant.asked.length - before).toBe(1)
    second.cut()
  })

  it('does not take the short id of one visitor for that of another', async () => {
    const [one, other] = await Promise.all([ChatClient.open(running.url), ChatClient.open(running.url)])
    one.ask('1', 'Hoeveel is begroot?')
    const accepted = await one.next('question-accepted')
    other.ask('1', 'Hoeveel is begroot?')
    expect((await other.next('question-accepted')).conversationId).not.toBe(accepted.conversationId)
    one.cut()
    other.cut()
  })

  it('carries the earlier turns of its conversation to the assistant', async () => {
    const client = await ChatClient.open(running.url)
    client.ask('t1', 'Hoeveel is begroot?')
    const { conversationId } = await client.next('question-accepted')
    await client.end('t1')
    client.ask('t2', 'En voor wie?', conversationId)
    await client.end('t2')
    const history = running.assistant.asked.at(-1)?.history ?? []
    expect(history.map(({ question }) => question)).toEqual(['Hoeveel is begroot?'])
    expect(history[0]?.answer?.outcome).toBe('answered')
    client.cut()
  })

  it('waits for the one before it, and beyond the queue is refused with a code', async () => {
    const client = await ChatClient.open(running.url)
    client.ask('q1', 'traag een')
    const { conversationId } = await client.next('question-accepted')
    for (const id of ['q2', 'q3', 'q4']) client.ask(id, 'traag meer', conversationId)
    const { error } = await client.next('message-rejected', ({ messageId }) => messageId === 'q4')
    expect(error).toMatchObject({ code: 'conversation-busy', retryable: true })
    await client.end('q3')
    const order = client.events.map(({ questionId }) => questionId)
    expect([...new Set(order)]).toEqual(['q1', 'q2', 'q3'])
    expect(order).toEqual([...order].sort())
    client.cut()
  })

  it('can be stopped while it runs and while it waits', async () => {
    const client = await ChatClient.open(running.url)
    client.ask('s1', 'hang')
    const { conversationId } = await client.next('question-accepted')
    client.ask('s2', 'Hoeveel is begroot?', conversationId)
    await client.next('question-accepted', ({ questionId }) => questionId === 's2')
    client.send({ type: 'question-cancel', messageId: 'c2', questionId: 's2' })
    client.send({ type: 'question-cancel', messageId: 'c1', questionId: 's1' })
    await client.next('message-acknowledged', ({ messageId }) => messageId === 'c1')
    for (const id of ['s1', 's2']) {
      expect((await client.end(id)).event).toMatchObject({
        type: 'answer-error',
        error: { code: 'cancelled' },
      })
    }
    client.cut()
  })

  it('that fails tells a code and a Dutch text, and nothing of the cause', async () => {
    const client = await ChatClient.open(running.url)
    client.ask('f1', 'faal nu')
    const { event } = await client.end('f1')
    expect(event).toMatchObject({ type: 'answer-error', error: { code: 'internal', retryable: true } })
    expect(JSON.stringify(client.received)).not.toMatch(/geheim|oorzaak|stack|node_modules/)
    client.ask('f2', '   ')
    expect((await client.end('f2')).event).toMatchObject({ error: { code: 'question-empty' } })
    client.cut()
  })

  it('of too many characters is refused with a clear code', async () => {
    const client = await ChatClient.open(running.url)
    client.ask('l1', 'a'.repeat(20_001))
    expect((await client.next('message-rejected')).error.code).toBe('question-too-long')
    client.ask('l2', 'a'.repeat(20_000))
    expect((await client.end('l2')).event).toMatchObject({ error: { code: 'question-too-long' } })
    client.cut()
  })
})

describe('a client that comes back', () => {
  let running: RunningService
  beforeAll(async () => {
    running = await runService()
  })
  afterAll(() => running.stop())

  it.each([0, 1, 2, 3, 4, 5])(
    'after event %i gets the rest, without loss and without repetition',
    async seen => {
      const first = await ChatClient.open(running.url)
      first.ask('q', 'traag: hoeveel?')
      const { conversationId } = await first.next('question-accepted')
      await first.until(() => first.events.length >= seen)
      first.cut()
      const second = await ChatClient.open(running.url)
      second.send({ type: 'conversation-resume', messageId: 'r', conversationId, afterSequence: seen })
      await second.next('conversation-resumed')
      await second.until(() => sequences(second).includes(5) || seen === 5)
      expect(sequences(second)).toEqual([1, 2, 3, 4, 5].slice(seen))
      second.cut()
    },
  )

  it('is told when its conversation is not known, or when it has seen more than the server has', async () => {
    const client = await ChatClient.open(running.url)
    client.send({ type: 'conversation-resume', messageId: 'r1', conversationId: 'unknown', afterSequence: 0 })
    expect((await client.next('message-rejected')).error.code).toBe('conversation-unknown')
    client.ask('q', 'Hoeveel?')
    const { conversationId } = await client.next('question-accepted')
    await client.end('q')
    client.send({ type: 'conversation-resume', messageId: 'r2', conversationId, afterSequence: 99 })
    const rejected = await client.next('message-rejected', ({ messageId }) => messageId === 'r2')
    expect(rejected.error.code).toBe('conversation-unknown')
    client.cut()
  })

  it('gets kept answers from the database when memory was needed for others', async () => {
    const small = await runService({ environment: { MAXIMUM_REPLAY_BYTES: '65536' } })
    const client = await ChatClient.open(small.url)
    client.ask('long', 'lang')
    const { conversationId } = await client.next('question-accepted')
    await client.end('long')
    client.ask('long-2', 'lang', conversationId)
    const last = await client.end('long-2')
    client.cut()
    const second = await ChatClient.open(small.url)
    second.send({ type: 'conversation-resume', messageId: 'r', conversationId, afterSequence: 0 })
    await second.next('answer-event', ({ sequence }) => sequence === last.sequence)
    const ends = second.events.filter(({ event }) => event.type === 'answer-end')
    expect(ends.map(({ questionId }) => questionId)).toEqual(['long', 'long-2'])
    expect(sequences(second)).toEqual([...sequences(second)].sort((a, b) => a - b))
    expect(ends.at(-1)).toEqual(last)
    second.cut()
    await small.stop()
  })

  it.each(['30', '0'])(
    'gets the whole answers to questions before the last one, and all that was streamed of the last (RETENTION_DAYS=%s)',
    async days => {
      const long = await runService({ environment: { RETENTION_DAYS: days } })
      const client = await ChatClient.open(long.url)
      client.ask('q1', 'Hoeveel?')
      const { conversationId } = await client.next('question-accepted')
      await client.end('q1')
      const others = ['q2', 'q3', 'q4', 'q5', 'q6', 'q7']
      for (const id of others) {
        client.ask(id, 'Hoeveel?', conversationId)
        await client.end(id)
      }
      client.cut()
      const second = await ChatClient.open(long.url)
      second.send({ type: 'conversation-resume', messageId: 'r', conversationId, afterSequence: 0 })
      await second.end('q7')
      const seen = second.events.map(({ questionId, event }) => `${questionId} ${event.type}`)
      const earlier = ['q1', ...others.slice(0, -1)]
      expect(seen.slice(0, earlier.length)).toEqual(earlier.map(id => `${id} answer-end`))
      expect(seen[earlier.length]).toBe('q7 answer-start')
      expect(second.events.filter(({ questionId }) => questionId === 'q7')).toEqual(
        client.events.filter(({ questionId }) => questionId === 'q7'),
      )
      expect(long.assistant.asked.at(-1)?.history).toHaveLength(4)
      second.cut()
      await long.stop()
    },
  )

  it('after a restart of the server resumes, and goes on in the same conversation with higher numbers', async () => {
    const before = await runService()
    const client = await ChatClient.open(before.url)
    client.ask('q1', 'Hoeveel?')
    const { conversationId } = await client.next('question-accepted')
    const end = await client.end('q1')
    await before.service.close()
    const after = await runService({ dataDirectory: before.dataDirectory })
    const second = await ChatClient.open(after.url)
    second.send({
      type: 'conversation-resume',
      messageId: 'r',
      conversationId,
      afterSequence: end.sequence - 1,
    })
    expect((await second.next('conversation-resumed')).lastSequence).toBe(end.sequence)
    expect(await second.end('q1')).toEqual(end)
    second.ask('q1', 'Hoeveel?', conversationId)
    await second.next('question-accepted')
    expect(after.assistant.asked).toHaveLength(0)
    second.ask('q2', 'En dan?', conversationId)
    const next = await second.end('q2')
    expect(next.sequence).toBeGreaterThan(end.sequence + 1_000)
    expect(after.assistant.asked[0]?.history).toHaveLength(1)
    second.cut()
    await after.stop()
    await before.stop()
  })

  it('has its conversation forgotten after the resume window when nothing is stored', async () => {
    const forgetful = await runService({ environment: { RETENTION_DAYS: '0', RESUME_WINDOW_SECONDS: '1' } })
    const client = await ChatClient.open(forgetful.url)
    client.ask('q', 'Hoeveel?')
    const { conversationId } = await client.next('question-accepted')
    await client.end('q')
    client.cut()
    await new Promise(resolve => setTimeout(resolve, 1_200))
    const second = await ChatClient.open(forgetful.url)
    second.send({ type: 'conversation-resume', messageId: 'r', conversationId, afterSequence: 0 })
    expect((await second.next('message-rejected')).error.code).toBe('conversation-unknown')
    second.cut()
    await forgetful.stop()
  })
})

describe('the socket itself', () => {
  it('rejects what it cannot read with a code, stays open for the next message, and ends with a broken client', async () => {
    const running = await runService()
    const client = await ChatClient.open(running.url)
    client.socket.send('{')
    client.socket.send(Buffer.from([0, 1, 2, 255]))
    client.send({ type: 'unknown', messageId: 'u1' })
    client.send({ type: 'question-ask', messageId: 'u2' })
    await client.until(() => client.received.length >= 5)
    const rejected = client.received.filter(message => message.type === 'message-rejected')
    expect(rejected.map(({ messageId }) => messageId)).toEqual([null, null, 'u1', 'u2'])
    expect(new Set(rejected.map(({ error }) => error.code))).toEqual(new Set(['request-invalid']))
    client.ask('ok', 'Hoeveel?')
    await client.end('ok')
    for (let at = 0; at < 20; at++) client.socket.send('nonsense')
    expect((await client.close()).code).toBe(1008)
    await running.stop()
  })

  it('closes with 1009 when a message is too large, and the process lives on', async () => {
    const running = await runService({ environment: { MAXIMUM_MESSAGE_BYTES: '65536' } })
    const client = await ChatClient.open(running.url)
    client.socket.send('a'.repeat(70_000))
    expect((await client.close()).code).toBe(1009)
    const next = await ChatClient.open(running.url)
    next.ask('q', 'Hoeveel?')
    await next.end('q')
    next.cut()
    await running.stop()
  })

  it('drops a client that does not answer the heartbeat, and one that asks nothing for long', async () => {
    const running = await runService({ environment: { HEARTBEAT_SECONDS: '1', IDLE_TIMEOUT_SECONDS: '2' } })
    const dead = await ChatClient.open(running.url)
    dead.socket.pause()
    const idle = await ChatClient.open(running.url)
    const { code, reason } = await idle.close()
    expect({ code, reason }).toEqual({ code: 4000, reason: 'idle' })
    dead.socket.resume()
    expect((await dead.close()).code).toBe(1006)
    await running.stop()
  })

  it('pauses a slow reader, drops it with a code, and holds no more for it than is allowed', async () => {
    const assistant = new FakeAssistant()
    const running = await runService({
      assistant,
      environment: {
        MAXIMUM_SOCKET_BUFFER_BYTES: '65536',
        HEARTBEAT_SECONDS: '1',
        MAXIMUM_QUEUED_QUESTIONS: '100',
      },
    })
    const client = await ChatClient.open(running.url)
    client.ask('q0', 'lang')
    const { conversationId } = await client.next('question-accepted')
    await client.end('q0')
    client.socket.pause()
    for (let at = 1; at <= 100; at++) client.ask(`q${at}`, 'lang', conversationId)
    await eventually(() => running.logged.some(line => line.msg === 'slow client dropped'))
    client.socket.resume()
    await client.close()
    // Far from everything was sent: the rest waits in the conversation, for the client that comes back.
    expect(client.events.length).toBeLessThan(100 * 400)
    await running.stop()
  })

  it('refuses more sockets than allowed, in total and per address', async () => {
    const running = await runService({ environment: { MAXIMUM_SOCKETS_PER_ADDRESS: '2' } })
    const clients = await Promise.all([ChatClient.open(running.url), ChatClient.open(running.url)])
    const third = await ChatClient.open(running.url)
    expect(third.closed?.code).toBe(1006)
    clients[0]?.cut()
    await eventually(async () => {
      const again = await ChatClient.open(running.url)
      const isOpen = again.closed === null
      again.cut()
      return isOpen
    })
    for (const client of clients) client.cut()
    await running.stop()
  })

  it('tells a question before the index is open that it comes too early', async () => {
    let open = () => {}
    const opening = new Promise<void>(resolve => {
      open = resolve
    })
    const running = await runService({ opening })
    const client = await ChatClient.open(running.url)
    client.ask('early', 'Hoeveel?')
    expect((await client.next('message-rejected')).error).toMatchObject({
      code: 'not-ready',
      retryable: true,
    })
    open()
    await running.service.ready
    client.ask('early', 'Hoeveel?')
    await client.end('early')
    client.cut()
    await running.stop()
  })
})

describe('a shutdown', () => {
  it('finishes running answers, closes idle sockets at once, and takes no more questions', async () => {
    const assistant = new FakeAssistant()
    assistant.pace = 200
    const running = await runService({ assistant })
    const idle = await ChatClient.open(running.url)
    const busy = await ChatClient.open(running.url)
    busy.ask('q1', 'traag: hoeveel?')
    const { conversationId } = await busy.next('question-accepted')
    await busy.until(() => busy.events.length > 0)
    const stopping = running.service.close()
    expect((await idle.close()).code).toBe(1012)
    busy.ask('q2', 'En dan?', conversationId)
    expect((await busy.next('message-rejected')).error.code).toBe('shutting-down')
    expect((await busy.end('q1')).event.type).toBe('answer-end')
    expect((await busy.close()).code).toBe(1012)
    await stopping
    expect(assistant.isClosed).toBe(true)
    await running.stop()
  })

  it('gives up on an answer that takes longer than allowed', async () => {
    const running = await runService({ environment: { SHUTDOWN_SECONDS: '1' } })
    const client = await ChatClient.open(running.url)
    client.ask('q', 'hang')
    await client.until(() => client.events.length > 0)
    await running.service.close()
    expect((await client.close()).code).toBe(1012)
    await running.stop()
  })
})
