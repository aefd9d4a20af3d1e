/** A WebSocket under the hand of a test: records what is sent, says what the test says, breaks when told. */
import type { Socket } from '../../client/connection.js'
import type { ClientMessage, ServerMessage } from '../../server/protocol.js'

/** One socket. */
export class FakeSocket implements Socket {
  readyState: Socket['readyState'] = 1
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly sent: ClientMessage[] = []
  closed = false

  send(data: Parameters<Socket['send']>[0]): void {
    this.sent.push(JSON.parse(String(data)) as ClientMessage)
  }

  close(): void {
    this.closed = true
    this.readyState = 3
  }

  /** The server says something. */
  say(message: ServerMessage | string): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message)
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent)
  }

  /** The server greets. */
  greet(): void {
    this.say({ type: 'hello', protocolVersion: 1, resumeWindowSeconds: 60 })
  }

  /** The connection breaks, or the server closes it with a code and a reason. */
  break(code = 1006, reason = ''): void {
    this.readyState = 3
    this.onclose?.call(this as unknown as WebSocket, { code, reason } as CloseEvent)
  }
}

/** Hands out fake sockets, one for each time somebody connects. */
export class FakeSockets {
  readonly all: FakeSocket[] = []
  refusing = false

  readonly connect = (): Promise<Socket> => {
    if (this.refusing) return Promise.reject(new Error('refused'))
    const socket = new FakeSocket()
    this.all.push(socket)
    return Promise.resolve(socket)
  }

  /** The newest socket. Throws when nobody has connected yet. */
  get last(): FakeSocket {
    const socket = this.all.at(-1)
    if (!socket) throw new Error('Nobody has connected yet')
    return socket
  }
}
