/**
 * The socket to the server: opened when it is needed, opened again a bounded number of times when it breaks, left alone
 * when nothing waits for it. It knows nothing of conversations; whoever owns it says on `onOpen` what must be sent again.
 */
import type { ClientMessage, ServerMessage } from '../server/protocol.js'

/**
 * `idle`: no socket and none needed. `connecting`: first try. `open`: the server has greeted. `retrying`: broken, tries
 * are left. `offline`: broken, and the device says it has no network. `lost`: all tries failed.
 */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'retrying' | 'offline' | 'lost'

/** The part of a WebSocket that is used; tests give their own. */
export type Socket = Pick<WebSocket, 'readyState' | 'send' | 'close' | 'onmessage' | 'onclose'>

/** What a connection needs from its owner. */
export interface ConnectionOptions {
  /** Makes a socket; rejects when that cannot succeed now, for example because no token could be had. */
  readonly connect: () => Promise<Socket>
  /** Whether anything waits for the server. A connection that breaks without need is not restored. */
  readonly isNeeded: () => boolean
  /** The server has greeted: everything unanswered must be sent again. */
  readonly onOpen: () => void
  readonly onMessage: (message: ServerMessage) => void
  readonly onState: (state: ConnectionState) => void
  /** Whether the device says it has a network. */
  readonly isOnline: () => boolean
}

/**
 * Milliseconds before each new try; afterwards the connection is lost. Together about a minute: long enough for a lift, a
 * train tunnel or a restart of the server, short enough that nobody waits in vain.
 */
export const RETRY_DELAYS = [400, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000] as const

/**
 * Milliseconds between tries while the device says it has no network. They do not count: the device may be wrong, as it is
 * about a server on the same machine, and a visitor in a train waits for the network and not for us.
 */
const OFFLINE_DELAY = 5_000

/** Milliseconds within which the server must greet. */
export const GREETING_TIMEOUT = 10_000

/**
 * Milliseconds without any message, while something is awaited, after which the connection counts as dead. A phone that
 * changes networks is not told that its old connection is gone.
 */
export const SILENCE_TIMEOUT = 60_000

/** Close codes that say "you may not" (`server/faults.ts`): a new try with a new token is worth one, not eight. */
const REFUSALS = [4401, 4403]
const MAXIMUM_REFUSALS = 2

const OPEN = 1

const parseMessage = (data: unknown): ServerMessage | null => {
  if (typeof data !== 'string') return null
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && 'type' in value ? (value as ServerMessage) : null
  } catch {
    return null
  }
}

/** A connection that restores itself. */
export class Connection {
  readonly #options: ConnectionOptions
  #state: ConnectionState = 'idle'
  #socket: Socket | null = null
  /** Tries since the server last said more than hello; a server that greets and drops does not reset it. */
  #failedTries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #refusals = 0
  #lostBecause: string | null = null
  /** Rises with every socket, so that a late event of an old one is not taken for the new one's. */
  #generation = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** The code of the fault with which the server refused the connection; `null`: it was not refused. */
  get lostBecause(): string | null {
    return this.#lostBecause
  }

  /** Opens the connection unless it is open or on its way. After `lost` it starts counting anew. */
  open(): void {
    if (this.#state === 'idle' || this.#state === 'lost') {
      this.#failedTries = 0
      this.#refusals = 0
      this.#lostBecause = null
      this.#try('connecting')
    }
  }

  /** Sends now; `false` when there is no open connection (the owner sends again on `onOpen`). */
  send(message: ClientMessage): boolean {
    if (this.#state !== 'open' || this.#socket?.readyState !== OPEN) return false
    this.#socket.send(JSON.stringify(message))
    this.#watchSilence()
    return true
  }

  /** The device's network came or went. */
  networkChanged(): void {
    if (this.#state === 'idle' || this.#state === 'lost') return
    if (!this.#options.isOnline()) {
      // An open socket would not notice for minutes.
      this.#drop()
      if (this.#options.isNeeded()) this.#try('retrying')
      else this.#setState('idle')
    } else if (this.#state !== 'open') {
      this.#failedTries = 0
      this.#try('retrying')
    }
  }

  /** Closes for good, without a state change that anyone would have to look at. */
  close(): void {
    this.#drop()
    this.#setState('idle')
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#options.onState(state)
  }

  #try(state: 'connecting' | 'retrying'): void {
    this.#drop()
    if (this.#state !== 'offline') this.#setState(state)
    const generation = this.#generation
    const fail = (): void => {
      if (generation === this.#generation) this.#broken()
    }
    this.#timer = setTimeout(fail, GREETING_TIMEOUT)
    this.#options.connect().then(socket => {
      if (generation !== this.#generation) {
        socket.close()
        return
      }
      this.#socket = socket
      socket.onclose = event => {
        if (generation === this.#generation) this.#closed(event)
      }
      socket.onmessage = event => {
        if (generation === this.#generation) this.#received(event.data)
      }
    }, fail)
  }

  #received(data: unknown): void {
    const message = parseMessage(data)
    if (!message) return
    this.#watchSilence()
    if (message.type === 'hello') {
      this.#setState('open')
      this.#options.onOpen()
      return
    }
    this.#failedTries = 0
    this.#refusals = 0
    this.#options.onMessage(message)
    this.#watchSilence()
  }

  #closed(event: Pick<CloseEvent, 'code' | 'reason'>): void {
    if (REFUSALS.includes(event.code)) this.#refusals += 1
    if (this.#refusals < MAXIMUM_REFUSALS) {
      this.#broken()
      return
    }
    this.#lostBecause = event.reason === '' ? 'forbidden' : event.reason
    this.#drop()
    this.#setState('lost')
  }

  #watchSilence(): void {
    clearTimeout(this.#timer)
    if (this.#options.isNeeded()) this.#timer = setTimeout(() => this.#broken(), SILENCE_TIMEOUT)
  }

  #broken(): void {
    this.#drop()
    if (!this.#options.isNeeded()) {
      this.#setState('idle')
      return
    }
    if (!this.#options.isOnline()) {
      this.#setState('offline')
      this.#timer = setTimeout(() => this.#try('retrying'), OFFLINE_DELAY)
      return
    }
    const delay = RETRY_DELAYS[this.#failedTries]
    if (delay === undefined) {
      this.#setState('lost')
      return
    }
    this.#failedTries += 1
    this.#setState('retrying')
    // A random share keeps all widgets of a restarted server from coming back at the same moment.
    this.#timer = setTimeout(() => this.#try('retrying'), delay * (0.75 + Math.random() / 2))
  }

  #drop(): void {
    this.#generation += 1
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    socket.onclose = socket.onmessage = null
    socket.close()
  }
}
