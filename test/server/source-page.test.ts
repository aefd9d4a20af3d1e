import { describe, expect, it } from 'vitest'
import type { Paragraph, Span } from '../../ingest/corpus.js'
import { escapeHtml } from '../../server/pages/html.js'
import { printedText } from '../../server/pages/printed-text.js'
import { readableDate, type SourcePage, sourcePageParts } from '../../server/source-page.js'
import { FAKE_CONTENT, FAKE_DOCUMENT } from '../support/fake-assistant.js'

const renderPage = (source: SourcePage) => [...sourcePageParts(source)].join('')

const render = (cited: Span | null) =>
  renderPage({
    document: FAKE_DOCUMENT,
    content: FAKE_CONTENT,
    cited,
    basePath: '/v',
    publicUrl: 'https://vragen.example/v',
  })

/** What a reader sees: the text content of a piece of HTML. */
const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

const spanOf = (text: string): Span => {
  const start = FAKE_CONTENT.source.indexOf(text)
  return [start, start + text.length]
}

const paragraphHtml = (page: string, anchor: string) =>
  new RegExp(`<div class="paragraph [\\w-]+" id="${anchor}">(.*?)</div>`, 's').exec(page)?.[1] ?? ''

describe('the source page', () => {
  it('holds every paragraph as printed, under its anchor', () => {
    const page = render(null)
    for (const { anchor, text } of FAKE_CONTENT.paragraphs) {
      expect(textOf(paragraphHtml(page, anchor))).toContain(text)
    }
    expect(page).not.toContain('<mark')
  })

  it('marks exactly the cited passage', () => {
    const page = render(spanOf('in 2029 20 miljoen euro'))
    const marks = [...page.matchAll(/<mark[^>]*>(.*?)<\/mark>/gs)].map(match => textOf(match[1] as string))
    expect(marks).toEqual(['in 2029 20 miljoen euro'])
    expect(page.match(/id="citaat"/g)).toHaveLength(1)
  })

  it('marks a passage over several paragraphs in each of them, and can go there once', () => {
    const [start] = spanOf('20 miljoen')
    const [, end] = spanOf('Het eerste punt')
    const page = render([start, end])
    const marks = [...page.matchAll(/<mark[^>]*>(.*?)<\/mark>/gs)].map(match => textOf(match[1] as string))
    expect(marks).toEqual(['20 miljoen euro.', 'a) Het eerste punt'])
    expect(page.match(/id="citaat"/g)).toHaveLength(1)
  })

  it('marks nothing for a range outside the text', () => {
    expect(render([900_000, 900_010])).not.toContain('<mark')
  })

  it('shows text from outside as text', () => {
    const page = render(null)
    expect(page).toContain('&lt;b&gt;met&lt;/b&gt;')
    expect(page).not.toContain('<b>met</b>')
    expect(page).toContain('<h1>Begroting &amp; toelichting</h1>')
  })

  it('links a footnote number to the footnote, and the footnote back', () => {
    const page = render(null)
    expect(paragraphHtml(page, 'p-1')).toContain('<sup><a class="note" href="#voetnoot-1"')
    expect(paragraphHtml(page, 'voetnoot-1')).toContain('href="#p-1"')
  })

  it('names page, label, document facts, draft status and what is not from the document', () => {
    const page = render(null)
    expect(page).toContain('id="pagina-1"')
    expect(page).toContain('id="pagina-2"')
    expect(page).toContain('23 mei 2025')
    expect(page).toContain('12345/25')
    expect(page).toMatch(/class="badge">Ontwerp/)
    expect(page).toMatch(/Ministerie van Proeven <small>\(niet uit het document zelf\)/)
  })

  it('offers a permalink for every paragraph, and a reference with title, date, number, label and address', () => {
    const page = render(spanOf('Het eerste punt'))
    expect(textOf(/<cite>(.*?)<\/cite>/.exec(page)?.[1] ?? '')).toBe(
      'Ministerie van Proeven, Begroting & toelichting, 23 mei 2025, 12345/25, a). https://vragen.example/v/documenten/begroting#punt-a',
    )
    const ofDocument = textOf(/ data-reference="([^"]*)"/.exec(page)?.[1] ?? '')
    expect(ofDocument).toBe(
      'Ministerie van Proeven, Begroting & toelichting, 23 mei 2025, 12345/25. https://vragen.example/v/documenten/begroting',
    )
    expect(paragraphHtml(page, 'punt-a')).toContain('data-place="a)"')
    expect(paragraphHtml(page, 'punt-a')).toContain('href="#punt-a"')
    expect(paragraphHtml(page, 'p-2')).toContain('data-place="pagina 2"')
  })

  it('has no script, style or handler in it, so that the strictest policy holds', () => {
    const page = render(spanOf('2029'))
    expect(page).not.toMatch(/<script(?![^>]* src=)/)
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/)
    expect(page).toContain('href="/v/pagina.css"')
  })
})

