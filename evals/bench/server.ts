/**
 * `npm run bench -- server [--sockets 2000] [--rate 200] [--seconds 60] [--mixed-seconds 60] [--kills 2]`: a real server under
 * load, with storage on and no cache of answers. Server and load generator share the processors.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer } from '../../server/protocol.js'
import { Storage } from '../../server/storage.js'
import { readArguments } from '../commands/arguments.js'
import { percentile, seededRandom } from '../statistics.js'
import { alignedTable } from '../table.js'
import { CarefulClient } from './careful-client.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'
import { measureModelOverhead } from './model-overhead.js'
import { type Served, serve } from './served.js'
import { loadSockets, openSockets } from './socket-load.js'

const FLAGS = {
  sockets: { type: 'string', default: '2000' },
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '60' },
  'mixed-seconds': { type: 'string', default: '60' },
  kills: { type: 'string', default: '2' },
} as const

/** Different questions that are asked, over and over. */
const QUESTIONS = 2_000

/** Clients of the mixed load. */
const DROPPING_CLIENTS = 60

/** Seconds that conversations are kept for their clients; after them memory is looked at again. */
const RESUME_WINDOW = 20

/** Questions asked with a chat model, one after the other, and those before them that compile the code and are not counted. */
const MODEL_QUESTIONS = 200
const MODEL_WARM_UP = 40

const p50p95 = (values: readonly number[]) =>
  [0.5, 0.95].map(rank => `${(percentile(values, rank) ?? 0).toFixed(1)} ms`).join(' / ')
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Runs the measurement; exit code 1 when a question was lost or an acknowledged rating or kept answer is missing. */
export async function bench(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, FLAGS)
  const [sockets, rate, seconds, mixedSeconds, kills] = (
    ['sockets', 'rate', 'seconds', 'mixed-seconds', 'kills'] as const
  ).map(name => Number(values[name])) as [number, number, number, number, number]
  const dataDirectory = await mkdtemp(join(tmpdir(), 'vindplaats-bench-'))
  const environment = {
    DATA_DIR: dataDirectory,
    PORT: String(await freePort()),
    RESUME_WINDOW_SECONDS: String(RESUME_WINDOW),
    // Raised, not removed: all visitors of this load come from one address.
    RATE_QUESTIONS_PER_ADDRESS: '1000000',
    RATE_REQUESTS_PER_ADDRESS: '1000000',
    MAXIMUM_SOCKETS_PER_ADDRESS: String(sockets + 500),
  }
  let server = await serve(environment)
  try {
    const questions = await drawQuestions(QUESTIONS)
    const steady = await measureSteady(server, questions, { sockets, rate, seconds })
    const mixed = await measureMixed(() => server.url, questions, mixedSeconds)
    const killed = await measureKills(
      () => server,
      async () => {
        await server.end('SIGKILL')
        server = await serve(environment)
      },
      questions,
      kills,
    )
    await server.end('SIGTERM')
    const missing = findMissing(dataDirectory, killed)
    const model = await measureModelOverhead(
      environment,
      questions.slice(0, MODEL_WARM_UP + MODEL_QUESTIONS),
      MODEL_WARM_UP,
    )
    const machine = await describeEnvironment()
    console.log(
      alignedTable([
        ['steady load', ''],
        ['open sockets', String(sockets)],
        ['questions', `${steady.asked} in ${seconds} s, ${questions.length} different`],
        ['answered', String(steady.answered)],
        ['errors', String(steady.errors.length)],
        ['p50 / p95 / p99 / max to answer', steady.spread.map(value => `${value.toFixed(0)} ms`).join(' / ')],
        ['memory before / highest / after', steady.memory.map(megabytes).join(' / ')],
        ['bytes per answer', steady.bytesPerAnswer.toFixed(0)],
        ['clients that drop', ''],
        ['clients, connections', `${mixed.clients}, ${mixed.connections}`],
        ['questions, ended exactly once', `${mixed.asked}, ${mixed.endedOnce}`],
        ['failed', String(mixed.failed)],
        ['kill -9 under load', ''],
        ['kills', String(kills)],
        ['answers given, missing', `${killed.given.size}, ${missing.answers}`],
        ['ratings acknowledged, missing', `${killed.rated.size}, ${missing.ratings}`],
        ['with a test model server', ''],
        ['questions that reached the model', `${model.beforeModel.length} of ${MODEL_QUESTIONS}`],
        ['before the model is asked, p50 / p95', p50p95(model.beforeModel)],
        ['after its last word, p50 / p95', p50p95(model.afterModel)],
      ]),
    )
    for (const error of steady.errors.slice(0, 3)) console.log(`  ${error}`)
    console.log(`\n${environmentText(machine)}`)
    const { milliseconds: _all, firstEvent: _first, errors: _errors, ...figures } = steady
    await keepMeasurement('server', machine, {
      steady: { ...figures, errors: steady.errors.length },
      mixed,
      kills,
      given: killed.given.size,
      rated: killed.rated.size,
      missing,
      model: { beforeModel: p50p95(model.beforeModel), afterModel: p50p95(model.afterModel) },
    })
    const isWhole =
      steady.errors.length === 0 &&
      steady.answered === steady.asked &&
      mixed.endedOnce === mixed.asked &&
      missing.answers + missing.ratings === 0
    return isWhole ? 0 : 1
  } finally {
    await server.end('SIGKILL')
    await rm(dataDirectory, { recursive: true, force: true })
  }
}

