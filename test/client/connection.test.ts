import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  Connection,
  type ConnectionState,
  GREETING_TIMEOUT,
  RETRY_DELAYS,
  SILENCE_TIMEOUT,
} from '../../client/connection.js'
import { FakeSockets } from '../support/fake-socket.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Delays are spread by a quarter. */
const FIRST_DELAY = RETRY_DELAYS[0] * 1.25
const LONGEST_DELAY = Math.max(...RETRY_DELAYS) * 1.25

const start = () => {
  const sockets = new FakeSockets()
  const states: ConnectionState[] = []
  const world = { needed: true, online: true, opened: 0, messages: [] as string[] }
  const connection = new Connection({
    connect: sockets.connect,
    isNeeded: () => world.needed,
    isOnline: () => world.online,
    onOpen: () => {
      world.opened += 1
    },
    onMessage: message => world.messages.push(message.type),
    onState: state => states.push(state),
  })
  return { sockets, states, world, connection }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('a connection', () => {
  it('is open once the server has greeted, not before', async () => {
    const { sockets, connection, world } = start()
    connection.open()
    await settle()
    expect(connection.state).toBe('connecting')
    expect(connection.send({ type: 'question-cancel', messageId: 'm', questionId: 'q' })).toBe(false)
    sockets.last.greet()
    expect(connection.state).toBe('open')
    expect(world.opened).toBe(1)
    expect(connection.send({ type: 'question-cancel', messageId: 'm', questionId: 'q' })).toBe(true)
    expect(sockets.last.sent).toHaveLength(1)
  })

  it('tries again after a break, and is open again', async () => {
    const { sockets, states, connection, world } = start()
    connection.open()
    await settle()
    sockets.last.greet()
    sockets.last.break()
    expect(connection.state).toBe('retrying')
    await vi.advanceTimersByTimeAsync(FIRST_DELAY)
    sockets.last.greet()
    expect(sockets.all).toHaveLength(2)
    expect(world.opened).toBe(2)
    expect(states).toEqual(['connecting', 'open', 'retrying', 'open'])
  })

  it('gives up after a bounded number of tries, and can be opened anew', async () => {
    const { sockets, connection } = start()
    sockets.refusing = true
    connection.open()
    for (const _delay of RETRY_DELAYS) await vi.advanceTimersByTimeAsync(LONGEST_DELAY)
    expect(connection.state).toBe('lost')
    await vi.advanceTimersByTimeAsync(10 * LONGEST_DELAY)
    expect(connection.state).toBe('lost')
    sockets.refusing = false
    connection.open()
    await settle()
    sockets.last.greet()
    expect(connection.state).toBe('open')
  })

  it('gives up on a server that greets and drops, over and over', async () => {
    const { sockets, connection } = start()
    connection.open()
    for (const delay of [0, ...RETRY_DELAYS]) {
      expect(connection.state).not.toBe('lost')
      await vi.advanceTimersByTimeAsync(delay * 1.25)
      sockets.last.greet()
      sockets.last.break()
    }
    expect(connection.state).toBe('lost')
    expect(sockets.all).toHaveLength(RETRY_DELAYS.length + 1)
  })

  it('tries once more with a new socket when it is refused, and then gives up with the reason', async () => {
    const { sockets, connection } = start()
    connection.open()
    await settle()
    sockets.last.break(4401, 'unauthenticated')
    expect(connection.state).toBe('retrying')
    await vi.advanceTimersByTimeAsync(FIRST_DELAY)
    sockets.last.break(4401, 'unauthenticated')
    expect(connection.state).toBe('lost')
    expect(connection.lostBecause).toBe('unauthenticated')
    expect(sockets.all).toHaveLength(2)
  })

  it('is left alone when it breaks and nothing waits for it', async () => {
    const { sockets, connection, world } = start()
    connection.open()
    await settle()
    sockets.last.greet()
    world.needed = false
    sockets.last.break()
    await vi.advanceTimersByTimeAsync(10 * LONGEST_DELAY)
    expect(connection.state).toBe('idle')
    expect(sockets.all).toHaveLength(1)
  })

  it('does not wait for ever for a greeting', async () => {
    const { sockets, connection } = start()
    connection.open()
    await vi.advanceTimersByTimeAsync(GREETING_TIMEOUT)
    expect(connection.state).toBe('retrying')
    expect(sockets.last.closed).toBe(true)
  })

  it('takes a connection that stays silent while something is awaited for dead', async () => {
    const { sockets, connection } = start()
    connection.open()
    await settle()
    sockets.last.greet()
    await vi.advanceTimersByTimeAsync(SILENCE_TIMEOUT)
    expect(connection.state).toBe('retrying')
  })

  it('waits while the device is offline without counting its tries, and tries at once when it is back', async () => {
    const { sockets, connection, world } = start()
    connection.open()
    await settle()
    sockets.last.greet()
    world.online = false
    sockets.refusing = true
    connection.networkChanged()
    await vi.advanceTimersByTimeAsync(2 * RETRY_DELAYS.length * LONGEST_DELAY)
    expect(connection.state).toBe('offline')
    world.online = true
    sockets.refusing = false
    connection.networkChanged()
    await settle()
    sockets.last.greet()
    expect(connection.state).toBe('open')
  })

  it('does not believe a device that says it is offline while the server can be reached', async () => {
    const { sockets, connection, world } = start()
    world.online = false
    connection.open()
    await settle()
    sockets.last.greet()
    expect(connection.state).toBe('open')
    connection.networkChanged()
    await settle()
    sockets.last.greet()
    expect(connection.state).toBe('open')
  })

  it('hears nothing of a socket it has left', async () => {
    const { sockets, connection, world } = start()
    connection.open()
    await settle()
    const first = sockets.last
    first.greet()
    first.break()
    await vi.advanceTimersByTimeAsync(FIRST_DELAY)
    sockets.last.greet()
    first.say({ type: 'message-acknowledged', messageId: 'm' })
    first.break()
    expect(world.messages).toEqual([])
    expect(connection.state).toBe('open')
  })

  it.each(['', 'geen JSON', '[]', 'null', '7', '{"no":"type"}'])(
    'survives the unreadable message %j',
    async text => {
      const { sockets, connection, world } = start()
      connection.open()
      await settle()
      sockets.last.greet()
      sockets.last.say(text)
      expect(connection.state).toBe('open')
      expect(world.messages).toEqual([])
    },
  )

  it('closes a socket that comes when it is no longer wanted', async () => {
    const { sockets, connection } = start()
    connection.open()
    connection.close()
    await settle()
    expect(sockets.last.closed).toBe(true)
    expect(connection.state).toBe('idle')
  })
})
