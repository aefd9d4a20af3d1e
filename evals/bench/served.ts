/** A real server in a process of its own, as `npm start` runs it, for measurements. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { EvalFault } from '../faults.js'

/** A server that is ready. */
export interface Served {
  readonly url: string
  /**
   * Bytes of memory that the process holds, as the system counts them.
   *
   * @throws {EvalFault} `server-unreachable` when neither the system nor the server tells
   */
  residentBytes(): Promise<number>
  /** Ends it and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/**
 * Starts a server and waits until it answers.
 *
 * @param environment variables of the configuration; PORT must be a fixed one
 * @throws {EvalFault} `server-unreachable` with what the server said when it ends instead
 */
export async function serve(environment: Readonly<Record<string, string>>): Promise<Served> {
  const command = fileURLToPath(new URL('../../server/commands/run.mjs', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [command, 'start'], {
    env: { LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', code =>
      reject(new EvalFault('server-unreachable', `The server ended with ${code}:\n${said}`)),
    )
    child.stderr?.on('data', (data: Buffer) => {
      said += data
      const ready = /is ready: (\S+)\//.exec(said)?.[1]
      if (ready !== undefined) resolve(ready.replace('localhost', '127.0.0.1'))
    })
  })
  return {
    url,
    async residentBytes() {
      // Asked of the system where it tells: a server under load has better things to do.
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      const kibibytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])
      if (kibibytes > 0) return kibibytes * 1024
      const text = await (await fetch(`${url}/metrics`)).text()
      const bytes = Number(/^vindplaats_process_resident_memory_bytes (\S+)/m.exec(text)?.[1])
      if (!(bytes > 0)) throw new EvalFault('server-unreachable', 'The server does not tell its memory.')
      return bytes
    },
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill(signal)
      await gone
    },
  }
}
