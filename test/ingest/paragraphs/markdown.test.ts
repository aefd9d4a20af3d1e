import { describe, expect, it } from 'vitest'
import { contentOf, expectSound, furnitureOf, paragraphOf, parentOf, read, textsOf } from './support.js'

const markdown = (text: string) => contentOf(text, 'document.md')

describe('Markdown', () => {
  it('is recognised by its marks, whatever the file is called', async () => {
    expect((await read('## Een\n\n**Twee** en **drie**.\n\n---\n', 'x.txt')).format).toBe('markdown')
    expect((await read('Gewone tekst met een * en een # erin.\n', 'x.txt')).format).toBe('text')
    expect((await read('Een.\n\n---\n\nTwee.\n\n---\n\nDrie.\n\n---\n', 'x.txt')).format).toBe('text')
    expect((await read('Gewone tekst.\n', 'x.md')).format).toBe('markdown')
  })

  it('marks of headings and rules are furniture, bold words stay as printed and are bare in the search text', async () => {
    const content = await markdown(
      '## Zee ##\n\nDe **zee** is _breed_.\n\n***\n\nEen [wet](https://wet.nl).\n',
    )
    expectSound(content)
    expect(textsOf(content)).toEqual(['Zee', 'De **zee** is _breed_.', 'Een [wet](https://wet.nl).'])
    expect(content.paragraphs.map(each => each.searchText)).toEqual(['Zee', 'De zee is breed.', 'Een wet.'])
    expect(furnitureOf(content)).toEqual(['markup: ##', 'markup: ##', 'rule: ***'])
  })

  it('lines of a paragraph and hard line breaks are one paragraph', async () => {
    const content = await markdown('Een zin\nover de zee.  \nNog een\\\nzin.\n\nTwee.\n')
    expect(textsOf(content)).toHaveLength(2)
  })

  it('bold from end to end is a heading, with a full stop it is not', async () => {
    const content = await markdown(
      '# Nota\n\n**Over de zee**  \n**en de kust**\n\n**Let op.**\n\n**a** en **b**\n',
    )
    expect(content.paragraphs.map(each => each.kind)).toEqual(['heading', 'heading', 'text', 'text'])
    expect(paragraphOf(content, '**Let').headingPath).toEqual(['Nota', 'Over de zee en de kust'])
  })

  it('depths of headings hold, unless one series of numbers stands at several depths', async () => {
    const kept = await markdown('# A\n\n## B\n\n### C\n\nTekst.\n\n## D\n\nMeer.\n')
    expect(paragraphOf(kept, 'Tekst.').headingPath).toEqual(['A', 'B', 'C'])
    expect(paragraphOf(kept, 'Meer.').headingPath).toEqual(['A', 'D'])
    const guessed = await markdown('## I. A\n\n# *B*\n\nTekst.\n\n#### II. C\n\n**D**\n\nMeer.\n')
    expect(paragraphOf(guessed, 'Tekst.').headingPath).toEqual(['I. A', 'B'])
    expect(paragraphOf(guessed, 'Meer.').headingPath).toEqual(['II. C', 'D'])
  })

  it('items are numbered, lettered and bulleted as printed, whatever their indentation', async () => {
    const content = await markdown(`7. De Raad wil:
- a) minder plastic, namelijk:
    - ∞ in zee,
  - ∞ op het strand;
  - b) meer vis.

Tussendoor een alinea.

8. De Raad wil niets meer.
`)
    expectSound(content)
    expect(
      content.paragraphs.map(each => [each.kind, each.label, parentOf(content, each)?.slice(0, 9) ?? null]),
    ).toEqual([
      ['text', '7.', null],
      ['list-item', '7 a)', '7. De Raa'],
      ['list-item', '∞', 'a) minder'],
      ['list-item', '∞', 'a) minder'],
      ['list-item', '7 b)', '7. De Raa'],
      ['text', null, null],
      ['text', '8.', null],
    ])
    expect(furnitureOf(content)).toEqual(['markup: -', 'markup: -', 'markup: -', 'markup: -'])
  })

  it('bullets nest where they are indented and the item above does not end', async () => {
    const content = await markdown('- Vis\n  - haring\n  - tong\n- Plastic\n')
    expect(content.paragraphs.map(each => parentOf(content, each))).toEqual([null, '- Vis', '- Vis', null])
  })

  it('rows of a table are paragraphs, its rule is furniture', async () => {
    const content = await markdown('| zee | diepte |\n| --- | ---: |\n| Noordzee | 94 m |\n\nEinde.\n')
    expectSound(content)
    expect(content.paragraphs.map(each => each.kind)).toEqual(['table-row', 'table-row', 'text'])
    expect(textsOf(content)).toEqual(['zee | diepte', 'Noordzee | 94 m', 'Einde.'])
    expect(content.paragraphs[1]?.searchText).toBe('zee Noordzee, diepte 94 m')
    expect(furnitureOf(content).filter(each => each !== 'markup: |')).toEqual(['rule: | --- | ---: |'])
  })

  it('empty cells at the ends of a row leave no strokes', async () => {
    const content = await markdown(
      '| zee | diepte | zout |\n|---|---|---|\n| | 94 m | |\n| Waddenzee | | |\n',
    )
    expectSound(content)
    expect(textsOf(content)).toEqual(['zee | diepte | zout', '94 m', 'Waddenzee'])
    expect(content.paragraphs.map(({ searchText }) => searchText).slice(1)).toEqual([
      'diepte 94 m',
      'zee Waddenzee',
    ])
  })

  it('a cell that is empty leaves its head out', async () => {
    const content = await markdown('| zee | diepte | zout |\n|---|---|---|\n| Noordzee | | 3,5 % |\n')
    expectSound(content)
    expect(content.paragraphs[1]?.searchText).toBe('zee Noordzee, zout 3,5 %')
  })

  it('footnotes are linked to the text that refers to them', async () => {
    const content = await markdown('De zee[^1] is breed.\n\n[^1]: De Noordzee.\n')
    expectSound(content)
    const note = paragraphOf(content, 'De Noordzee.')
    expect(note.label).toBe('voetnoot 1')
    expect(paragraphOf(content, 'De zee').footnotes).toEqual([note.id])
    expect(paragraphOf(content, 'De zee').searchText).toBe('De zee is breed.')
  })

  it('front matter is furniture and gives title and date', async () => {
    const { content, found } = await read(
      '---\ntitel: Wet op de zee\ndatum: 2031-03-03\n---\n\n# Kop\n\nTekst.\n',
      'wet.md',
    )
    expectSound(content)
    expect(found).toMatchObject({ title: 'Wet op de zee', date: '2031-03-03' })
    expect(textsOf(content)).toEqual(['Kop', 'Tekst.'])
  })

  it('quotations, code and underlined headings lose their marks only', async () => {
    const content = await markdown(
      'Kop\n===\n\n> Een citaat\n> over zee.\n\n```\ncode - hier\n```\n\nEinde.\n',
    )
    expectSound(content)
    expect(textsOf(content)).toEqual(['Kop', 'Een citaat over zee.', 'code - hier', 'Einde.'])
    expect(content.paragraphs[0]?.kind).toBe('heading')
  })
})
