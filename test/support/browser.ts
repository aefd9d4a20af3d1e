/** Chromium under the hand of a test, and the widget in a page of it. */
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'

/** Debian's Chromium, without what it does for itself over the network. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    chromiumSandbox: false,
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-gpu',
      '--disable-quic',
    ],
  })

/** A page with everything a test may want to know of it. */
export interface OpenPage {
  readonly page: Page
  /** Errors in the console and uncaught ones, violations of the content security policy included. */
  readonly errors: readonly string[]
  /** Origins of all requests. */
  readonly origins: ReadonlySet<string>
  close(): Promise<void>
}

/** Opens an address in a context of its own: its own storage, its own cookies. */
export const openPage = async (
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
  prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
): Promise<OpenPage> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', error => errors.push(error.message))
  page.on('request', request => origins.add(new URL(request.url()).origin))
  page.on('websocket', socket => origins.add(new URL(socket.url()).origin.replace(/^ws/, 'http')))
  await prepare(page)
  await page.goto(address)
  return { page, errors, origins, close: () => context.close() }
}

/** The parts of one widget in a page. */
export class Widget {
  readonly page: Page
  readonly host: Locator

  constructor(page: Page, selector = 'vindplaats-chat') {
    this.page = page
    this.host = page.locator(selector)
  }

  /** A part of the widget by CSS selector. */
  find(selector: string): Locator {
    return this.host.locator(selector)
  }

  get field(): Locator {
    return this.find('textarea.field')
  }

  get turns(): Locator {
    return this.find('.turn')
  }

  get lastTurn(): Locator {
    return this.turns.last()
  }

  get citations(): Locator {
    return this.lastTurn.locator('button.citation')
  }

  get source(): Locator {
    return this.find('dialog.source')
  }

  get highlight(): Locator {
    return this.find('dialog.source .target mark')
  }

  get status(): Locator {
    return this.find('[role="status"]')
  }

  /** Types a question and sends it with Enter. */
  async send(question: string): Promise<void> {
    await this.field.fill(question)
    await this.field.press('Enter')
  }

  /** Asks and waits for the end of the answer. */
  async ask(question: string): Promise<void> {
    const before = await this.turns.count()
    await this.send(question)
    await this.turns.nth(before).waitFor()
    await this.ended()
  }

  /** Waits until the last turn is answered, failed or stopped. */
  async ended(): Promise<void> {
    await this.find(
      '.turn:last-child:is([data-status="answered"],[data-status="failed"],[data-status="stopped"])',
    ).waitFor()
  }

  /** Opens a citation of the last answer and waits for the text around it. */
  async open(index = 0): Promise<void> {
    await this.citations.nth(index).click()
    await this.surroundings()
  }

  /** Waits until the text around the open source is there. */
  async surroundings(): Promise<void> {
    await this.find('dialog.source .printed:not(.target)').first().waitFor()
  }

  /** Name of the element that has the focus inside the widget: its class, or its id. */
  focused(): Promise<string> {
    return this.host.evaluate(host => {
      const active = host.shadowRoot?.activeElement
      return active ? active.id || active.className.trim() || active.tagName.toLowerCase() : ''
    })
  }
}

/** White space as one space: how texts are compared that were laid out differently. */
export const collapsed = (text: string | null): string => (text ?? '').replace(/\s+/g, ' ').trim()

/** What axe finds against WCAG 2.2 AA and its best practices, one line each. */
export const axeViolations = async (page: Page): Promise<readonly string[]> => {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.flatMap(violation =>
    violation.nodes.map(
      node => `${violation.id}: ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`,
    ),
  )
}
