import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NEIGHBOURS, summary, viewOf } from '../support/answers.js'
import { axeViolations, launchBrowser, openPage, Widget } from '../support/browser.js'
import { type FakeServer, startFakeServer } from '../support/fake-chat-server.js'
import { CITATIONS, script } from '../support/scripts.js'

let browser: Browser
let server: FakeServer

const ORDINARY = 'Hoeveel geld is er begroot?'

beforeAll(async () => {
  browser = await launchBrowser()
  const launcher = `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Intranet</title>
    <script type="module" src="/widget.js"></script></head>
    <body><main><h1>Intranet</h1><p><a href="#eerste">Eerste link</a></p></main><vindplaats-chat mode="launcher"></vindplaats-chat></body></html>`
  server = await startFakeServer({
    script,
    settings: { suggestedQuestions: [ORDINARY, 'Welke onderdelen heeft de inzet?'] },
    documents: [summary('kamerbrief-2025'), summary('raad-2008', { status: 'ontwerp', date: '2008-11-20' })],
    paragraph: (documentId, anchor) => viewOf(documentId, anchor, CITATIONS, 3 * NEIGHBOURS),
    pages: { '/launcher': { html: launcher } },
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 360, height: 740 }

const start = async (options: Parameters<typeof openPage>[2] = {}, path = '/') => {
  const opened = await openPage(browser, server.url + path, { viewport: DESKTOP, ...options })
  const widget = new Widget(opened.page)
  await (path === '/launcher' ? widget.find('.launcher') : widget.field).waitFor()
  return { ...opened, widget }
}

/** Every state of the widget, by name, and how to get there. */
const STATES: Readonly<Record<string, (widget: Widget, page: Page) => Promise<unknown>>> = {
  empty: widget => widget.find('.suggestion').first().waitFor(),
  answer: widget => widget.ask(ORDINARY),
  list: widget => widget.ask('Geef de lijst'),
  'language model': widget => widget.ask('taalmodel'),
  refusal: widget => widget.ask('weiger'),
  fault: widget => widget.ask('storing'),
  'fault of the question': widget => widget.send(''),
  waiting: async widget => {
    await widget.send('langzaam')
    await widget.find('.progress').waitFor()
  },
  stopped: async widget => {
    await widget.send('langzaam')
    await widget.find('.stop').click()
    await widget.ended()
  },
  rating: async widget => {
    await widget.ask(ORDINARY)
    await widget.lastTurn.locator('.thumbs button').nth(1).click()
    await widget.find('.rating-form').waitFor()
  },
  source: async widget => {
    await widget.ask(ORDINARY)
    await widget.open(0)
  },
  card: async widget => {
    await widget.ask(ORDINARY)
    await widget.citations.first().hover()
    await widget.find('#card').waitFor({ state: 'visible' })
  },
  offline: async (widget, page) => {
    await widget.send('langzaam')
    await widget.find('.progress').waitFor()
    await page.context().setOffline(true)
    await widget.find('.trouble').waitFor()
  },
}

describe('axe finds nothing against WCAG 2.2 AA', () => {
  const cases = Object.keys(STATES).flatMap(state => [
    [state, 'light', DESKTOP] as const,
    [state, 'dark', DESKTOP] as const,
    [state, 'light', PHONE] as const,
  ])

  it.each(cases)('in the state "%s", %s, at %o', async (state, colorScheme, viewport) => {
    const { page, widget, close } = await start({ viewport, colorScheme })
    await STATES[state]?.(widget, page)
    expect(await axeViolations(page)).toEqual([])
    await close()
  })

  it.each([
    ['closed', DESKTOP],
    ['open', DESKTOP],
    ['open', PHONE],
  ] as const)('in the launcher, %s, at %o', async (state, viewport) => {
    const { page, widget, close } = await start({ viewport }, '/launcher')
    if (state === 'open') {
      await widget.find('.launcher').click()
      await widget.ask(ORDINARY)
    }
    expect(await axeViolations(page)).toEqual([])
    await close()
  })
})

describe('with the keyboard alone', () => {
  it('one asks, reads the card, opens the source, steps on, and comes back to the number', async () => {
    const { page, widget, close } = await start()
    await widget.field.focus()
    await page.keyboard.type(ORDINARY)
    await page.keyboard.press('Enter')
    await widget.ended()
    expect(await widget.focused()).toBe('question')
    // Backwards from the field: thumbs, copy, places, then the numbers in the text.
    for (let presses = 0; presses < 12 && !(await widget.focused()).startsWith('citation'); presses += 1)
      await page.keyboard.press('Shift+Tab')
    expect(await widget.focused()).toContain('citation')
    await widget.find('#card').waitFor({ state: 'visible' })
    await page.keyboard.press('Escape')
    await widget.find('#card').waitFor({ state: 'hidden' })
    await page.keyboard.press('Enter')
    await widget.surroundings()
    expect(await widget.focused()).toBe('source-heading')
    await widget.find('[aria-label="Vorige bron"]').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => widget.find('.source-position').innerText()).toContain('Bron 1 van 2')
    await page.keyboard.press('Escape')
    await widget.source.waitFor({ state: 'hidden' })
    expect(await widget.focused()).toContain('citation')
    await close()
  })

  it('every control of the widget is reached, in the order of the page', async () => {
    const { page, widget, close } = await start()
    await widget.ask(ORDINARY)
    await widget.find('.new').focus()
    const stops: string[] = []
    for (let presses = 0; presses < 14; presses += 1) {
      stops.push(await widget.focused())
      await page.keyboard.press('Tab')
    }
    expect(stops.map(stop => stop.split(' ')[0])).toEqual([
      'quiet',
      'log',
      'citation',
      'citation',
      'place',
      'place',
      'quiet',
      'icon-button',
      'icon-button',
      'question',
      'primary',
      'a',
      '',
      '',
    ])
    await close()
  })

  it.each([
    ['on a phone', PHONE],
    ['beside the page', DESKTOP],
  ] as const)(
    'stays inside the opened launcher %s, both ways round, and returns to its button',
    async (_name, viewport) => {
      const { page, widget, close } = await start({ viewport }, '/launcher')
      await widget.find('.launcher').focus()
      await page.keyboard.press('Enter')
      await widget.field.waitFor()
      expect(await widget.focused()).toBe('question')
      await widget.ask(ORDINARY)
      for (const key of ['Tab', 'Shift+Tab']) {
        for (let presses = 0; presses < 20; presses += 1) {
          await page.keyboard.press(key)
          expect(await widget.focused()).not.toBe('')
          expect(await widget.focused()).not.toContain('launcher')
        }
      }
      // From the field: on a number, Escape would first take its card away.
      await widget.field.focus()
      await page.keyboard.press('Escape')
      await widget.field.waitFor({ state: 'hidden' })
      expect(await widget.focused()).toContain('launcher')
      await close()
    },
  )

  it('stays inside the sheet of a source on a phone, and Escape closes one layer at a time', async () => {
    const { page, widget, close } = await start({ viewport: PHONE }, '/launcher')
    await widget.find('.launcher').click()
    await widget.ask(ORDINARY)
    await widget.open(0)
    const inside = () =>
      widget.host.evaluate(host => {
        const active = host.shadowRoot?.activeElement
        return active?.closest('dialog.source') !== null && active !== null
      })
    for (const key of ['Tab', 'Shift+Tab']) {
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press(key)
        expect(await inside()).toBe(true)
      }
    }
    await page.keyboard.press('Escape')
    await widget.source.waitFor({ state: 'hidden' })
    expect(await widget.focused()).toContain('citation')
    expect(await widget.field.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await widget.field.waitFor({ state: 'hidden' })
    await close()
  })

  it('can rate with a reason and is back at the thumb afterwards', async () => {
    const { page, widget, close } = await start()
    await widget.ask(ORDINARY)
    await widget.lastTurn.locator('.thumbs button').nth(1).focus()
    await page.keyboard.press('Enter')
    await widget.find('.rating-form').waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await widget.find('.rating-form input:checked').getAttribute('value')).toBe('onvolledig')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await widget.lastTurn.getByText('Dank u wel').waitFor()
    expect(await widget.focused()).toContain('icon-button')
    await close()
  })

  it('always shows where it is', async () => {
    const { page, widget, close } = await start()
    await widget.ask(ORDINARY)
    await widget.find('.new').focus()
    for (let presses = 0; presses < 11; presses += 1) {
      await page.keyboard.press('Tab')
      const outline = await widget.host.evaluate(host => {
        const active = host.shadowRoot?.activeElement
        return active ? getComputedStyle(active).outlineStyle : 'none'
      })
      expect(outline).toBe('solid')
    }
    await close()
  })
})

describe('for a screen reader', () => {
  it('there is one polite live region, and it reads an answer once, when it is complete', async () => {
    const { page, widget, close } = await start()
    const regions = await widget.host.evaluate(
      host =>
        host.shadowRoot?.querySelectorAll('[aria-live], [role="status"], [role="alert"], [role="log"]')
          .length,
    )
    expect(regions).toBe(1)
    expect(await widget.status.getAttribute('aria-live')).toBe('polite')
    await widget.status.evaluate(status => {
      const heard: string[] = []
      Object.assign(window, { heard })
      new MutationObserver(() => heard.push(status.textContent ?? '')).observe(status, {
        childList: true,
        characterData: true,
        subtree: true,
      })
    })
    await widget.ask('langzaam')
    const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard)
    expect(heard).toEqual([
      'De documenten worden doorzocht',
      `Antwoord: Volgens de Kamerbrief van 23 mei 2025: ${CITATIONS[0]?.quote} En volgens de Raad: ${CITATIONS[1]?.quote} Aantal bronnen: 2.`,
    ])
    await close()
  })

  it('hears faults, a stop and a copy in the same place', async () => {
    const { widget, close } = await start()
    await widget.ask('storing')
    expect(await widget.status.textContent()).toContain('Het antwoord duurde te lang')
    await widget.send('langzaam')
    await widget.find('.stop').click()
    await expect.poll(() => widget.status.textContent()).toContain('gestopt')
    await close()
  })

  /** What Chromium hands to assistive technology. */
  const tree = async (page: Page) => {
    const session = await page.context().newCDPSession(page)
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    return nodes
      .filter(node => !node.ignored)
      .map(node => ({
        role: String(node.role?.value ?? ''),
        name: String(node.name?.value ?? ''),
        description: String(node.description?.value ?? ''),
      }))
  }

  it('every control has a name of its own, in the accessibility tree', async () => {
    const { page, widget, close } = await start()
    await widget.ask(ORDINARY)
    await widget.open(0)
    const nodes = await tree(page)
    const controls = nodes.filter(({ role }) =>
      ['button', 'link', 'textbox', 'radio', 'dialog', 'region'].includes(role),
    )
    expect(controls.filter(({ name }) => name === '')).toEqual([])
    const names = controls.map(({ role, name }) => `${role}: ${name}`)
    for (const expected of [
      'textbox: Uw volgende vraag',
      'button: Vraag stellen',
      'button: Bron 1: Kamerbrief internationale migratiesamenwerking, 23 mei 2025, pagina 1',
      'button: Bron 2: Conclusies van de Raad, 20 november 2008, 18 b), pagina 2',
      'button: Goed antwoord',
      'button: Geen goed antwoord',
      'button: Volgende bron',
      'button: Bron sluiten',
      'dialog: Kamerbrief internationale migratiesamenwerking',
      'region: Gesprek',
    ])
      expect(names).toContain(expected)
    expect(nodes).toContainEqual(expect.objectContaining({ role: 'group', name: 'Aangehaalde alinea' }))
    expect(nodes.filter(({ role }) => role === 'heading').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Vraag het de documenten', `U vroeg ${ORDINARY}`, 'Bronnen']),
    )
    await close()
  })

  it('a focused number is described by its source and quote', async () => {
    const { page, widget, close } = await start()
    await widget.ask(ORDINARY)
    await page.keyboard.press('Shift+Tab')
    for (let presses = 0; presses < 12 && !(await widget.focused()).startsWith('citation'); presses += 1)
      await page.keyboard.press('Shift+Tab')
    const described = (await tree(page)).find(
      ({ role, name }) => role === 'button' && name.startsWith('Bron 2'),
    )
    expect(described?.description).toContain(CITATIONS[1]?.quote)
    await close()
  })
})

