import { describe, expect, it } from 'vitest'
import { sourcePageParts } from '../../server/source-page.js'
import { FAKE_CONTENT, FAKE_DOCUMENT } from '../support/fake-assistant.js'

const render = (text: string, document = FAKE_DOCUMENT) => {
  const [first, ...rest] = FAKE_CONTENT.paragraphs
  if (!first) throw new Error('the fake document has no paragraphs')
  const parts = sourcePageParts({
    document,
    content: { ...FAKE_CONTENT, paragraphs: [{ ...first, text, page: 3 }, ...rest] },
    cited: null,
    basePath: '',
    publicUrl: 'https://vragen.example',
  })
  return [...parts].join('')
}

describe('links to official sources', () => {
  it('the number of another document links to its publisher', () => {
    expect(render('Zie Kamerstuk 19 637, nr. 2500.')).toContain(
      '<a class="official" href="https://zoek.officielebekendmakingen.nl/kst-19637-2500.html"',
    )
  })

  it('a number without a certain address is text', () => {
    expect(render('Zie COM(2011) 292/3.')).not.toContain('class="official"')
  })

  it('the pages of a PDF open the official file there, when its address is a PDF', () => {
    const pdf = { ...FAKE_DOCUMENT, file: 'stuk.pdf', url: 'https://www.example.nl/stuk.pdf' }
    expect(render('Tekst.', pdf)).toContain('<a href="https://www.example.nl/stuk.pdf#page=3"')
    expect(render('Tekst.', { ...pdf, url: 'https://www.example.nl/stuk' })).not.toContain('#page=3')
    expect(render('Tekst.', { ...pdf, file: 'stuk.docx' })).not.toContain('#page=3')
  })
})