async function measureSteady(
  server: Served,
  questions: readonly string[],
  { sockets, rate, seconds }: { readonly sockets: number; readonly rate: number; readonly seconds: number },
) {
  const before = await server.residentBytes()
  const opened = await openSockets(server.url, sockets)
  // The first questions compile the code; visitors after them do not pay for that.
  await loadSockets(opened, questions, Math.min(rate, 50), 4)
  let highest = 0
  const watching = setInterval(() => {
    server.residentBytes().then(
      bytes => {
        highest = Math.max(highest, bytes)
      },
      () => {},
    )
  }, 1_000)
  const load = await loadSockets(opened, questions, rate, seconds)
  clearInterval(watching)
  for (const socket of opened) {
    socket.removeAllListeners('close')
    socket.terminate()
  }
  await pause((RESUME_WINDOW + 15) * 1_000)
  const after = await server.residentBytes()
  const spread = [0.5, 0.95, 0.99, 1].map(rank => percentile(load.milliseconds, rank) ?? 0)
  return { ...load, spread, memory: [before, highest, after] }
}

async function measureMixed(url: () => string, questions: readonly string[], seconds: number) {
  const random = seededRandom(1)
  const clients = Array.from({ length: DROPPING_CLIENTS }, () => new CarefulClient(url))
  const dropping = setInterval(() => {
    for (const client of clients) if (random() < 0.02) client.drop()
  }, 50)
  const until = performance.now() + seconds * 1_000
  let asked = 0
  let failed = 0
  await Promise.all(
    clients.map(async client => {
      while (performance.now() < until) {
        const end = await client.ask(questions[Math.floor(random() * questions.length)] as string)
        asked += 1
        if (!('answerId' in end)) failed += 1
        await pause(random() * 1_000)
      }
    }),
  )
  clearInterval(dropping)
  const ends = clients.flatMap(client => [...client.ends.values()])
  const connections = clients.reduce((sum, client) => sum + client.connections, 0)
  for (const client of clients) client.close()
  return {
    clients: clients.length,
    connections,
    asked,
    failed,
    endedOnce: ends.filter(count => count === 1).length,
  }
}

async function measureKills(
  server: () => Served,
  kill: () => Promise<void>,
  questions: readonly string[],
  kills: number,
) {
  const given = new Map<string, Answer>()
  const rated = new Set<string>()
  let isOver = kills === 0
  const clients = Array.from(
    { length: isOver ? 0 : DROPPING_CLIENTS },
    () => new CarefulClient(() => server().url),
  )
  const random = seededRandom(2)
  const working = clients.map(async client => {
    while (!isOver) {
      const end = await client.ask(questions[Math.floor(random() * questions.length)] as string)
      if (!('answerId' in end)) continue
      given.set(end.answerId, end)
      void client.rate(end.answerId).then(() => rated.add(end.answerId))
    }
  })
  for (let round = 0; round < kills; round++) {
    await pause(3_000)
    await kill()
  }
  isOver = true
  await Promise.all(working)
  for (const client of clients) client.close()
  return { given, rated }
}

function findMissing(
  dataDirectory: string,
  { given, rated }: { readonly given: ReadonlyMap<string, Answer>; readonly rated: ReadonlySet<string> },
) {
  const storage = new Storage({ file: join(dataDirectory, 'vindplaats.sqlite'), retentionDays: 30 })
  try {
    const isKept = (answerId: string, answer: Answer) => {
      const stored = storage.answer(answerId)
      return (
        stored !== null && stored !== 'expired' && JSON.stringify(stored.answer) === JSON.stringify(answer)
      )
    }
    const answers = [...given].filter(([answerId, answer]) => !isKept(answerId, answer)).length
    const kept = new Set<string>()
    for (const { answer, feedback } of storage.ratedAnswers()) if (feedback) kept.add(answer.answerId)
    return { answers, ratings: [...rated].filter(answerId => !kept.has(answerId)).length }
  } finally {
    storage.close()
  }
}

/** So many different questions from the enrichment of the seeds, the same ones every time. */
async function drawQuestions(count: number): Promise<readonly string[]> {
  const folder = fileURLToPath(new URL('../../seeds/enrichment', import.meta.url))
  const all = new Set<string>()
  for (const name of (await readdir(folder)).filter(file => file.endsWith('.jsonl')).sort()) {
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      if (line.trim() === '') continue
      const { statements = [] } = JSON.parse(line) as { statements?: { questions: string[] }[] }
      for (const { questions } of statements) for (const question of questions) all.add(question)
    }
  }
  const random = seededRandom(3)
  return [...all]
    .map(question => ({ question, order: random() }))
    .sort((left, right) => left.order - right.order)
    .slice(0, count)
    .map(({ question }) => question)
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
