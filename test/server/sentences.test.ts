import { describe, expect, it } from 'vitest'
import { exemplifiesPrevious, leansOnPrevious, splitSentences } from '../../server/sentences.js'

const split = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end))

describe('splitSentences', () => {
  it('cuts at the end of each sentence', () => {
    expect(split('Het kabinet staat niet stil. We boeken vooruitgang! Waarom? Daarom.')).toEqual([
      'Het kabinet staat niet stil.',
      'We boeken vooruitgang!',
      'Waarom?',
      'Daarom.',
    ])
  })

  it.each([
    ['nr.', 'Verordening (EG) nr. 491/2004 van de Raad is van kracht.'],
    ['COM number', 'Zie de mededeling COM(2005) 669 definitief van 21 december 2005 en COM(2006) 18.'],
    ['jl. in the middle', 'De toezegging van 15 mei jl. aan uw Kamer is nagekomen.'],
    ['art.', 'Dit volgt uit art. 13 van het verdrag en uit art. Ad hoc 4.'],
    ['initials', 'Ondertekend door M.H.M. Faber en J. de Vries namens het kabinet.'],
    ['t.a.v.', 'De inzet t.a.v. Nederland en t.b.v. Europa blijft gelijk.'],
    ['a number label', '10. Daarom onderstreept de Raad dat dit prioriteit heeft.'],
    ['a decimal', 'Het gaat om 1.500 migranten en 0,9 miljoen euro.'],
  ])('does not end a sentence at %s', (_, text) => {
    expect(split(text)).toEqual([text])
  })

  it('ends a sentence at an abbreviation when a new one clearly begins', () => {
    expect(split('Het gaat om opvang, voorlichting enz. Het kabinet zet dit voort.')).toHaveLength(2)
    expect(split('De brief is van februari jl. Hij schept de context.')).toHaveLength(2)
  })

  it('keeps a footnote number with the sentence it belongs to', () => {
    expect(split('Dat is in 1999 aangenomen.1 Vijf jaar later volgde meer.')).toEqual([
      'Dat is in 1999 aangenomen.1',
      'Vijf jaar later volgde meer.',
    ])
  })

  it('ends a sentence after a year', () => {
    expect(split('De evaluatie was in 2009. De Raad besliste.')).toHaveLength(2)
  })

  it('keeps closing quotes with the sentence', () => {
    expect(split('Hij zei: "Dat kan." De Raad zweeg.')).toEqual(['Hij zei: "Dat kan."', 'De Raad zweeg.'])
  })

  it('covers everything but white space', () => {
    const text = '1. Eerste zin; tweede deel. (Tussen haakjes.) Slot zonder punt'
    expect(split(text).join(' ')).toBe(text)
  })
})

describe('leansOnPrevious', () => {
  it.each([
    'Dit is belangrijk.',
    'Deze aanpak werkt.',
    'Daarbij hoort geld.',
    'Zij bieden een kader.',
    'Ook dit telt.',
  ])('sees that “%s” needs the sentence before it', sentence => {
    expect(leansOnPrevious(sentence)).toBe(true)
  })

  it.each(['De Raad beslist.', 'Ditmaal niet.', 'Zijn er kosten?', 'Daarentegen'])(
    'lets “%s” stand alone',
    sentence => {
      expect(leansOnPrevious(sentence)).toBe(false)
    },
  )
})

describe('exemplifiesPrevious', () => {
  it.each([
    'Denk aan visa.',
    'Bijvoorbeeld door opvang.',
    'Een goed voorbeeld is Marokko.',
    'Zo is er een fonds.',
  ])('sees that “%s” gives an example', sentence => {
    expect(exemplifiesPrevious(sentence)).toBe(true)
  })

  it.each(['De Raad denkt aan visa.', 'Zonder visa mag niemand reizen.', 'Een fonds is er al.'])(
    'takes “%s” for no example',
    sentence => {
      expect(exemplifiesPrevious(sentence)).toBe(false)
    },
  )
})
