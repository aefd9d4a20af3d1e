import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAXIMUM_TURNS } from '../../client/conversation.js'
import { launchBrowser, openPage, Widget } from '../support/browser.js'
import { type FakeServer, startFakeServer } from '../support/fake-chat-server.js'
import { script } from '../support/scripts.js'

const DIST = join(import.meta.dirname, '../../client/dist')
const LIMIT = 40 * 1024

let browser: Browser
let server: FakeServer

beforeAll(async () => {
  browser = await launchBrowser()
  server = await startFakeServer({
    script,
    pages: {
      '/embedded': {
        html: '<!doctype html><html lang="nl"><title>x</title><script type="module" src="/widget.js"></script><vindplaats-chat></vindplaats-chat></html>',
      },
    },
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

describe('the weight of the widget', () => {
  it('is at most 40 kB compressed, all files that a page fetches for it together', async () => {
    const { page, close } = await openPage(browser, 'about:blank')
    const fetched: string[] = []
    page.on('request', request => fetched.push(new URL(request.url()).pathname))
    await page.goto(`${server.url}/embedded`)
    const widget = new Widget(page)
    await widget.ask('Geef de lijst')
    await widget.citations.first().click()
    await widget.source.waitFor()
    const files = fetched.filter(path => readdirSync(DIST).includes(path.slice(1)))
    expect(files).toEqual(['/widget.js'])
    const bytes = files
      .map(path => gzipSync(readFileSync(join(DIST, path)), { level: 9 }).length)
      .reduce((sum, each) => sum + each, 0)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThanOrEqual(LIMIT)
    await close()
  })

  it('holds no address but those of standards, and no code that is made from text', () => {
    const code = readFileSync(join(DIST, 'widget.js'), 'utf8')
    const addresses = new Set([...code.matchAll(/https?:\/\/[\w./-]+/g)].map(match => match[0]))
    for (const address of addresses) expect(address).toMatch(/^https?:\/\/(www\.w3\.org|lit\.dev)\//)
    expect(code).not.toMatch(/\beval\(|new Function\(/)
  })
})

/** Bytes of live objects after a collection, and nodes of the document, as Chromium counts them. */
const measure = async (page: Page): Promise<{ heap: number; nodes: number; listeners: number }> => {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
  await session.detach()
  return { heap: usedSize, nodes, listeners: jsEventListeners }
}

const askTimes = async (widget: Widget, times: number): Promise<void> => {
  for (let index = 0; index < times; index += 1) {
    await widget.host.evaluate(
      (host, question) =>
        new Promise<void>(resolve => {
          host.addEventListener('vindplaats-answer', () => resolve(), { once: true })
          ;(host as unknown as { ask(text: string): void }).ask(question)
        }),
      `Geef de lijst nummer ${index}`,
    )
  }
}

describe('memory', () => {
  it('stays bounded over 200 answers, and comes back when the conversation is cleared', async () => {
    const { page, errors, close } = await openPage(browser, `${server.url}/embedded`)
    const widget = new Widget(page)
    await widget.ask('Geef de lijst')
    const start = await measure(page)
    await askTimes(widget, 100)
    const half = await measure(page)
    await askTimes(widget, 100)
    const full = await measure(page)
    expect(await widget.turns.count()).toBe(MAXIMUM_TURNS)
    // The second hundred replaces the first: what it adds is noise.
    expect(full.heap - half.heap).toBeLessThan(0.25 * (half.heap - start.heap) + 500_000)
    expect(full.nodes).toBeLessThan(half.nodes * 1.1)
    expect(full.heap).toBeLessThan(30_000_000)
    await widget.host.evaluate(host => (host as unknown as { clear(): void }).clear())
    await widget.find('.welcome').waitFor()
    const end = await measure(page)
    expect(end.nodes).toBeLessThan(start.nodes * 1.5)
    expect(end.listeners).toBeLessThan(start.listeners * 1.5)
    expect(end.heap - start.heap).toBeLessThan(2_000_000)
    expect(errors).toEqual([])
    await close()
  }, 240_000)
})
