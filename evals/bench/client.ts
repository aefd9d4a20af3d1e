/**
 * `npm run bench -- client [--repeat 10] [--turns 100]`: what a visitor waits for, in Debian's Chromium against a real server: until
 * the chat can be used, until the first words of an answer, until the source is open; on this machine as it is and as a phone
 * on a slow network would see it. Server and browser share the processors.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { readArguments } from '../commands/arguments.js'
import { EvalFault } from '../faults.js'
import { percentile } from '../statistics.js'
import { alignedTable } from '../table.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'
import { type Served, serve } from './served.js'

const FLAGS = {
  /** Visits per profile. */
  repeat: { type: 'string', default: '10' },
  /** Answers that stand in the conversation when the last measurement is made. */
  turns: { type: 'string', default: '100' },
} as const

const CHROMIUM = '/usr/bin/chromium'
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const QUESTION = 'Hoeveel geld is er in 2029 voor migratiesamenwerking begroot?'

/** A visitor's machine and network. */
interface Profile {
  readonly name: string
  /** How many times slower the processor is. */
  readonly processor: number
  /** `null`: the loopback as it is. */
  readonly network: { readonly latency: number; readonly bytesPerSecond: number } | null
}

const PROFILES: readonly Profile[] = [
  { name: 'this machine', processor: 1, network: null },
  // "Slow 4G" as Lighthouse simulates it: 150 ms and 1.6 Mbit/s, with a processor four times slower.
  { name: 'slow phone', processor: 4, network: { latency: 150, bytesPerSecond: 200_000 } },
]

/** Milliseconds of one visit. */
interface Visit {
  /** From the start of the navigation until the field to type in is there. */
  readonly interactive: number
  /** From asking until the first words of the answer. */
  readonly firstWords: number
  /** From asking until the answer is complete. */
  readonly answer: number
  /** From the click on a number until the text around the paragraph is there. */
  readonly source: number
}

const MEASURES = [
  ['interactive', 'until the chat can be used'],
  ['firstWords', 'until the first words'],
  ['answer', 'until the whole answer'],
  ['source', 'until the source is open'],
] as const satisfies readonly (readonly [keyof Visit, string])[]

/** Runs the measurement; exit code 0. */
export async function bench(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, FLAGS)
  const repeat = Number(values.repeat)
  const turns = Number(values.turns)
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' })
  if (built.status !== 0) throw new EvalFault('run-invalid', 'The client could not be built: npm run build')
  const dataDirectory = await mkdtemp(join(tmpdir(), 'vindplaats-bench-client-'))
  const browser = await chromium
    .launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ['--disable-gpu', '--no-first-run'] })
    .catch((cause: unknown) => {
      throw new EvalFault('run-invalid', `${CHROMIUM} could not be started: apt-get install chromium`, {
        cause,
      })
    })
  let server: Served | null = null
  try {
    server = await serve({
      DATA_DIR: dataDirectory,
      PORT: String(await freePort()),
      RATE_QUESTIONS_PER_ADDRESS: '1000000',
      RATE_REQUESTS_PER_ADDRESS: '1000000',
    })
    const visits: Record<string, readonly Visit[]> = {}
    for (const profile of PROFILES)
      visits[profile.name] = await measureVisits(browser, server.url, profile, repeat)
    const long = await measureLongConversation(browser, server.url, turns)
    const widget = await readFile(join(ROOT, 'client/dist/widget.js'))
    const bytes = { raw: widget.length, gzip: gzipSync(widget, { level: 9 }).length }
    console.log(
      alignedTable([
        ['median / 95th percentile, ms', ...PROFILES.map(({ name }) => name)],
        ...MEASURES.map(([measure, label]) => [
          label,
          ...PROFILES.map(({ name }) => spread((visits[name] ?? []).map(visit => visit[measure]))),
        ]),
        [`an answer after ${turns} others`, spread(long), ''],
        ['widget.js, bytes', `${bytes.raw}`, `${bytes.gzip} gzip`],
      ]),
    )
    const machine = await describeEnvironment()
    console.log(`\n${environmentText(machine)}, ${browser.version()}, ${repeat} visits each`)
    await keepMeasurement('client', machine, {
      browser: browser.version(),
      repeat,
      visits,
      turns,
      long,
      bytes,
    })
    return 0
  } finally {
    await browser.close()
    await server?.end('SIGKILL')
    await rm(dataDirectory, { recursive: true, force: true })
  }
}

