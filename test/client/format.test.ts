import { describe, expect, it } from 'vitest'
import { answerAsText, citationAsText, describeSource, formatDate } from '../../client/format.js'
import { languageOf, widgetTexts } from '../../client/texts.js'
import { answered, citation, segment } from '../support/answers.js'

describe('dates', () => {
  it.each([
    ['2025-05-23', '23 mei 2025'],
    ['2009-04', 'april 2009'],
    ['2009', '2009'],
    ['onbekend', 'onbekend'],
  ])('read %s as %s, as exactly as it is known', (date, text) => {
    expect(formatDate(date, 'nl')).toBe(text)
  })

  it('are written in the language of the widget', () => {
    expect(formatDate('2025-05-23', 'en')).toBe('23 May 2025')
  })
})

describe('a source in words', () => {
  it('names title, date, label and page, and leaves out what is not known', () => {
    expect(describeSource(citation(2, { label: '18 b)' }), widgetTexts.nl, 'nl')).toBe(
      'Kamerbrief internationale migratiesamenwerking, 23 mei 2025, 18 b), pagina 2',
    )
    expect(describeSource(citation(2, { label: null, page: null, date: null }), widgetTexts.nl, 'nl')).toBe(
      'Kamerbrief internationale migratiesamenwerking',
    )
  })

  it('is copied with number, quote and address', () => {
    const text = citationAsText(citation(1), 'https://host.example/documenten/x#p-1', widgetTexts.nl, 'nl')
    expect(text.split('\n')).toEqual([
      'Kamerbrief internationale migratiesamenwerking, BZ-2025-1234, 23 mei 2025, pagina 1',
      `‘${citation(1).quote}’`,
      'https://host.example/documenten/x#p-1',
    ])
  })
})

describe('a copied answer', () => {
  const answer = answered('Hoeveel?', [segment('quote', citation(1).quote, [1])], [citation(1)])

  it('holds question, answer with numbers, every source with its address, and who made it', () => {
    const text = answerAsText(
      answer,
      'https://host.example/antwoorden/a',
      href => `https://host.example${href}`,
      widgetTexts.nl,
      'nl',
    )
    expect(text).toContain('Vraag: Hoeveel?')
    expect(text).toContain(`${citation(1).quote} [1]`)
    expect(text).toContain(`https://host.example${citation(1).href}`)
    expect(text).toContain('Samengesteld door een zoekprogramma')
    expect(text).toContain('https://host.example/antwoorden/a')
  })

  it('holds no link where the server keeps no answers', () => {
    expect(answerAsText(answer, null, () => null, widgetTexts.nl, 'nl')).not.toContain('http')
  })
})

describe('the language of the widget', () => {
  it.each([
    ['nl', 'nl'],
    ['nl-BE', 'nl'],
    ['', 'nl'],
    ['fr', 'nl'],
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['enm', 'nl'],
  ])('for %j is %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language)
  })

  it('leaves no text empty, in either language', () => {
    const values = (texts: object): unknown[] =>
      Object.values(texts).flatMap(value =>
        typeof value === 'object' && value !== null ? values(value) : [value],
      )
    for (const texts of Object.values(widgetTexts)) {
      const all = values(texts)
      expect(all.length).toBeGreaterThan(80)
      expect(all.filter(value => value === '')).toEqual([])
    }
  })
})
