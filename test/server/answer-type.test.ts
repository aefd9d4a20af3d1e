import { describe, expect, it } from 'vitest'
import {
  answerType,
  askedValues,
  asksForList,
  countedNoun,
  findCounts,
  findValues,
  listedNoun,
} from '../../server/answer-type.js'

describe('answerType', () => {
  it.each([
    ['Hoeveel geld is er begroot?', 'amount'],
    ['Hoeveel procent van de aanvragen?', 'percentage'],
    ['Hoeveel landen doen mee?', 'number'],
    ['Wanneer was de conferentie?', 'date'],
    ['In welk jaar begon het?', 'date'],
    ['Wie tekende de brief?', 'person'],
    ['Waarom is dit nodig?', 'reason'],
    ['Wat betekent TAMM?', 'definition'],
    ['Mag ik terugkeren?', 'yes-no'],
  ])('of “%s” is %s', (question, type) => {
    expect(answerType(question)).toBe(type)
  })
})

it.each(['Welke criteria gelden?', 'Noem de pijlers', 'Welke drie landen doen mee?', 'Wat zijn de doelen?'])(
  '“%s” asks for a list',
  question => {
    expect(asksForList(question)).toBe(true)
  },
)

it('finds amounts, dates and percentages', () => {
  const found = (text: string, type: Parameters<typeof findValues>[1]) =>
    findValues(text, type).map(({ start, end }) => text.slice(start, end))
  expect(found('oplopend tot 118 miljoen euro per jaar in 2029', 'amount')).toEqual([
    '118 miljoen euro per jaar',
  ])
  expect(found('een bijdrage van 62 % aan de groei', 'percentage')).toEqual(['62 %'])
  expect(found('op 27 en 28 april 2009 te Praag', 'date')).toEqual(['27 en 28 april 2009'])
})

describe('findCounts', () => {
  const counts = (text: string, noun: string) =>
    findCounts(text, word => word === noun).map(({ start, end }) => text.slice(start, end))

  it('finds the number that counts the asked noun', () => {
    expect(counts('gezonden naar zeventien landen buiten de EU', 'landen')).toEqual(['zeventien'])
    expect(counts('Daar komen 740 miljoen interne migranten bij', 'migranten')).toEqual(['740 miljoen'])
  })

  it('never takes a year, or a number of something else', () => {
    expect(counts('In 2010 landen deden mee', 'landen')).toEqual([])
    expect(counts('twintig projecten in andere landen', 'projecten')).toEqual(['twintig'])
    expect(counts('De 2,40 euro per keer', 'dagen')).toEqual([])
  })
})

it('knows what is counted', () => {
  expect(countedNoun('Hoeveel interne migranten zijn er?')).toBe('migranten')
  expect(countedNoun('Hoe vaak komt het verslag?')).toBeNull()
})

it.each([
  ['Wat zijn de prioriteiten van de derde pijler?', 'prioriteiten'],
  ['Welke aanbevelingen doet de Commissie?', 'aanbevelingen'],
  ['Welke concrete maatregelen noemt de brief?', 'maatregelen'],
  ['Noem de criteria', null],
  ['Welke rol heeft de Raad?', null],
])('the things listed in “%s” are %s', (question, noun) => {
  expect(listedNoun(question)).toBe(noun)
})

describe('askedValues', () => {
  const values = (question: string, text: string) =>
    askedValues(question, text).map(({ start, end }) => text.slice(start, end))

  it('finds the total that a sentence gives for the asked noun', () => {
    const text = 'Het aantal internationale migranten bedraagt wereldwijd 214 miljoen mensen. Er komen 3 bij.'
    expect(values('Hoeveel migranten zijn er?', text)).toEqual(['214 miljoen'])
    expect(values('Hoeveel landen zijn er?', text)).toEqual([])
  })

  it('prefers a number that counts the noun itself', () => {
    expect(values('Hoeveel landen doen mee?', 'Het aantal landen was 12, nu zijn er 17 landen.')).toEqual([
      '17',
    ])
  })
})
