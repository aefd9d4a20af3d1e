import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NEIGHBOURS, viewOf } from '../support/answers.js'
import { collapsed, launchBrowser, openPage, Widget } from '../support/browser.js'
import { type FakeServer, startFakeServer } from '../support/fake-chat-server.js'
import { CITATIONS, HOSTILE_TEXT, LONG_LINE, RIGHT_TO_LEFT, script } from '../support/scripts.js'

let browser: Browser
let server: FakeServer
let sourceWorks = true

beforeAll(async () => {
  browser = await launchBrowser()
  server = await startFakeServer({
    script,
    settings: { suggestedQuestions: ['Hoeveel geld is er begroot?'], contactUrl: 'https://contact.example/' },
    paragraph: (documentId, anchor) =>
      sourceWorks ? viewOf(documentId, anchor, CITATIONS, 3 * NEIGHBOURS) : null,
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})
beforeEach(() => {
  sourceWorks = true
  server.accept()
})

const start = async (options = {}) => {
  const opened = await openPage(browser, `${server.url}/`, {
    viewport: { width: 1280, height: 900 },
    ...options,
  })
  return { ...opened, widget: new Widget(opened.page) }
}

const sent = (type: string): number => server.received.filter(message => message.type === type).length

describe('an answer under way', () => {
  it('appears piece by piece', async () => {
    const { widget, close } = await start()
    await widget.send('langzaam graag')
    const seen = new Set<number>()
    while (!(await widget.find('.turn[data-status="answered"]').count())) {
      seen.add(await widget.lastTurn.locator('.segment').count())
      await widget.page.waitForTimeout(100)
    }
    expect([...seen]).toEqual([...seen].sort((left, right) => left - right))
    expect(seen.size).toBeGreaterThanOrEqual(4)
    await close()
  })

  it('stops when told, keeps what was there, and tells the server', async () => {
    const { widget, close } = await start()
    const cancelled = sent('question-cancel')
    await widget.send('langzaam graag')
    await widget.lastTurn.locator('blockquote').first().waitFor()
    await widget.find('.stop').click()
    await widget.find('.turn[data-status="stopped"]').waitFor()
    expect(await widget.lastTurn.locator('blockquote').count()).toBe(1)
    expect(await widget.lastTurn.innerText()).toContain('gestopt')
    await expect.poll(() => sent('question-cancel')).toBe(cancelled + 1)
    expect(await widget.focused()).toBe('question')
    await widget.lastTurn.getByText('Opnieuw stellen').click()
    await widget.ended()
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    await close()
  })

  it('is not stopped by the second half of a double click on the button that asks', async () => {
    const { widget, close } = await start()
    await widget.field.fill('langzaam graag')
    await widget.find('.primary').dblclick()
    await widget.ended()
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    await close()
  })

  it('lets no second question through', async () => {
    const { widget, close } = await start()
    await widget.send('langzaam graag')
    await widget.send('Nog een vraag')
    await widget.find('.field-fault').waitFor()
    expect(await widget.turns.count()).toBe(1)
    expect(await widget.field.inputValue()).toBe('Nog een vraag')
    await close()
  })

  it('goes on after a broken connection without loss, repetition or a word about it', async () => {
    const { widget, close } = await start()
    const asked = sent('question-ask')
    const troubles: string[] = []
    await widget.send('dit breekt')
    while (!(await widget.find('.turn[data-status="answered"]').count())) {
      troubles.push(...(await widget.find('.trouble').allInnerTexts()))
      await widget.page.waitForTimeout(50)
    }
    expect(troubles).toEqual([])
    expect(sent('question-ask')).toBe(asked + 1)
    expect(await widget.lastTurn.locator('blockquote').count()).toBe(2)
    await close()
  })

  it('goes on after a reload', async () => {
    const { page, widget, close } = await start()
    const asked = sent('question-ask')
    await widget.send('langzaam graag')
    await widget.lastTurn.locator('blockquote').first().waitFor()
    await page.reload()
    await widget.ended()
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    expect(await widget.lastTurn.locator('blockquote').count()).toBe(2)
    expect(sent('question-ask')).toBe(asked + 1)
    await close()
  })

  it('says that the connection is gone only when that takes long', async () => {
    const { widget, close } = await start()
    await widget.send('langzaam graag')
    await widget.lastTurn.locator('blockquote').first().waitFor()
    server.cut(true)
    await widget.find('.trouble').waitFor()
    expect(await widget.find('.trouble').innerText()).toContain('De verbinding is weggevallen')
    server.accept()
    await widget.ended()
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    expect(await widget.find('.trouble').count()).toBe(0)
    await close()
  })

  it('waits while the device is offline, says so at once, and goes on when it is back', async () => {
    const { page, widget, close } = await start()
    await widget.send('langzaam graag')
    await widget.lastTurn.locator('blockquote').first().waitFor()
    await page.context().setOffline(true)
    await widget.find('.trouble').waitFor()
    expect(await widget.find('.trouble').innerText()).toContain('U bent offline')
    await page.context().setOffline(false)
    await widget.ended()
    expect(await widget.lastTurn.locator('blockquote').count()).toBe(2)
    expect(await widget.find('.trouble').count()).toBe(0)
    await close()
  })

  it('can be asked for offline: it is sent when the device is back', async () => {
    const { page, widget, close } = await start()
    await page.context().setOffline(true)
    await widget.send('Hoeveel geld is er begroot?')
    await widget.find('.trouble').waitFor()
    await page.context().setOffline(false)
    await widget.ended()
    expect(await widget.lastTurn.getAttribute('data-status')).toBe('answered')
    await close()
  })
})

describe('a fault', () => {
  it('is told in plain Dutch, can be tried again, and the question adjusted', async () => {
    const { widget, close } = await start()
    await widget.ask('storing')
    const text = await widget.lastTurn.innerText()
    expect(text).toContain('Het is niet gelukt')
    expect(text).toContain('Het antwoord duurde te lang')
    await widget.lastTurn.getByText('Vraag aanpassen').click()
    expect(await widget.field.inputValue()).toBe('storing')
    await widget.lastTurn.getByText('Opnieuw proberen').click()
    await widget.ended()
    expect(await widget.turns.count()).toBe(1)
    await close()
  })

  it('that will not go away offers no second try', async () => {
    const { widget, close } = await start()
    await widget.ask('opnieuw mag niet')
    expect(await widget.lastTurn.getByText('Opnieuw proberen').count()).toBe(0)
    expect(await widget.lastTurn.getByText('Vraag aanpassen').count()).toBe(1)
    await close()
  })

  it.each([
    ['', 'Typ eerst een vraag.'],
    ['   ', 'Typ eerst een vraag.'],
    ['x'.repeat(2_001), 'Uw vraag is te lang: 2.001 tekens'],
  ])('of the question itself (%#) is told at the field, before anything is sent', async (question, text) => {
    const { widget, close } = await start()
    const asked = sent('question-ask')
    await widget.send(question)
    expect(await widget.find('.field-fault').innerText()).toContain(text)
    expect(await widget.field.getAttribute('aria-invalid')).toBe('true')
    expect(await widget.turns.count()).toBe(0)
    expect(sent('question-ask')).toBe(asked)
    await widget.field.fill('Hoeveel?')
    expect(await widget.find('.field-fault').count()).toBe(0)
    await close()
  })

  it('of the source view leaves the paragraph readable, and can be tried again', async () => {
    const { widget, close } = await start()
    await widget.ask('Hoeveel geld is er begroot?')
    sourceWorks = false
    await widget.citations.first().click()
    await widget.source.getByText('kon niet worden opgehaald').waitFor()
    expect(collapsed(await widget.highlight.textContent())).toBe(CITATIONS[0]?.quote)
    sourceWorks = true
    await widget.source.getByText('Opnieuw proberen').click()
    await widget.surroundings()
    await close()
  })
})

describe('a rating', () => {
  it('of a bad answer asks for the reason and sends it', async () => {
    const { widget, close } = await start()
    await widget.ask('Hoeveel geld is er begroot?')
    await widget.lastTurn.locator('.thumbs button').nth(1).click()
    await widget.lastTurn.getByText('Het is niet volledig').click()
    await widget.lastTurn.locator('textarea').fill('Het bedrag voor 2030 ontbreekt.')
    await widget.lastTurn.getByText('Versturen').click()
    await widget.lastTurn.getByText('Dank u wel').waitFor()
    expect(server.received.findLast(message => message.type === 'feedback-give')).toMatchObject({
      feedback: { rating: 'down', reason: 'onvolledig', comment: 'Het bedrag voor 2030 ontbreekt.' },
    })
    await close()
  })
})

describe('text of a model', () => {
  it('is text, whatever it holds: HTML, scripts, Markdown, a line of 100 kB, an address that is a script', async () => {
    const { page, widget, errors, close } = await start()
    await widget.ask('vijandig')
    const answer = widget.lastTurn.locator('.answer')
    expect(await answer.locator('p').first().textContent()).toContain(HOSTILE_TEXT)
    expect(collapsed(await answer.locator('blockquote .segment').textContent())).toBe(collapsed(HOSTILE_TEXT))
    expect(await answer.innerText()).toContain(LONG_LINE.slice(0, 200))
    expect(await answer.locator('img, script, a').count()).toBe(0)
    await widget.citations.first().hover()
    await widget.citations.first().click()
    await widget.surroundings()
    expect(await widget.source.locator('img, script, a').count()).toBe(0)
    expect(await page.locator('html').getAttribute('data-owned')).toBeNull()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(1280)
    expect(errors).toEqual([])
    await close()
  })

  it('that was not confirmed is marked, and what that means is said', async () => {
    const { widget, close } = await start()
    await widget.ask('taalmodel')
    expect(await widget.lastTurn.locator('.unconfirmed').innerText()).toBe('Dat is meer dan ooit.')
    expect(await widget.lastTurn.locator('.badge').innerText()).toContain('niet bevestigd')
    expect(await widget.lastTurn.innerText()).toContain('Niet bevestigd betekent')
    expect(await widget.lastTurn.innerText()).toContain('Geschreven door een taalmodel (AI)')
    await close()
  })

  it('runs from right to left where its letters do', async () => {
    const { widget, close } = await start()
    await widget.ask('taalmodel')
    const quote = widget.lastTurn.locator('blockquote .segment')
    expect(await quote.textContent()).toBe(RIGHT_TO_LEFT)
    expect(await quote.evaluate(element => element.matches(':dir(rtl)'))).toBe(true)
    await close()
  })
})

describe('the notice', () => {
  it('always says that a computer answers and who writes, with a way to more information', async () => {
    const { widget, close } = await start()
    const notice = widget.find('.notice')
    expect(await notice.innerText()).toContain('U praat met een computer, niet met een mens')
    expect(await notice.innerText()).toContain('zonder taalmodel')
    expect(await notice.locator('a').getAttribute('href')).toBe(`${server.url}/#over`)
    await widget.ask('Hoeveel geld is er begroot?')
    expect(await notice.isVisible()).toBe(true)
    await close()
  })
})
