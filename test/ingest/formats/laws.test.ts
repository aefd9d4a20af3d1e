import { describe, expect, it } from 'vitest'
import { expectSound, furnitureOf, paragraphOf, parentOf, read } from '../paragraphs/support.js'

const FRONT = '---\ntitel: Zeewet\nidentificatie: BWBR0099999\nland: nl\ndatum: 2031-07-01\n'
const LAW = `${FRONT}---

# Zeewet


## Artikel 1
In deze wet wordt verstaan onder:

Onze Minister: Onze Minister van Zee;

kust: het land aan zee;

zee: het zoute water.


## Artikel 2a
De zee is vrij.

De kust is open, behalve:

bij storm;

bij ijs.

Werkt terug tot en met 1 januari 2030.


**1.**
De zee is vrij.


**2.**
De kust is open, behalve:

bij storm;

bij ijs.


## Artikel 3
Deze wet heet Zeewet.
`
const law = () => read(LAW, 'BWBR0099999.md')

/** What UTF-8 becomes when it is read as Windows-1252 and written as UTF-8 again. */
const twice = (text: string): string => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text))

describe('laws', () => {
  it('front matter gives title, number and date; the number is metadata', async () => {
    const { content, found } = await law()
    expectSound(content)
    expect(found).toEqual({ title: 'Zeewet', date: '2031-07-01', documentNumber: 'BWBR0099999' })
    expect(paragraphOf(content, 'BWBR')).toMatchObject({
      kind: 'metadata',
      searchText: 'Documentnummer: BWBR0099999',
    })
  })

  it('statistics in the front matter are furniture', async () => {
    const statistics = "ecli_citations:\n  by_version:\n    '2031-01-01':\n      - ECLI:NL:HR:2031:1\n"
    const { content } = await read(
      LAW.replace('datum: 2031-07-01\n', `datum: 2031-07-01\n${statistics}`),
      'w.md',
    )
    expectSound(content)
    expect(content.paragraphs.filter(({ text }) => text.includes('ECLI'))).toEqual([])
    expect(content.paragraphs).toHaveLength((await law()).content.paragraphs.length)
  })

  it('articles and their parts have labels and anchors', async () => {
    const { content } = await law()
    expect(paragraphOf(content, '**1.** De zee').label).toBe('artikel 2a, eerste lid')
    expect(paragraphOf(content, '**2.** De kust').label).toBe('artikel 2a, tweede lid')
    expect(paragraphOf(content, 'Deze wet heet').label).toBe('artikel 3')
    expect(paragraphOf(content, '**1.** De zee').anchor).toMatch(/^artikel-2a-eerste-lid-/)
    expect(paragraphOf(content, 'Deze wet heet').headingPath).toEqual(['Zeewet', 'Artikel 3'])
  })

  it('an article that stands whole and again in parts is found once; what only the whole has stays', async () => {
    const { content } = await law()
    expect(
      content.paragraphs.filter(({ text }) => /^(?:\*\*\d\.\*\* )?(?:De zee is vrij|bij storm)/.test(text)),
    ).toHaveLength(2)
    expect(furnitureOf(content).filter(each => each.startsWith('repeated text'))).toEqual([
      'repeated text: De zee is vrij.',
      'repeated text: De kust is open, behalve:',
      'repeated text: bij storm;',
      'repeated text: bij ijs.',
    ])
    expect(paragraphOf(content, 'Werkt terug').label).toBe('artikel 2a')
  })

  it('definitions are items, whether they begin with a capital or not', async () => {
    const { content } = await law()
    for (const beginning of ['Onze Minister:', 'kust:', 'zee:']) {
      const item = paragraphOf(content, beginning)
      expect(item).toMatchObject({ kind: 'list-item', label: 'artikel 1' })
      expect(parentOf(content, item)).toBe('In deze wet wordt verstaan onder:')
    }
    expect(parentOf(content, paragraphOf(content, 'bij ijs'))).toBe('**2.** De kust is open, behalve:')
  })

  it('chapters, sections and articles of one depth nest in the order of their first use', async () => {
    const { content } = await read(
      '# Wet\n\n## Hoofdstuk I. Zee\n\n## Afdeling 1. Kust\n\n## Artikel 1\nEen.\n\n## Artikel 2\nTwee.\n\n## Hoofdstuk II. Lucht\n\n## Artikel 3\nDrie.\n',
      'wet.md',
    )
    expect(paragraphOf(content, 'Twee').headingPath).toEqual([
      'Wet',
      'Hoofdstuk I. Zee',
      'Afdeling 1. Kust',
      'Artikel 2',
    ])
    expect(paragraphOf(content, 'Drie').headingPath).toEqual(['Wet', 'Hoofdstuk II. Lucht', 'Artikel 3'])
  })

  it('text that was encoded twice is repaired, with a warning; other text is left alone', async () => {
    const { content } = await read(twice(LAW.replace('zoute', 'coördinerende “zoute”')), 'w.md')
    expectSound(content)
    expect(paragraphOf(content, 'zee:').text).toBe('zee: het coördinerende “zoute” water.')
    expect(content.warnings).toEqual([expect.stringMatching(/^encoding repaired: 3 /)])
    expect((await read('Één café en “twee”, à la carte.')).content.warnings).toEqual([])
  })

  it('a term, an equals sign and its meaning on lines of their own are one piece', async () => {
    const { content } = await read(
      '# Lijst\n\nAwb\n\n=\n\nAlgemene wet bestuursrecht\n\nBW\n\n=\n\nBurgerlijk Wetboek\n',
      'l.md',
    )
    expectSound(content)
    expect(content.paragraphs.slice(1).map(({ text }) => text)).toEqual([
      'Awb = Algemene wet bestuursrecht',
      'BW = Burgerlijk Wetboek',
    ])
  })

  it.each([
    ['3', 'artikel 5, derde lid'],
    ['21', 'artikel 5, eenentwintigste lid'],
    ['22', 'artikel 5, tweeëntwintigste lid'],
    ['30', 'artikel 5, dertigste lid'],
    ['1a', 'artikel 5, lid 1a'],
  ])('part %s is named "%s"', async (number, label) => {
    const { content } = await read(`# Wet\n\n## Artikel 5\n\n**${number}.**\nDe tekst van dit lid.\n`, 'w.md')
    expect(paragraphOf(content, `**${number}.**`).label).toBe(label)
  })
})