describe('nothing is lost', () => {
  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

  /** Controls that are smaller than WCAG 2.2 asks, or stick out of the window. */
  const misplaced = (widget: Widget) =>
    widget.host.evaluate(host =>
      [...(host.shadowRoot?.querySelectorAll('button, a, textarea, input') ?? [])]
        .map(element => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0)
        .filter(
          ({ element, box }) =>
            box.right > window.innerWidth + 1 ||
            box.left < -1 ||
            ((box.width < 24 || box.height < 24) && !element.matches('p a, input')),
        )
        .map(
          ({ element, box }) => `${element.className} ${box.left},${box.right} ${box.width}x${box.height}`,
        ),
    )

  it.each(Object.keys(STATES))('at 320 pixels wide, in the state "%s"', async state => {
    const { page, widget, close } = await start({ viewport: { width: 320, height: 640 } })
    await STATES[state]?.(widget, page)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await misplaced(widget)).toEqual([])
    await close()
  })

  it.each(Object.keys(STATES))('at twice the zoom, in the state "%s"', async state => {
    // A window of 1280 by 900 at 200 % is one of 640 by 450 with twice the pixels.
    const { page, widget, close } = await start({
      viewport: { width: 640, height: 450 },
      deviceScaleFactor: 2,
    })
    await STATES[state]?.(widget, page)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await misplaced(widget)).toEqual([])
    await close()
  })

  it('when only the text is twice as large', async () => {
    const { page, widget, close } = await start({ viewport: { width: 640, height: 900 } })
    await page.evaluate(() => document.documentElement.style.setProperty('--basis-text-font-size-md', '32px'))
    await widget.ask('Geef de lijst')
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await misplaced(widget)).toEqual([])
    await close()
  })
})

