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

  it('of strokes without a rule is plain text, with its headings', async () => {
    const { format, content } = await read(
      'Tarieven\n| Soort | Bedrag |\n| Eerste hond | € 60 |\n| Tweede hond | € 90 |\n\nBetaling\nU betaalt in een keer, voor de eerste dag van mei.\n',
    )
    expect(format).toBe('text')
    expect(paragraphOf(content, 'Tweede hond').searchText).toBe('Soort Tweede hond, Bedrag € 90')
    expect(paragraphOf(content, 'U betaalt').headingPath).toContain('Betaling')
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

const MINUTES = `Verslag vergadering dorpsraad
Datum: 12 april 2031
Plaats: dorpshuis De Brink
Aanwezig: mevrouw Jansen (voorzitter), de heer De Vries, mevrouw Bakker, de
heer Yilmaz
Afwezig: de heer Smit

1. Opening
De voorzitter opent de vergadering om 20.00 uur en heet iedereen welkom.

2. Verkeer
De heer De Vries meldt dat de gemeente drempels wil aanleggen in de
Dorpsstraat. De raad is het daarmee eens.

3. Rondvraag
Er zijn geen vragen.
`

describe('minutes in plain text', () => {
  it('have their facts, one piece each, and their title and date', async () => {
    const { content, found } = await read(MINUTES)
    expectSound(content)
    expect(found).toMatchObject({ title: 'Verslag vergadering dorpsraad', date: '2031-04-12' })
    expect(content.paragraphs.filter(({ kind }) => kind === 'metadata').map(({ text }) => text)).toEqual([
      'Datum: 12 april 2031',
      'Plaats: dorpshuis De Brink',
      'Aanwezig: mevrouw Jansen (voorzitter), de heer De Vries, mevrouw Bakker, de heer Yilmaz',
      'Afwezig: de heer Smit',
    ])
  })

  it('have numbered headings above their text', async () => {
    const content = await contentOf(MINUTES)
    expect(paragraphOf(content, 'De heer De Vries').headingPath).toEqual(['2. Verkeer'])
    expect(paragraphOf(content, 'Er zijn').headingPath).toEqual(['3. Rondvraag'])
  })

  it('a date in numbers is one where it says so', async () => {
    const dated = async (line: string) => (await read(`Nota\n${line}\n\nDe bus rijdt elk uur.\n`)).found.date
    expect(await dated('Datum: 03-05-2031')).toBe('2031-05-03')
    expect(await dated('Datum: 2031-05-03')).toBe('2031-05-03')
    expect(await dated('Telefoon: 03-05-2031')).toBeNull()
  })
})

describe('lists in small texts', () => {
  it('items of one line without punctuation are items', async () => {
    const content = await contentOf('Wat u meeneemt:\n- een pas\n- een foto\n- het formulier\n')
    expect(textsOf(content).slice(1)).toEqual(['- een pas', '- een foto', '- het formulier'])
  })

  it('an item whose further lines are indented ends where the next bullet stands', async () => {
    const content = await contentOf('Wat u meeneemt:\n- een pas die nog een\n  jaar geldig is\n- een foto\n')
    expect(textsOf(content).slice(1)).toEqual(['- een pas die nog een jaar geldig is', '- een foto'])
  })

  it('a rule of articles has its headings, also above numbered parts', async () => {
    const content = await contentOf(
      'BELEIDSREGEL HONDEN\n\nArtikel 1 Begrippen\nIn deze regeling is een hond een dier van de soort Canis lupus familiaris.\n\nArtikel 2 Losloopgebieden\n1. Honden mogen los lopen in het Lindepark.\n2. Daarbuiten zijn honden aangelijnd.\n',
    )
    expectSound(content)
    expect(paragraphOf(content, '2. Daarbuiten')).toMatchObject({
      label: 'artikel 2, tweede lid',
      headingPath: ['BELEIDSREGEL HONDEN', 'Artikel 2 Losloopgebieden'],
    })
  })
})
