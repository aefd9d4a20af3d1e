import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { collapsed, launchBrowser, openPage, Widget } from '../support/browser.js'
import { type FakeServer, startFakeServer } from '../support/fake-chat-server.js'
import { type RealService, startRealService } from '../support/real-service.js'
import { script } from '../support/scripts.js'

const MONEY = 'Hoeveel geld is er in 2029 voor migratiesamenwerking begroot?'

interface Manifest {
  readonly stable: string
  readonly immutable: string
  readonly hash: string
  readonly integrity: string
}

type Pages = Record<string, { html: string; headers?: Record<string, string> }>

let browser: Browser
/** Another website: its pages embed the widget. */
let website: FakeServer
let server: RealService
let guarded: RealService
let prefixed: RealService
let manifest: Manifest
const pages: Pages = {}

const document = (head: string, body: string): string =>
  `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Intranet</title>${head}</head><body>${body}</body></html>`

const load = (address: string): string => `<script type="module" src="${address}"></script>`

/** The strictest policy a website can have that lets the widget in at all. */
const strictPolicy = (address: string): string =>
  [
    "default-src 'none'",
    `script-src ${address}`,
    `connect-src ${address} ${address.replace(/^http/, 'ws')}`,
    "style-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')

beforeAll(async () => {
  browser = await launchBrowser()
  website = await startFakeServer({ script, pages })
  const environment = { ALLOWED_ORIGINS: website.url }
  server = await startRealService(inject('seedIndex'), environment)
  guarded = await startRealService(inject('seedIndex'), {
    ...environment,
    AUTH: 'api-keys',
    API_KEYS: `test:caller:${'0'.repeat(64)}`,
    VISITORS: 'allow',
  })
  prefixed = await startRealService(inject('seedIndex'), { ...environment, BASE_PATH: '/beleid/assistent' })
  manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../client/dist/widget-manifest.json'), 'utf8'),
  ) as Manifest
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([website?.close(), server?.stop(), guarded?.stop(), prefixed?.stop()])
})

let pageNumber = 0

/** Opens a page of the other website. */
const visit = async (
  html: string,
  headers: Record<string, string> = {},
  prepare?: Parameters<typeof openPage>[3],
) => {
  pageNumber += 1
  const path = `/page-${pageNumber}`
  pages[path] = { html, headers }
  return openPage(browser, website.url + path, { viewport: { width: 1200, height: 900 } }, prepare)
}

/** Asks on the page and opens the first source: everything that reaches the server. */
const useWidget = async (widget: Widget): Promise<string> => {
  await widget.ask(MONEY)
  await widget.open(0)
  return collapsed(await widget.highlight.textContent())
}