describe('printed text', () => {
  const paragraph = (text: string, spans: readonly Span[] = [[0, text.length]]): Paragraph => ({
    ...(FAKE_CONTENT.paragraphs[1] as Paragraph),
    text,
    spans,
    footnotes: [],
  })
  const print = (
    text: string,
    cited: Span | null = null,
    footnotes: { label: string; href: string; title: string }[] = [],
  ) => printedText(paragraph(text), { source: text, cited, isFirstCited: true, footnotes }).text

  it('hides Markdown marks without taking them out', () => {
    const shown = print('De **vette** zin')
    expect(shown).toBe(
      'De <span class="sign" hidden>**</span><strong>vette</strong><span class="sign" hidden>**</span> zin',
    )
    expect(textOf(print('## Kop 1'))).toBe('## Kop 1')
    expect(print('2 ** 3 is acht')).not.toContain('strong')
  })

  it('keeps its text letter by letter, whatever is marked in it', () => {
    const text = 'Een **zin** met <tekens> & "meer" dan 3 noten4, echt **waar**.'
    for (let start = 0; start < text.length; start += 3) {
      for (let end = start + 1; end <= text.length; end += 5) {
        const shown = print(text, [start, end], [{ label: 'voetnoot 4', href: '#n4', title: 'n' }])
        expect(textOf(shown)).toBe(text)
        const marked = [...shown.matchAll(/<mark[^>]*>(.*?)<\/mark>/gs)].map(match =>
          textOf(match[1] as string),
        )
        expect(marked.join('')).toBe(text.slice(start, end).trim())
      }
    }
  })

  it('marks over the gap between two spans', () => {
    const source = 'Het begin van de zin\n\nkop van de pagina\n\nen het einde.'
    const end = source.indexOf('en het')
    const split = paragraph('Het begin van de zin en het einde.', [
      [0, 20],
      [end, source.length],
    ])
    const shown = printedText(split, { source, cited: [4, end + 2], isFirstCited: false, footnotes: [] }).text
    expect(shown).toBe('Het <mark>begin van de zin en</mark> het einde.')
  })

  it('links only a number that can be a footnote, and only when there is one', () => {
    const note = [{ label: 'voetnoot 4', href: '#n4', title: 'n' }]
    expect(print('Zie de nota4 hierover.', null, note)).toContain('href="#n4"')
    expect(print('Van 4 mei 20114. Daarom', null, note)).toContain('<sup><a class="note" href="#n4"')
    expect(print('Artikel 4 en nota4 en brief4.', null, note)).not.toContain('href="#n4"')
    expect(print('In 2014 was dat 3,4 miljoen.', null, note)).not.toContain('href="#n4"')
  })
})

describe('small things', () => {
  it('dates are written as readers write them', () => {
    expect(readableDate('2025-05-23')).toBe('23 mei 2025')
    expect(readableDate('2008-11')).toBe('november 2008')
    expect(readableDate('2009')).toBe('2009')
  })

  it('everything that means something in HTML is escaped', () => {
    expect(escapeHtml(`<a href="x" b='y'>&</a>`)).toBe(
      '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
    )
  })
})
