/** Starts and watches a service in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A service in another process. */
export interface ChildService {
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  readonly dataDirectory: string
  /** Everything the process has written to standard output: its log. */
  readonly output: () => string
  readonly isAlive: () => boolean
  /** Bytes in use after a collection. */
  memory(): Promise<number>
  /** Ends the process, by default kindly, and waits until it is gone. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Starts a service with the fake assistant. */
export async function startChild(
  environment: Readonly<Record<string, string>> = {},
  dataDirectory?: string,
): Promise<ChildService> {
  const folder = dataDirectory ?? (await mkdtemp(join(tmpdir(), 'vindplaats-child-')))
  const child = fork(join(import.meta.dirname, 'service-process.ts'), {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  child.stdout?.on('data', (data: Buffer) => {
    output += data
  })
  child.stderr?.on('data', (data: Buffer) => {
    output += data
  })
  const answer = <Key extends string>(key: Key) =>
    new Promise<Record<Key, unknown>>((resolve, reject) => {
      child.once('exit', code =>
        reject(new Error(`The service ended with ${code}:\n${output.slice(-2_000)}`)),
      )
      child.on('message', function hear(message: Record<Key, unknown>) {
        if (!(key in message)) return
        child.off('message', hear)
        resolve(message)
      })
    })
  const started = answer('url')
  child.send({
    environment: {
      PORT: '0',
      DATA_DIR: folder,
      RATE_QUESTIONS_PER_ADDRESS: '1000000',
      RATE_REQUESTS_PER_ADDRESS: '10000000',
      SHUTDOWN_SECONDS: '5',
      ...environment,
    },
  })
  const url = String((await started).url)
  const end = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    dataDirectory: folder,
    output: () => output,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async memory() {
      const told = answer('memory')
      child.send('memory')
      return Number((await told).memory)
    },
    end,
    async stop() {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A bare TCP connection that collects what comes back. */
export interface RawConnection {
  readonly socket: Socket
  readonly text: () => string
  /** Resolves when the server has ended the connection. */
  readonly ended: Promise<void>
}

/** Opens a TCP connection and sends what is given. */
export function rawConnection(port: number, ...data: readonly (string | Uint8Array)[]): RawConnection {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (part: Buffer) => {
    text += part.toString('latin1')
  })
  // The server may reset a connection that misbehaves; that is its right.
  socket.on('error', () => {})
  for (const part of data) socket.write(part)
  return {
    socket,
    text: () => text,
    ended: new Promise(resolve => socket.once('close', () => resolve())),
  }
}
