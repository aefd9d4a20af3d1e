import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ChatClient, eventually } from '../support/running-service.js'

const RUN = join(import.meta.dirname, '..', '..', 'server', 'commands', 'run.mjs')
// Whole processes are started here, several to a test; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })

let folder: string
let sources: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vindplaats-start-'))
  sources = join(folder, 'sources')
  mkdirSync(sources)
  writeFileSync(
    join(sources, 'nota.txt'),
    'De gemeente geeft in 2031 twaalf miljoen euro uit aan fietspaden.\n\nDe wethouder van verkeer heet Jansen.\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const environment = (rest: Record<string, string>) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  SOURCES: sources,
  DATA_DIR: join(folder, 'data'),
  PORT: '0',
  ...rest,
})

/** Runs a command to its end. */
const run = (command: string, rest: Record<string, string>, ...parameters: string[]) =>
  new Promise<{ code: number | null; output: string; faults: string }>(resolve => {
    const child = execFile(
      process.execPath,
      [RUN, command, ...parameters],
      { env: environment(rest) },
      (_error, output, faults) => resolve({ code: child.exitCode, output, faults }),
    )
  })

/** Starts the server and waits for its address. */
async function start(rest: Record<string, string> = {}) {
  const child = spawn(process.execPath, [RUN, 'start'], {
    env: environment(rest),
  })
  let said = ''
  let logged = ''
  child.stderr.on('data', data => {
    said += data
  })
  child.stdout.on('data', data => {
    logged += data
  })
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  await eventually(() => said.includes('ready: ') || child.exitCode !== null)
  const url = /ready: (\S+)\//.exec(said)?.[1] ?? ''
  return { child, url, ended, said: () => said, logged: () => logged }
}

describe('npm start', () => {
  it('makes the index, answers, notices a new index, and ends kindly with 0', async () => {
    const server = await start()
    expect(server.said()).toContain('The index was made from 1 documents')
    const ask = async (question: string) =>
      (
        await fetch(`${server.url}/v1/answers`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ question }),
        })
      ).json()
    const answer = await ask('Hoeveel geeft de gemeente in 2031 uit aan fietspaden?')
    expect(answer.outcome).toBe('answered')
    expect(answer.citations[0].quote).toContain('twaalf miljoen euro')
    const page = await (await fetch(`${server.url}${answer.citations[0].href}`)).text()
    expect(page).toContain('<mark id="citaat">')

    writeFileSync(join(sources, 'nieuw.txt'), 'Het zwembad gaat in 2033 open en kost negen miljoen euro.\n')
    expect((await run('ingest', {})).code).toBe(0)
    await eventually(
      async () => (await (await fetch(`${server.url}/v1/documents`)).json()).documents.length === 2,
    )
    // The log is written behind the answer.
    await eventually(async () => server.logged().includes('index reloaded'))

    const client = await ChatClient.open(server.url)
    client.ask('q', 'Wat kost het zwembad?')
    expect((await client.end('q')).event.type).toBe('answer-end')
    server.child.kill('SIGTERM')
    expect((await client.close()).code).toBe(1012)
    expect(await server.ended).toBe(0)
  })

  it.each([
    ['a wrong variable', { PORT: 'abc', RETENTION_DAYS: 'x' }, ['PORT', 'RETENTION_DAYS', '2 faults']],
    ['a source that is not there', { SOURCES: '/nowhere/at/all' }, ['/nowhere/at/all']],
    ['a host that is not here', { HOST: '192.0.2.1' }, ['HOST=192.0.2.1 is not an address of this machine']],
  ])('ends with 1 and one clear message for %s', async (_name, rest, parts) => {
    const { code, faults } = await run('start', { DATA_DIR: join(folder, 'other'), ...rest })
    expect(code).toBe(1)
    for (const part of parts) expect(faults).toContain(part)
    expect(faults).not.toMatch(/\n\s+at /)
  })

  it('ends with 1 and a clear message for a port in use', async () => {
    const other: Server = createServer()
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { code, faults } = await run('start', { PORT: String(port) })
    expect(code).toBe(1)
    expect(faults).toContain(`Port ${port} on 127.0.0.1 is in use`)
    expect(faults).not.toMatch(/\n\s+at /)
    other.close()
  })

  it('ends with 1 and a clear message for a damaged database', async () => {
    const data = join(folder, 'damaged')
    mkdirSync(data)
    writeFileSync(join(data, 'vindplaats.sqlite'), 'no database at all '.repeat(100))
    const { code, faults } = await run('start', { DATA_DIR: data })
    expect(code).toBe(1)
    expect(faults).toContain('damaged: restore a backup')
  })

  it('warns when everyone can reach it without proof', async () => {
    const server = await start({ HOST: '0.0.0.0' })
    expect(server.said()).toContain('AUTH=none and HOST=0.0.0.0')
    server.child.kill('SIGTERM')
    await server.ended
  })
})

describe('the commands for data', () => {
  it('export what was asked, and forget it on request', async () => {
    const server = await start()
    const response = await fetch(`${server.url}/v1/answers`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ question: 'Hoe heet de wethouder van verkeer?' }),
    })
    const { id, question } = await response.json()
    const lines = (await run('export', {})).output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.find(line => line.answerId === id)).toMatchObject({
      question,
      channel: 'http',
      rating: null,
    })
    expect((await run('data', {}, 'stats')).output).toMatch(/\d+ answers/)
    expect((await run('data', {}, 'forget', id)).code).toBe(0)
    expect((await fetch(`${server.url}/v1/answers/${id}`)).status).toBe(410)
    expect((await run('data', {}, 'forget', id)).code).toBe(1)
    expect((await run('data', {}, 'backup', join(folder, 'backup.sqlite'))).code).toBe(0)
    expect((await run('data', {}, 'backup', join(folder, 'backup.sqlite'))).faults).toContain(
      'exists already',
    )
    expect((await run('data', {}, 'nonsense')).faults).toContain('Usage')
    server.child.kill('SIGTERM')
    await server.ended
  })

  it('make API keys that the server takes', async () => {
    const { output } = await run('keys', {}, 'intranet')
    const key = /vpk_\S+/.exec(output)?.[0] ?? ''
    const entry = /intranet:caller:\S+/.exec(output)?.[0] ?? ''
    const server = await start({ AUTH: 'api-keys', API_KEYS: entry })
    expect((await fetch(`${server.url}/v1/documents`)).status).toBe(401)
    const proven = await fetch(`${server.url}/v1/documents`, { headers: { Authorization: `Bearer ${key}` } })
    expect(proven.status).toBe(200)
    server.child.kill('SIGTERM')
    await server.ended
  })
})
