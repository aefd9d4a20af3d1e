import { describe, expect, it } from 'vitest'
import { expectSound, paragraphOf, parentOf, read, textsOf } from '../paragraphs/support.js'

const page = (body: string, head = ''): string =>
  `<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Zee | Overheid</title>${head}</head><body>${body}</body></html>`
const html = async (body: string, head?: string) => (await read(page(body, head), 'pagina.html')).content

describe('web pages', () => {
  it('the main content is read; navigation, banners, forms and scripts are not', async () => {
    const content = await html(
      '<header><a href="/">Overheid</a></header><div class="cookie-consent"><p>Wij gebruiken cookies.</p></div><nav><ul><li><a href="#">Home</a></li></ul></nav>' +
        '<div id="wrap"><div class="content"><h1>De zee</h1><p>De zee is groot en vrij voor iedereen.</p><ul class="share"><li>Deel</li></ul><script>alert(1)</script></div></div><footer>Contact</footer>',
    )
    expectSound(content)
    expect(textsOf(content)).toEqual(['De zee', 'De zee is groot en vrij voor iedereen.'])
  })

  it.each([
    '<p style="display:none">X</p>',
    '<p style="visibility: hidden">X</p>',
    '<div hidden><p>X</p></div>',
    '<p aria-hidden="true">X</p>',
    '<p style="color:white">X</p>',
    '<p style="color:#FFF;background-color:#ffffff">X</p>',
    '<p style="font-size:0">X</p>',
    '<p style="position:absolute;left:-9999px">X</p>',
    '<p class="weg">X</p>',
    '<p id="wit">X</p>',
    '<div class="doos"><span><p>X</p></span></div>',
    '<ul class="lijst"><li class="a b">X</li></ul>',
    '<!-- X -->',
    '<template>X</template>',
    '<noscript>X</noscript>',
    '<font color="#ffffff">X</font>',
  ])('what a reader does not see is no paragraph: %s', async hidden => {
    const styles =
      '<style>.weg { display: none } #wit{color:#fff} div.doos p, .lijst > li.a.b {display:none} @media print{.druk{display:none}}</style>'
    const content = await html(`<p>De zee.</p>${hidden}<p class="druk">De kust.</p>`, styles)
    expectSound(content)
    expect(content.source).not.toContain('X')
    expect(textsOf(content)).toEqual(['De zee.', 'De kust.'])
  })

  it('white on black is read', async () => {
    expect(textsOf(await html('<div style="background:#000"><p style="color:#fff">Wit.</p></div>'))).toEqual([
      'Wit.',
    ])
  })

  it('ordered lists carry the labels that a browser prints', async () => {
    const content = await html(
      '<p>De lijst:</p><ol type="a"><li><p>een;</p></li><li>twee:<ul><li>fijn</li></ul></li></ol><ol start="4"><li>vier</li></ol>',
    )
    expectSound(content)
    expect(content.paragraphs.map(({ kind, label, text }) => [kind, label, text])).toEqual([
      ['text', null, 'De lijst:'],
      ['list-item', 'a.', 'een;'],
      ['list-item', 'b.', 'twee:'],
      ['list-item', '•', 'fijn'],
      ['list-item', '4.', 'vier'],
    ])
    expect(parentOf(content, paragraphOf(content, 'een'))).toBe('De lijst:')
    expect(parentOf(content, paragraphOf(content, 'fijn'))).toBe('twee:')
  })

  it('a row of a table is a paragraph that is searched with the heads of its columns', async () => {
    const content = await html(
      '<table><thead><tr><th>Jaar</th><th>Bedrag</th></tr></thead><tr><td>2031</td><td>40 miljoen</td></tr></table>',
    )
    expectSound(content)
    expect(content.paragraphs[1]).toMatchObject({
      kind: 'table-row',
      text: '2031 | 40 miljoen',
      searchText: 'Jaar 2031, Bedrag 40 miljoen',
    })
  })

  it('the heads stand in front of their own cells, also where a cell is empty and where nothing marks them as heads', async () => {
    const content = await html(
      '<table><tr><td>Dorp</td><td>Bedrag</td><td>Jaar</td></tr><tr><td>Zuidveld</td><td></td><td>2031</td></tr></table>',
    )
    expect(content.paragraphs[1]?.searchText).toBe('Dorp Zuidveld, Jaar 2031')
  })

  it('a table that only sets numbers beside text is a list', async () => {
    const content = await html(
      '<p>Overwegende hetgeen volgt:</p><table><tr><td><p>(1)</p></td><td><p>De zee is groot.</p></td></tr></table><table><tr><td>(2)</td><td>De kust is lang.</td></tr></table>',
    )
    expectSound(content)
    expect(content.paragraphs.slice(1).map(({ kind, label, text }) => [kind, label, text])).toEqual([
      ['list-item', '(1)', '(1) De zee is groot.'],
      ['list-item', '(2)', '(2) De kust is lang.'],
    ])
  })

  it.each([
    [
      '<p>De zee<a id="r" href="#n">(1)</a> is groot.</p>',
      '<p class="note"><a id="n" href="#r">(1)</a> PB L 12.</p>',
    ],
    [
      '<p>De zee<sup><a id="r" href="#n">1</a></sup> is groot.</p>',
      '<ol><li id="n"><p>PB L 12. <a href="#r">↩</a></p></li></ol>',
    ],
  ])('links to notes make footnotes', async (text, note) => {
    const content = await html(text + note)
    expectSound(content)
    const found = content.paragraphs.find(({ kind }) => kind === 'footnote')
    expect(found).toMatchObject({ label: 'voetnoot 1', text: expect.stringContaining('PB L 12.') })
    expect(content.paragraphs[0]?.footnotes).toEqual([found?.id])
    expect(content.paragraphs[0]?.searchText).toBe('De zee is groot.')
  })

  it('articles of a regulation have their title in the heading and their parts as labels', async () => {
    const content = await html(
      '<p class="ti-art">Artikel 3</p><p class="sti-art">Onderwerp</p><p>1.&nbsp;&nbsp;De zee is vrij.</p><p>2. Dit geldt niet voor:</p><p>a) de haven;</p><p>b) het strand.</p>',
    )
    expectSound(content)
    expect(content.paragraphs.map(({ label }) => label)).toEqual([
      'artikel 3',
      'artikel 3, eerste lid',
      'artikel 3, tweede lid',
      'artikel 3, tweede lid, onder a',
      'artikel 3, tweede lid, onder b',
    ])
    expect(content.paragraphs.at(-1)?.headingPath).toEqual(['Artikel 3 Onderwerp'])
  })

  it('title and date come from the page', async () => {
    const { found } = await read(
      page('<main><h1>De zee</h1><p>Tekst.</p></main>', '<meta name="DCTERMS.issued" content="2031-05-06">'),
      'x.html',
    )
    expect(found).toEqual({ title: 'De zee', date: '2031-05-06', documentNumber: null })
  })

  it('elements that nest without end do not exhaust the stack', async () => {
    const content = await html(`${'<div>'.repeat(20_000)}Diep.${'</div>'.repeat(20_000)}`)
    expect(textsOf(content)).toEqual(['Diep.'])
  })
})