describe('on another website', () => {
  it('works under the strictest content security policy, with its styles, without a word in the console', async () => {
    const { page, errors, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
      { 'content-security-policy': strictPolicy(server.url) },
    )
    const widget = new Widget(page)
    expect(await useWidget(widget)).toContain('118 miljoen euro')
    expect(await widget.find('.panel').evaluate(panel => getComputedStyle(panel).borderTopWidth)).toBe('1px')
    expect(
      await widget.host.evaluate(host => [
        host.shadowRoot?.adoptedStyleSheets.length,
        host.shadowRoot?.querySelectorAll('style, [style]').length,
      ]),
    ).toEqual([7, 0])
    expect(errors).toEqual([])
    await close()
  })

  it('speaks with its own server and nobody else, without cookies', async () => {
    const { page, origins, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
    )
    await useWidget(new Widget(page))
    expect([...origins].sort()).toEqual([new URL(server.url).origin, website.url].sort())
    expect(await page.context().cookies()).toEqual([])
    await close()
  })

  it('loads under its immutable name only when the content is what the page expects', async () => {
    const tag = (integrity: string): string =>
      `<script type="module" src="${server.url}/${manifest.immutable}" integrity="${integrity}" crossorigin="anonymous"></script>`
    const good = await visit(document(tag(manifest.integrity), '<vindplaats-chat></vindplaats-chat>'))
    await new Widget(good.page).field.waitFor()
    await good.close()
    const bad = await visit(document(tag(`sha384-${'A'.repeat(64)}`), '<vindplaats-chat></vindplaats-chat>'))
    expect(await bad.page.evaluate(() => customElements.get('vindplaats-chat') === undefined)).toBe(true)
    expect(bad.errors.join()).toContain('integrity')
    await bad.close()
  })

  it('has a stable name that must be asked for again and an immutable one that need not', async () => {
    const stable = await fetch(`${server.url}/widget.js`)
    const immutable = await fetch(`${server.url}/${manifest.immutable}`)
    expect(stable.headers.get('cache-control')).toBe('no-cache')
    expect(immutable.headers.get('cache-control')).toContain('immutable')
    expect(await immutable.text()).toBe(await stable.text())
  })

  it('stands under both names on one page without a conflict', async () => {
    const { page, errors, close } = await visit(
      document(
        load(`${server.url}/widget.js`) + load(`${server.url}/${manifest.immutable}`),
        '<vindplaats-chat></vindplaats-chat>',
      ),
    )
    await new Widget(page).ask(MONEY)
    expect(errors).toEqual([])
    await close()
  })

  it('gets a visitor token where the server wants one, for every kind of request', async () => {
    const { page, errors, close } = await visit(
      document(load(`${guarded.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
    )
    expect(await useWidget(new Widget(page))).toContain('118 miljoen euro')
    expect(errors).toEqual([])
    await close()
  })

  it('finds its server under a path prefix', async () => {
    const { page, errors, close } = await visit(
      document(load(`${prefixed.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
    )
    const widget = new Widget(page)
    expect(await useWidget(widget)).toContain('118 miljoen euro')
    expect(await widget.find('dialog.source a.link').getAttribute('href')).toContain(
      '/beleid/assistent/documenten/',
    )
    expect(errors).toEqual([])
    await close()
  })

  it.each([
    ['open to everyone on its websites', () => server.url],
    ['that wants visitor tokens', () => guarded.url],
  ])('is told in Dutch when the website may not use a server %s', async (_kind, address) => {
    const stranger = await startFakeServer({ script, pages })
    pages['/stranger'] = {
      html: document(load(`${address()}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
    }
    const { page, close } = await openPage(browser, `${stranger.url}/stranger`)
    const widget = new Widget(page)
    await widget.send(MONEY)
    await widget.find('.fault').waitFor()
    expect(await widget.find('.fault').innerText()).toContain('Deze website mag de assistent niet gebruiken')
    await close()
    await stranger.close()
  })

  it('is told in Dutch when the website is taken off the list while its page is open', async () => {
    const secured = { AUTH: 'api-keys', API_KEYS: `test:caller:${'0'.repeat(64)}`, VISITORS: 'allow' }
    const before = await startRealService(inject('seedIndex'), { ...secured, ALLOWED_ORIGINS: website.url })
    const { page, close } = await visit(
      document(load(`${before.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
    )
    const widget = new Widget(page)
    await widget.ask(MONEY)
    await before.stop()
    const after = await startRealService(inject('seedIndex'), { ...secured, PORT: new URL(before.url).port })
    await widget.send('Wanneer kwamen de ministers in Praag bijeen?')
    await widget.find('.fault').waitFor()
    expect(await widget.find('.fault').innerText()).toContain('Deze website mag de assistent niet gebruiken')
    await close()
    await after.stop()
  })
})

describe('without storage', () => {
  it('works where the browser forbids it, in memory', async () => {
    const { page, errors, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
      {},
      each =>
        each.addInitScript(() => {
          for (const name of ['sessionStorage', 'localStorage', 'indexedDB'])
            Object.defineProperty(window, name, {
              get: () => {
                throw new DOMException('The operation is insecure.', 'SecurityError')
              },
            })
        }),
    )
    const widget = new Widget(page)
    await widget.ask(MONEY)
    await page.reload()
    await widget.find('.welcome').waitFor()
    expect(errors).toEqual([])
    await close()
  })

  it('works in a sandboxed frame, which has no origin and no storage at all', async () => {
    pages['/inner'] = {
      html: document(load(`${website.url}/widget.js`), '<vindplaats-chat></vindplaats-chat>'),
    }
    const { page, close } = await visit(
      document('', '<iframe sandbox="allow-scripts" src="/inner" width="900" height="800"></iframe>'),
    )
    const frame = page.frameLocator('iframe')
    await frame.locator('textarea.field').fill('Hoeveel geld is er begroot?')
    await frame.locator('textarea.field').press('Enter')
    await frame.locator('.turn[data-status="answered"]').waitFor()
    await close()
  })

  it('keeps nothing when the page says so', async () => {
    const { page, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat history="none"></vindplaats-chat>'),
    )
    const widget = new Widget(page)
    await widget.ask(MONEY)
    await page.reload()
    await widget.find('.welcome').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await close()
  })
})

describe('twice on a page', () => {
  it('holds two conversations, also after a reload', async () => {
    const { page, close } = await visit(
      document(
        load(`${server.url}/widget.js`),
        '<vindplaats-chat id="een"></vindplaats-chat><vindplaats-chat id="twee"></vindplaats-chat>',
      ),
    )
    const one = new Widget(page, '#een')
    const two = new Widget(page, '#twee')
    await one.ask(MONEY)
    await two.ask('Wanneer kwamen de ministers in Praag bijeen?')
    await page.reload()
    await one.turns.first().waitFor()
    await two.turns.first().waitFor()
    expect(await one.find('.question-text').allInnerTexts()).toEqual([MONEY])
    expect(await two.find('.question-text').allInnerTexts()).toEqual([
      'Wanneer kwamen de ministers in Praag bijeen?',
    ])
    await one.open(0)
    expect(await two.source.isVisible()).toBe(false)
    await close()
  })

  it('can be a panel and a launcher side by side', async () => {
    const { page, close } = await visit(
      document(
        load(`${server.url}/widget.js`),
        '<vindplaats-chat id="een"></vindplaats-chat><vindplaats-chat id="twee" mode="launcher"></vindplaats-chat>',
      ),
    )
    const launcher = new Widget(page, '#twee')
    await launcher.find('.launcher').click()
    await launcher.ask(MONEY)
    expect(await new Widget(page, '#een').turns.count()).toBe(0)
    await close()
  })
})

/** What an intranet of 2009 does to everything on its pages. */
const OLD_STYLES = `<style>
  html { font-size: 62.5% }
  * { letter-spacing: 3px !important; text-transform: uppercase !important; font-family: "Comic Sans MS" !important;
      line-height: 1 !important; text-align: center !important; color: lime !important; font-size: 9px !important; word-spacing: 9px !important }
  div, section, dialog, p, button, li, ol, ul, h2, h3, textarea { float: left; border: 5px solid red !important; padding: 40px !important; margin: 30px !important; background: black !important }
  button, input, textarea { width: 500px !important; height: 7px !important; display: none !important }
  .panel, .field, .citation, .primary, .turn, .source { display: none !important }
</style>`

describe('inside old styles', () => {
  it('looks the same as without them', async () => {
    const tag = '<vindplaats-chat></vindplaats-chat><p class="panel source">Tekst van het intranet</p>'
    const measure = async (head: string) => {
      const { page, close } = await visit(document(head + load(`${server.url}/widget.js`), tag))
      const widget = new Widget(page)
      await widget.ask(MONEY)
      await widget.open(0)
      const looks = await widget.host.evaluate(host => {
        const root = host.shadowRoot
        return [
          '.panel',
          '.heading',
          '.field',
          '.primary',
          '.turn',
          '.question-text',
          'blockquote',
          '.citation',
          '.notice p',
          '.source',
          'mark',
        ].map(selector => {
          const element = root?.querySelector(selector)
          if (!element) return `${selector} is missing`
          const style = getComputedStyle(element)
          return [
            selector,
            style.display,
            style.fontSize,
            style.fontFamily,
            style.letterSpacing,
            style.wordSpacing,
            style.textTransform,
            style.textAlign,
            style.lineHeight,
            style.color,
            style.backgroundColor,
            style.padding,
            style.margin,
            style.borderTopWidth,
            style.float,
          ].join(' | ')
        })
      })
      await close()
      return looks
    }
    expect(await measure(OLD_STYLES)).toEqual(await measure(''))
  })

  it('changes nothing of the page around it', async () => {
    const body = `<h1 class="heading">Kop</h1><p class="panel">Tekst <mark>x</mark> <a href="#x">link</a></p><button class="primary">Knop</button>
      <dialog open class="source">Venster</dialog><blockquote>Citaat</blockquote><ul><li class="turn">Punt</li></ul><textarea class="field"></textarea>`
    const measure = async (widget: string) => {
      const { page, close } = await visit(document(load(`${server.url}/widget.js`), body + widget))
      if (widget !== '') await new Widget(page).ask(MONEY)
      const looks = await page.evaluate(() =>
        [...globalThis.document.querySelectorAll('body > :not(vindplaats-chat), mark, a, li')].map(
          element => {
            const style = getComputedStyle(element)
            return [...style]
              .filter(
                name =>
                  !/^(block-size|height|inset|top|perspective|transform-origin|width|inline-size)/.test(name),
              )
              .map(name => style.getPropertyValue(name))
              .join(';')
          },
        ),
      )
      const globals = await page.evaluate(() => Object.keys(window).length)
      await close()
      return { looks, globals }
    }
    const without = await measure('')
    const withWidget = await measure('<vindplaats-chat></vindplaats-chat>')
    expect(withWidget.looks).toEqual(without.looks)
    // Lit leaves its versions, so that two copies can be noticed; nothing else is left.
    expect(withWidget.globals - without.globals).toBeLessThanOrEqual(3)
  })
})

describe('the element', () => {
  it('speaks English when its page does, and shows its own heading', async () => {
    const { page, close } = await visit(
      document(
        load(`${server.url}/widget.js`),
        '<vindplaats-chat lang="en" heading="Policy desk"></vindplaats-chat>',
      ),
    )
    const widget = new Widget(page)
    expect(await widget.find('.heading').innerText()).toBe('Policy desk')
    expect(await widget.find('.notice').innerText()).toContain('You are talking to a computer')
    await widget.ask(MONEY)
    expect(await widget.lastTurn.locator('blockquote .segment').first().getAttribute('lang')).toBe('nl')
    await close()
  })

  it('can be told another server than the one its script came from', async () => {
    const { page, close } = await visit(
      document(
        load(`${website.url}/widget.js`),
        `<vindplaats-chat server="${server.url}"></vindplaats-chat>`,
      ),
    )
    expect(await useWidget(new Widget(page))).toContain('118 miljoen euro')
    await close()
  })

  it('shows what the page puts in its slots', async () => {
    const { page, close } = await visit(
      document(
        load(`${server.url}/widget.js`),
        `<vindplaats-chat><span slot="heading">Vraag het de bibliotheek</span><p slot="welcome">Welkom bij ons.</p><p slot="notice">Vragen? Bel 14 020.</p></vindplaats-chat>`,
      ),
    )
    const widget = new Widget(page)
    await widget.field.waitFor()
    expect(await page.locator('[slot="welcome"]').isVisible()).toBe(true)
    expect(await page.locator('[slot="heading"]').isVisible()).toBe(true)
    expect(await page.locator('[slot="notice"]').isVisible()).toBe(true)
    expect(await widget.find('.notice').innerText()).toContain('U praat met een computer')
    await close()
  })

  it('tells the page what happens, and lets it show sources itself', async () => {
    const { page, close } = await visit(
      document(load(`${server.url}/widget.js`), '<div id="outer"><vindplaats-chat></vindplaats-chat></div>'),
    )
    await page.evaluate(() => {
      const told: string[] = []
      Object.assign(window, { told })
      for (const name of ['question', 'answer', 'source', 'rating', 'fault', 'toggle'])
        globalThis.document.querySelector('#outer')?.addEventListener(`vindplaats-${name}`, event => {
          told.push(`${name}:${Object.keys((event as CustomEvent).detail).join()}`)
          if (name === 'source') event.preventDefault()
        })
    })
    const widget = new Widget(page)
    await widget.ask(MONEY)
    await widget.citations.first().click()
    await widget.lastTurn.locator('.thumbs button').first().click()
    await widget.lastTurn.getByText('Dank u wel').waitFor()
    expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual([
      'question:question',
      'answer:answer',
      'source:source,href',
      'rating:answerId,rating,reason',
    ])
    expect(await widget.source.isVisible()).toBe(false)
    await close()
  })

  it('can be driven by the page: ask, show, hide, clear', async () => {
    const { page, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat mode="launcher"></vindplaats-chat>'),
    )
    const widget = new Widget(page)
    await widget.find('.launcher').waitFor()
    const call = (name: string, ...values: string[]) =>
      widget.host.evaluate(
        (host, [method, ...given]) =>
          (host as unknown as Record<string, (...all: string[]) => void>)[method as string]?.(...given),
        [name, ...values],
      )
    await call('ask', MONEY)
    await widget.ended()
    expect(await widget.turns.count()).toBe(1)
    await call('hide')
    await widget.field.waitFor({ state: 'hidden' })
    await call('show')
    expect(await widget.turns.count()).toBe(1)
    await call('clear')
    expect(await widget.turns.count()).toBe(0)
    await close()
  })

  it('keeps what was typed when its launcher is closed and opened again', async () => {
    const { page, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat mode="launcher"></vindplaats-chat>'),
    )
    const widget = new Widget(page)
    await widget.find('.launcher').click()
    await widget.field.fill('Half getypt')
    await page.keyboard.press('Escape')
    await widget.field.waitFor({ state: 'hidden' })
    await widget.find('.launcher').click()
    expect(await widget.field.inputValue()).toBe('Half getypt')
    await close()
  })

  it('does not take the focus of a page that opens its launcher while loading', async () => {
    const { page, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat mode="launcher" open></vindplaats-chat>'),
    )
    await new Widget(page).field.waitFor()
    expect(await page.evaluate(() => globalThis.document.activeElement?.localName)).toBe('body')
    await close()
  })

  it('lets go of everything when it is taken out, and works when it is put back', async () => {
    const { page, errors, close } = await visit(
      document(load(`${server.url}/widget.js`), '<vindplaats-chat history="none"></vindplaats-chat>'),
    )
    const widget = new Widget(page)
    await widget.ask(MONEY)
    await widget.host.evaluate(host => {
      const parent = host.parentElement
      host.remove()
      parent?.append(host)
    })
    await widget.ask('Wanneer kwamen de ministers in Praag bijeen?')
    expect(await widget.turns.count()).toBe(2)
    expect(errors).toEqual([])
    await close()
  })

  it('takes the tokens of the organisation, also in its launcher', async () => {
    const { page, close } = await visit(
      document(
        `<style>:root { --nl-button-primary-background-color: rgb(200, 0, 90); --basis-color-default-bg-document: rgb(255, 250, 240); --basis-text-font-family-default: monospace }</style>${load(`${server.url}/widget.js`)}`,
        '<vindplaats-chat></vindplaats-chat>',
      ),
    )
    const widget = new Widget(page)
    await widget.field.waitFor()
    const style = (selector: string, property: 'backgroundColor' | 'fontFamily') =>
      widget.find(selector).evaluate((element, name) => getComputedStyle(element)[name], property)
    expect(await style('.primary', 'backgroundColor')).toBe('rgb(200, 0, 90)')
    expect(await style('.panel', 'backgroundColor')).toBe('rgb(255, 250, 240)')
    expect(await style('.field', 'fontFamily')).toBe('monospace')
    await close()
  })
})