const spread = (milliseconds: readonly number[]): string =>
  [0.5, 0.95].map(share => percentile(milliseconds, share)?.toFixed(0) ?? '–').join(' / ')

/** A context of its own: nothing is cached from the visit before. */
async function freshContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  // tsx wraps named functions in this helper, which the page does not have.
  await context.addInitScript('globalThis.__name = value => value')
  return context
}

async function measureVisits(
  browser: Browser,
  url: string,
  profile: Profile,
  repeat: number,
): Promise<readonly Visit[]> {
  const visits: Visit[] = []
  // The first visit warms server and browser and is not counted.
  for (let index = 0; index <= repeat; index += 1) {
    const visit = await measureVisit(browser, url, profile)
    if (index > 0) visits.push(visit)
  }
  return visits
}

async function measureVisit(browser: Browser, url: string, profile: Profile): Promise<Visit> {
  const context = await freshContext(browser)
  try {
    const page = await context.newPage()
    await slowDown(page, profile)
    await page.goto(`${url}/`, { waitUntil: 'commit' })
    const interactive = await untilThere(page, 'textarea')
    const answered = await ask(page, QUESTION)
    const source = await page.evaluate(
      () =>
        new Promise<number>(resolve => {
          const root = document.querySelector('vindplaats-chat')?.shadowRoot
          const started = performance.now()
          root?.querySelector<HTMLElement>('button.citation')?.click()
          const look = () => {
            if (root?.querySelector('dialog[open] .printed:not(.target)'))
              resolve(performance.now() - started)
            else requestAnimationFrame(look)
          }
          look()
        }),
    )
    return { interactive, ...answered, source }
  } finally {
    await context.close()
  }
}

async function slowDown(page: Page, { processor, network }: Profile): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: processor })
  if (network === null) return
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: network.latency,
    downloadThroughput: network.bytesPerSecond,
    uploadThroughput: network.bytesPerSecond,
  })
}

/** Milliseconds since the start of the navigation when an element of the widget is there. */
const untilThere = (page: Page, selector: string): Promise<number> =>
  page.evaluate(
    wanted =>
      new Promise<number>(resolve => {
        const look = () => {
          if (document.querySelector('vindplaats-chat')?.shadowRoot?.querySelector(wanted))
            resolve(performance.now())
          else requestAnimationFrame(look)
        }
        look()
      }),
    selector,
  )

const ask = (page: Page, question: string): Promise<Pick<Visit, 'firstWords' | 'answer'>> =>
  page.evaluate(
    text =>
      new Promise<{ firstWords: number; answer: number }>(resolve => {
        const chat = document.querySelector('vindplaats-chat') as
          | (HTMLElement & { ask(question: string): void })
          | null
        if (!chat) throw new Error('The page holds no chat')
        const started = performance.now()
        let firstWords = 0
        chat.ask(text)
        const look = () => {
          const turn = chat.shadowRoot?.querySelector('.turn:last-child')
          if (firstWords === 0 && turn?.querySelector('.segment')) firstWords = performance.now() - started
          if (turn?.getAttribute('data-status') === 'answered')
            resolve({ firstWords, answer: performance.now() - started })
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    question,
  )

/** Milliseconds of the last ten answers of a long conversation. */
async function measureLongConversation(
  browser: Browser,
  url: string,
  turns: number,
): Promise<readonly number[]> {
  const context = await freshContext(browser)
  try {
    const page = await context.newPage()
    await page.goto(`${url}/`)
    await untilThere(page, 'textarea')
    const answers: number[] = []
    for (let index = 0; index < turns; index += 1) answers.push((await ask(page, QUESTION)).answer)
    return answers.slice(-10)
  } finally {
    await context.close()
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