describe('the visitor decides on the looks', () => {
  it('in forced colours the quote, the open number and the borders stay visible', async () => {
    const { widget, close } = await start({ forcedColors: 'active' })
    await widget.ask(ORDINARY)
    await widget.open(0)
    const colors = await widget.host.evaluate(host => {
      const style = (selector: string) => {
        const element = host.shadowRoot?.querySelector(selector)
        if (!element) throw new Error(`${selector} is missing`)
        return getComputedStyle(element)
      }
      return {
        page: style('.panel').backgroundColor,
        mark: style('mark').backgroundColor,
        markText: style('mark').color,
        open: style('.citation.open').backgroundColor,
        closed: style('.citation:not(.open)').borderTopColor,
        primary: style('.primary').borderTopColor,
        target: style('.target').borderInlineStartStyle,
      }
    })
    expect(colors.mark).not.toBe(colors.page)
    expect(colors.markText).not.toBe(colors.mark)
    expect(colors.open).toBe(colors.mark)
    expect(colors.closed).not.toBe(colors.page)
    expect(colors.primary).not.toBe(colors.page)
    expect(colors.target).toBe('solid')
    await close()
  })

  it.each([
    ['reduce', false],
    ['no-preference', true],
  ] as const)('with motion set to "%s" something moves: %s', async (reducedMotion, moves) => {
    const { widget, close } = await start({ reducedMotion })
    await widget.send('langzaam')
    await widget.find('.progress').waitFor()
    const animations = await widget.host.evaluate(host => host.shadowRoot?.getAnimations().length ?? 0)
    expect(animations > 0).toBe(moves)
    await close()
  })

  it.each([
    ['auto', 'dark', true],
    ['auto', 'light', false],
    ['dark', 'light', true],
    ['light', 'dark', false],
  ] as const)('theme "%s" for a visitor who prefers %s is dark: %s', async (theme, colorScheme, isDark) => {
    const { widget, close } = await start({ colorScheme }, '/launcher')
    await widget.host.evaluate((host, value) => host.setAttribute('theme', value), theme)
    await widget.find('.launcher').click()
    const color = await widget.find('.panel').evaluate(panel => getComputedStyle(panel).backgroundColor)
    expect(color).toBe(isDark ? 'rgb(17, 24, 31)' : 'rgb(255, 255, 255)')
    await close()
  })

  it('without a theme the widget follows the page, which is light unless it says otherwise', async () => {
    const { widget, close } = await start({ colorScheme: 'dark' }, '/launcher')
    await widget.find('.launcher').click()
    const color = () => widget.find('.panel').evaluate(panel => getComputedStyle(panel).backgroundColor)
    expect(await color()).toBe('rgb(255, 255, 255)')
    await widget.page.evaluate(() => document.documentElement.style.setProperty('color-scheme', 'light dark'))
    expect(await color()).toBe('rgb(17, 24, 31)')
    await close()
  })
})
