import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Answer, Citation, ParagraphView } from '../../server/protocol.js'
import { collapsed, launchBrowser, openPage, Widget } from '../support/browser.js'
import { type RealService, startRealService } from '../support/real-service.js'

const SEEDS = join(import.meta.dirname, '../../seeds')
const MONEY = 'Hoeveel geld is er in 2029 voor migratiesamenwerking begroot?'
const PRAGUE = 'Wanneer kwamen de ministers in Praag bijeen?'
const WIDE = { viewport: { width: 1440, height: 1000 } }

let browser: Browser
let server: RealService

beforeAll(async () => {
  browser = await launchBrowser()
  server = await startRealService(inject('seedIndex'))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const start = async (options = {}) => {
  const opened = await openPage(browser, `${server.url}/`, { ...WIDE, ...options })
  return { ...opened, widget: new Widget(opened.page) }
}

/** The answer of the last turn as the widget's own event tells it. */
const answerOf = async (widget: Widget, question: string): Promise<Answer> => {
  const told = widget.host.evaluate(
    host =>
      new Promise<Answer>(resolve => {
        host.addEventListener(
          'vindplaats-answer',
          event => resolve((event as CustomEvent<{ answer: Answer }>).detail.answer),
          { once: true },
        )
      }),
  )
  await widget.ask(question)
  return told
}

/** Asks one question after the other until an answer is as wanted. What is answered how is not for these tests to say. */
const answerLike = async (
  widget: Widget,
  questions: readonly string[],
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> => {
  for (const question of questions) {
    const answer = await answerOf(widget, question)
    if (isWanted(answer)) return answer
  }
  throw new Error(`None of the ${questions.length} questions was answered as wanted`)
}

/** The printed text at a citation's spans, from the seed file itself. */
const inSource = ({ document, spans }: Citation): string => {
  const source = readFileSync(join(SEEDS, document), 'utf8')
  return collapsed(spans.map(([from, to]) => source.slice(from, to)).join(' '))
}

describe('a question on the demo page, on the real documents', () => {
  it('is answered with sentences that carry numbers, and each number with a source', async () => {
    const { widget, errors, close } = await start()
    const answer = await answerOf(widget, MONEY)
    expect(answer.outcome).toBe('answered')
    expect(await widget.lastTurn.locator('.answer').innerText()).toContain('118 miljoen euro')
    expect(await widget.citations.count()).toBeGreaterThan(0)
    expect(await widget.lastTurn.locator('.place').count()).toBe(answer.citations.length)
    expect(errors).toEqual([])
    await close()
  })

  it('opens the paragraph with exactly the quote highlighted, as the seed file has it', async () => {
    const { widget, close } = await start()
    const answer = await answerOf(widget, MONEY)
    const [citation] = answer.citations
    if (!citation) throw new Error('The answer cites nothing')
    await widget.open(0)
    const highlighted = collapsed(await widget.highlight.textContent())
    expect(highlighted).toBe(citation.quote)
    expect(inSource(citation)).toContain(highlighted)
    expect(collapsed(await widget.find('dialog.source .target p').textContent())).toBe(inSource(citation))
    await close()
  })

  it('scrolls the highlighted words into view, between readable neighbours', async () => {
    const { widget, close } = await start()
    await widget.ask(MONEY)
    await widget.open(0)
    const [body, mark] = await Promise.all([
      widget.find('dialog.source .source-body').boundingBox(),
      widget.highlight.boundingBox(),
    ])
    if (!body || !mark) throw new Error('The source is not laid out')
    expect(mark.y).toBeGreaterThanOrEqual(body.y)
    expect(mark.y).toBeLessThan(body.y + body.height)
    expect(await widget.find('dialog.source .printed:not(.target)').count()).toBeGreaterThanOrEqual(4)
    await close()
  })

  it('lets one read on, before and after, without moving what is being read', async () => {
    const { widget, close } = await start()
    await widget.ask('Wat kan Europa doen tegen een land dat zijn eigen mensen niet wil terugnemen?')
    await widget.open(0)
    const count = () => widget.find('dialog.source .printed').count()
    for (const direction of ['first', 'last'] as const) {
      const before = await count()
      const place = await widget.highlight.boundingBox()
      // Clicked from the script, because a pointer would scroll to the button first.
      await widget.find('dialog.source .read-on')[direction]().dispatchEvent('click')
      await expect.poll(count).toBeGreaterThan(before)
      const moved = await widget.highlight.boundingBox()
      expect(Math.abs((moved?.y ?? 0) - (place?.y ?? 0))).toBeLessThanOrEqual(2)
    }
    await close()
  })

  it('steps through all citations, and each shows its own quote', async () => {
    const { widget, close } = await start()
    const answer = await answerLike(
      widget,
      [
        'Wanneer kwamen de ministers in Praag bijeen en wie ondertekende de Kamerbrief?',
        'Welke landen waren vertegenwoordigd op de conferentie van Praag en hoeveel geld is er in 2029 begroot?',
        'Welke maatregelen worden genoemd om terugkeer te bevorderen?',
        'Wat zijn de prioriteiten van de totaalaanpak van migratie en mobiliteit?',
      ],
      ({ citations }) => citations.length > 1,
    )
    await widget.lastTurn.locator('.place').first().click()
    for (const [index, citation] of answer.citations.entries()) {
      if (index > 0) await widget.find('dialog.source [aria-label="Volgende bron"]').click()
      await widget.surroundings()
      expect(collapsed(await widget.highlight.textContent())).toBe(citation.quote)
    }
    expect(
      await widget.find('dialog.source [aria-label="Volgende bron"]').getAttribute('aria-disabled'),
    ).toBe('true')
    await close()
  })

  it('opens the whole document in a tab of its own, at the quote', async () => {
    const { page, widget, close } = await start()
    const answer = await answerOf(widget, MONEY)
    await widget.open(0)
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      widget.find('dialog.source a.link').click(),
    ])
    await opened.waitForLoadState()
    expect(new URL(opened.url()).pathname).toBe(`/documenten/${answer.citations[0]?.documentId}`)
    expect(collapsed(await opened.locator('mark').first().textContent())).toBe(answer.citations[0]?.quote)
    await close()
  })

  it('shows the source while its number is pointed at', async () => {
    const { page, widget, close } = await start()
    const answer = await answerOf(widget, MONEY)
    await widget.citations.first().hover()
    const card = widget.find('#card')
    await card.waitFor({ state: 'visible' })
    const text = await card.innerText()
    expect(text).toContain(answer.citations[0]?.title)
    expect(text).toContain('23 mei 2025')
    await card.hover()
    await page.waitForTimeout(400)
    expect(await card.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await card.waitFor({ state: 'hidden' })
    await close()
  })

  it('understands a follow-up in the same conversation', async () => {
    const { widget, close } = await start()
    await widget.ask(MONEY)
    await widget.ask('En wie ondertekende die brief?')
    expect(await widget.turns.count()).toBe(2)
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    await close()
  })

  it('that the documents do not answer is refused, with what may have been meant', async () => {
    const { widget, close } = await start()
    const answer = await answerLike(
      widget,
      [
        'Hoe bak ik een chocoladetaart met walnoten?',
        'Wie won in 1998 het wereldkampioenschap voetbal?',
        'Kwijfelbrom zwadderdas?',
      ],
      ({ outcome }) => outcome === 'refused',
    )
    const nearest = widget.lastTurn.locator('.near')
    expect(await nearest.count()).toBe(answer.nearest.length)
    if (answer.nearest.length > 0) {
      await nearest.first().click()
      await widget.surroundings()
      expect(collapsed(await widget.highlight.textContent())).toBe(answer.nearest[0]?.quote)
    }
    await close()
  })

  it('can be one of the suggested first questions', async () => {
    const { widget, close } = await start()
    const suggestion = widget.find('.suggestion').first()
    const question = await suggestion.innerText()
    await suggestion.click()
    await widget.ended()
    expect(await widget.lastTurn.locator('.question-text').innerText()).toBe(collapsed(question))
    await close()
  })

  it('is copied with its answer, its sources and their addresses', async () => {
    const { page, widget, close } = await start({ permissions: ['clipboard-read', 'clipboard-write'] })
    const answer = await answerOf(widget, MONEY)
    await widget.lastTurn.locator('.toolbar .quiet').click()
    await expect.poll(() => widget.lastTurn.locator('.toolbar .quiet').innerText()).toContain('Gekopieerd')
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toContain(MONEY)
    expect(copied).toContain(`[1] ${answer.citations[0]?.title}`)
    expect(copied).toContain(`${server.url}${answer.citations[0]?.href}`)
    await close()
  })

  it('is copied also where the browser refuses its clipboard interface', async () => {
    const opened = await openPage(browser, `${server.url}/`, WIDE, page =>
      page.addInitScript(() => {
        Object.defineProperty(navigator, 'clipboard', { value: undefined })
        document.addEventListener('copy', () => {
          document.documentElement.dataset.copied = getSelection()?.toString() || 'selected in a field'
        })
      }),
    )
    const widget = new Widget(opened.page)
    await widget.ask(MONEY)
    await widget.lastTurn.locator('.toolbar .quiet').click()
    await expect.poll(() => widget.lastTurn.locator('.toolbar .quiet').innerText()).toContain('Gekopieerd')
    expect(await opened.page.locator('html').getAttribute('data-copied')).not.toBeNull()
    await opened.close()
  })

  it('can be rated, and the rating stays', async () => {
    const { widget, close } = await start()
    await widget.ask(MONEY)
    await widget.lastTurn.locator('.thumbs button').first().click()
    await widget.lastTurn.getByText('Dank u wel').waitFor()
    expect(await widget.lastTurn.locator('.thumbs button').first().getAttribute('aria-pressed')).toBe('true')
    await close()
  })
})

describe('a conversation', () => {
  it('survives a reload with its citations, which still open', async () => {
    const { page, widget, close } = await start()
    await widget.ask(MONEY)
    await widget.ask(PRAGUE)
    const before = await widget.find('.turns').innerText()
    await page.reload()
    await widget.turns.nth(1).waitFor()
    expect(await widget.find('.turns').innerText()).toBe(before)
    await widget.open(0)
    expect(collapsed(await widget.highlight.textContent())).not.toBe('')
    await close()
  })

  it('goes on after a reload where it was', async () => {
    const { page, widget, close } = await start()
    await widget.ask(MONEY)
    await page.reload()
    await widget.turns.first().waitFor()
    await widget.ask('En wie ondertekende die brief?')
    expect(await widget.turns.count()).toBe(2)
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    await close()
  })

  it('is forgotten when a new one is begun, also after a reload', async () => {
    const { page, widget, close } = await start()
    await widget.ask(MONEY)
    await widget.find('.new').click()
    expect(await widget.turns.count()).toBe(0)
    expect(await widget.focused()).toBe('question')
    await page.reload()
    await widget.find('.welcome').waitFor()
    expect(await widget.turns.count()).toBe(0)
    await close()
  })

  it('stays in its own tab: a second visitor sees nothing of it', async () => {
    const first = await start()
    await first.widget.ask(MONEY)
    const second = await start()
    await second.widget.find('.welcome').waitFor()
    expect(await second.widget.turns.count()).toBe(0)
    await first.close()
    await second.close()
  })
})

describe('the demo page', () => {
  it('lists the documents with their dates, newest first, and links to each', async () => {
    const { page, close } = await start()
    const items = page.locator('.documents li')
    await items.first().waitFor()
    expect(await items.count()).toBe(5)
    expect(await items.first().innerText()).toContain('23 mei 2025')
    for (const href of await items
      .locator('a')
      .evaluateAll(links => links.map(link => (link as HTMLAnchorElement).href))) {
      expect((await page.request.get(href)).status()).toBe(200)
    }
    await close()
  })

  it('shows how to embed the widget with its own address, and every address works', async () => {
    const { page, close } = await start()
    const examples = await page.locator('pre').allInnerTexts()
    const addresses = examples.flatMap(text =>
      [...text.matchAll(/src="([^"]+)"/g)].map(match => match[1] ?? ''),
    )
    expect(addresses).toHaveLength(3)
    for (const address of addresses) {
      expect(address.startsWith(server.url)).toBe(true)
      expect((await page.request.get(address)).status()).toBe(200)
    }
    expect((await page.request.get(`${server.url}/v1/openapi.json`)).status()).toBe(200)
    await close()
  })

  it('asks nothing of anyone else and sets no cookie', async () => {
    const { page, widget, origins, close } = await start()
    await widget.ask(MONEY)
    await widget.open(0)
    expect([...origins]).toEqual([new URL(server.url).origin])
    expect(await page.context().cookies()).toEqual([])
    await close()
  })
})

describe('the source panel on a phone', () => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

  it('is a sheet over the page that a tap beside it closes', async () => {
    const { page, widget, close } = await start(phone)
    await widget.ask(MONEY)
    await widget.open(0)
    expect(await widget.source.evaluate(dialog => dialog.matches(':modal'))).toBe(true)
    expect(collapsed(await widget.highlight.textContent())).toContain('118 miljoen euro')
    await page.touchscreen.tap(180, 20)
    await widget.source.waitFor({ state: 'hidden' })
    await close()
  })

  it('is closed by the back gesture, and opens again', async () => {
    const { widget, close } = await start(phone)
    await widget.ask(MONEY)
    for (let times = 0; times < 2; times += 1) {
      await widget.open(0)
      // What a browser does for the gesture: it asks the dialog to close.
      await widget.source.evaluate(dialog =>
        dialog.dispatchEvent(new Event('cancel', { cancelable: true, bubbles: false })),
      )
      await widget.source.waitFor({ state: 'hidden' })
    }
    await close()
  })

  it('becomes a panel beside the conversation when the window grows', async () => {
    const { page, widget, close } = await start({ viewport: { width: 700, height: 900 } })
    await widget.ask(MONEY)
    await widget.open(0)
    expect(await widget.source.evaluate(dialog => dialog.matches(':modal'))).toBe(true)
    await page.setViewportSize({ width: 1300, height: 900 })
    await expect.poll(() => widget.source.evaluate(dialog => dialog.matches(':modal'))).toBe(false)
    expect(await widget.source.isVisible()).toBe(true)
    await close()
  })
})

/** The view the source panel asks for, for the type of the check below. */
type View = ParagraphView

describe('the source panel', () => {
  it('copies a reference that names the place, the quote and the address', async () => {
    const { page, widget, close } = await start({ permissions: ['clipboard-read', 'clipboard-write'] })
    const answer = await answerOf(widget, MONEY)
    await widget.open(0)
    await widget.find('.source-footer button').click()
    await expect.poll(() => widget.find('.source-footer button').innerText()).toContain('Gekopieerd')
    const [citation] = answer.citations
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      [
        `${citation?.title}, 23 mei 2025, pagina ${citation?.page}`,
        `‘${citation?.quote}’`,
        `${server.url}${citation?.href}`,
      ].join('\n'),
    )
    await close()
  })

  it('shows the neighbours as the server gives them, in reading order', async () => {
    const { page, widget, close } = await start()
    const answer = await answerOf(widget, PRAGUE)
    const [citation] = answer.citations
    if (!citation) throw new Error('The answer cites nothing')
    await widget.open(0)
    const [documentId, anchor] = citation.paragraphId.split('#')
    const response = await page.request.get(
      `${server.url}/v1/documents/${documentId}/paragraphs/${anchor}?neighbours=5`,
    )
    const view = (await response.json()) as View
    const expected = [...view.before, view.paragraph, ...view.after].map(each => collapsed(each.text))
    const shown = await widget.find('dialog.source .source-body > .printed > p').allTextContents()
    expect(shown.map(collapsed)).toEqual(expected)
    await close()
  })
})
