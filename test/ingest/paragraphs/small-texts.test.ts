/** Notes and tables as people keep them in small text files. */
import { describe, expect, it } from 'vitest'
import { contentOf, expectSound, furnitureOf, paragraphOf, read, textsOf } from './support.js'

const NOTE = `NOTA SPEELTUINEN
Datum: 3 mei 2031
Van: afdeling Groen
Aan: het college

Inleiding
De gemeente heeft twaalf speeltuinen. Elk jaar wordt er een vernieuwd.

Kosten
Jaar      Speeltuin      Bedrag
2031      Vogelbuurt     40.000 euro
2032      Bomenbuurt     35.000 euro
2033      Centrum         2.000 euro

Besluit
Het college besluit de Vogelbuurt als eerste te vernieuwen.
`

describe('a note in plain text', () => {
  it('has its title, a piece of metadata for each fact, and its date', async () => {
    const { content, found } = await read(NOTE)
    expectSound(content)
    expect(found).toMatchObject({ title: 'NOTA SPEELTUINEN', date: '2031-05-03' })
    const facts = content.paragraphs.filter(({ kind }) => kind === 'metadata')
    expect(facts.map(({ text }) => text)).toEqual([
      'Datum: 3 mei 2031',
      'Van: afdeling Groen',
      'Aan: het college',
    ])
  })

  it('has its headings apart from the text below them', async () => {
    const content = await contentOf(NOTE)
    const headings = content.paragraphs.filter(({ kind }) => kind === 'heading')
    expect(headings.map(({ text }) => text)).toEqual(['NOTA SPEELTUINEN', 'Inleiding', 'Kosten', 'Besluit'])
    expect(paragraphOf(content, 'De gemeente').headingPath).toEqual(['NOTA SPEELTUINEN', 'Inleiding'])
  })

  it('without a title is called by its subject', async () => {
    const { found } = await read(
      'Datum: 3 mei 2031\nOnderwerp: Nieuwe banken in het park\n\nHet park krijgt tien nieuwe banken van hout.\n',
    )
    expect(found.title).toBe('Nieuwe banken in het park')
  })

  it('a subject that runs on is one piece', async () => {
    const content = await contentOf(
      'Aan: de raad\nBetreft: het vernieuwen van alle banken in het park en langs de rivier, ook bij\nde oude haven\n\nHet park krijgt tien banken.\n',
    )
    expect(textsOf(content, 'text')).toContainEqual(expect.stringMatching(/^Betreft: .*de oude haven$/))
  })

  it('facts beside each other in the text are one piece each', async () => {
    const content = await contentOf(
      'De bushalte verhuist naar de markt.\n\nLijn: 12\nDagen: maandag tot en met vrijdag\nUren: van zes tot tien\n',
    )
    expect(textsOf(content).slice(1)).toEqual([
      'Lijn: 12',
      'Dagen: maandag tot en met vrijdag',
      'Uren: van zes tot tien',
    ])
  })

  it.each([
    ['a name over two lines', 'De minister van\nBinnenlandse Zaken'],
    ['a sentence of short lines', 'De bus rijdt\nvan de markt naar het strand en terug.'],
    ['a remark with a colon', 'Let op: de bus\nRijdt niet op zondag.'],
  ])('%s stays together', async (_, text) => {
    const content = await contentOf(
      `Eerst staat hier een zin die de hele regel vult.\n\n${text}\n\nEinde van de tekst.\n`,
    )
    expect(textsOf(content)).toContain(text.replace('\n', ' '))
  })
})

describe('a table in plain text', () => {
  const rowsOf = async (text: string) => {
    const content = await contentOf(text)
    expectSound(content)
    return content.paragraphs.filter(({ kind }) => kind === 'table-row')
  }

  it('of columns has a paragraph for each row, searched with the heads', async () => {
    const rows = await rowsOf(NOTE)
    expect(rows.map(({ text }) => text)).toEqual([
      'Jaar Speeltuin Bedrag',
      '2031 Vogelbuurt 40.000 euro',
      '2032 Bomenbuurt 35.000 euro',
      '2033 Centrum 2.000 euro',
    ])
    expect(rows[1]?.searchText).toBe('Jaar 2031, Speeltuin Vogelbuurt, Bedrag 40.000 euro')
    expect(rows[1]?.spans).toHaveLength(3)
    expect(rows.map(({ parent }) => parent)).toEqual([null, rows[0]?.id, rows[0]?.id, rows[0]?.id])
  })

  it('of tabs too', async () => {
    const rows = await rowsOf('Halte\tUur\nMarkt\t10\nStation bij de rivier\t12\n')
    expect(rows.at(-1)?.searchText).toBe('Halte Station bij de rivier, Uur 12')
  })

  it('of strokes has no strokes at the ends of its rows', async () => {
    const content = await contentOf(
      '+-------+-----+\n| Halte | Uur |\n+-------+-----+\n| Markt | 10 |\n+-------+-----+\n',
    )
    expectSound(content)
    expect(textsOf(content)).toEqual(['Halte | Uur', 'Markt | 10'])
    expect(furnitureOf(content)).toContain('markup: |')
    expect(content.paragraphs[1]?.searchText).toBe('Halte Markt, Uur 10')
  })

  it('without numbers has no heads', async () => {
    const rows = await rowsOf('Jan     vis\nPiet    brood\nKlaas   kaas\n')
    expect(rows.map(({ searchText }) => searchText)).toEqual(['Jan vis', 'Piet brood', 'Klaas kaas'])
  })

  it.each([
    ['two lines that line up by chance', 'De bus  rijdt\nDe tram  staat\n'],
    [
      'words set apart to fill their line',
      'De  bus rijdt elk  uur naar de stad\nen dan  gaat hij  weer terug\nnaar  de markt bij  de oude haven.\n',
    ],
  ])('is not seen in %s', async (_, text) => {
    expect(await rowsOf(text)).toEqual([])
  })
})
