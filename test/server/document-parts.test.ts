import { describe, expect, it } from 'vitest'
import { splitByDocument } from '../../server/document-parts.js'
import { describedDocument } from '../support/documents.js'

const DOCUMENTS = [
  describedDocument('commissie-2006', {
    kind: 'mededeling',
    institution: 'Europese Commissie',
    date: '2006-07-14',
  }),
  describedDocument('commissie-2011', {
    kind: 'mededeling',
    institution: 'Europese Commissie',
    date: '2011-11-18',
  }),
  describedDocument('raad-2008', {
    kind: 'raadsconclusies',
    institution: 'Raad van de Europese Unie',
    date: '2008-11-20',
    aliases: ['conclusies van de Raad', 'Raad'],
  }),
  describedDocument('brief-2025', { kind: 'kamerbrief', date: '2025-05-23', aliases: ['Kamerbrief'] }),
]
const split = (question: string) => splitByDocument(question, DOCUMENTS)
const asked = (question: string) =>
  split(question).map(({ question: each, documents }) => [each, documents.join(' ')])

describe('a question to several documents', () => {
  it('is asked of each, with a verb that fits the one who is asked', () => {
    expect(asked('Hoe denken de Raad en het kabinet over visa?')).toEqual([
      ['Hoe denkt de Raad over visa', 'raad-2008'],
      ['Hoe denkt het kabinet over visa', 'brief-2025'],
    ])
  })

  it('is shown as it was written where the documents share its words', () => {
    const question = 'Wat zeggen de Raad in 2008 en de Kamerbrief over visa'
    expect(split(`${question}?`).map(({ title }) => title)).toEqual([question, question])
  })

  it.each([
    [
      'what the first leaves to the second',
      'Hoe wil de Commissie in 2006 en hoe wil het kabinet in 2025 visa geven?',
      ['Hoe wil de Commissie in 2006 visa geven', 'hoe wil het kabinet in 2025 visa geven'],
    ],
    [
      'what the second leaves to the first',
      'Wat zegt de Raad over visa, en wat de Commissie in 2011?',
      ['Wat zegt de Raad over visa', 'Wat zegt de Commissie in 2011 over visa'],
    ],
    [
      'a word that points back',
      'Wat doet de Raad met visa, en wat zegt de Kamerbrief erover?',
      ['Wat doet de Raad met visa', 'wat zegt de Kamerbrief over visa'],
    ],
    [
      'the verb, where each has a subject of its own',
      'Wat zei de Raad in 2008 over visa en de Commissie in 2011 over geld?',
      ['Wat zei de Raad in 2008 over visa', 'Wat zei de Commissie in 2011 over geld'],
    ],
    [
      'a word for what the first asked for',
      'Wat was het standpunt van de Raad over visa en wat dat van het kabinet?',
      ['Wat was het standpunt van de Raad over visa', 'Wat was het standpunt van het kabinet over visa'],
    ],
    [
      'the one who speaks, where only a year follows',
      'Wat vond de Commissie in 2011 van visa? En in 2006?',
      ['Wat vond de Commissie in 2011 van visa', 'Wat vond de Commissie in 2006 van visa'],
    ],
    [
      'the counted thing',
      'Hoeveel pijlers telde de aanpak in 2008 en hoeveel onderdelen in 2011?',
      ['Hoeveel pijlers telde de aanpak in 2008', 'hoeveel onderdelen telde de aanpak in 2011'],
    ],
  ])('is completed by %s', (_, question, questions) => {
    expect(split(question).map(({ question: each }) => each)).toEqual(questions)
  })

  it('takes a year for a document where each year has one', () => {
    expect(asked('Wat werd er in 2006 gezegd over visa en wat in 2011?')).toEqual([
      ['Wat werd er in 2006 gezegd over visa', 'commissie-2006'],
      ['Wat werd er in 2011 gezegd over visa', 'commissie-2011'],
    ])
  })

  it.each([
    'Wat zegt de Commissie in 2011 over de Raad?',
    'Hoeveel visa waren er tussen 2006 en 2011?',
    'Wat zegt de Raad in 2008 over de Commissie en het kabinet?',
    'Wat vindt de Commissie van visa en geld?',
    'Hoeveel visa waren er in 2006 en hoeveel in 2010?',
  ])('is none: “%s”', question => {
    expect(split(question)).toEqual([])
  })
})
