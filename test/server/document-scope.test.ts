import { describe, expect, it } from 'vitest'
import { tokens } from '../../ingest/analysis.js'
import { findScope } from '../../server/document-scope.js'
import { describedDocument } from '../support/documents.js'

const COMMISSION = { kind: 'mededeling', institution: 'Europese Commissie' }
const COMMISSION_2006 = describedDocument('commissie-2006', { ...COMMISSION, date: '2006-07-14' })
const COMMISSION_2011 = describedDocument('commissie-2011', { ...COMMISSION, date: '2011-11-18' })
const COUNCIL_2008 = describedDocument('raad-2008', {
  kind: 'raadsconclusies',
  institution: 'Raad van de Europese Unie',
  date: '2008-11-20',
  aliases: ['conclusies van de Raad', 'Raad'],
})
const DECLARATION = describedDocument('praag-2009', {
  kind: 'verklaring',
  institution: 'Ministeriële conferentie van Praag',
  date: '2009-04-28',
  aliases: ['Praagse verklaring'],
})
const LETTER = describedDocument('brief-2025', { kind: 'kamerbrief', date: '2025-05-23' })
const DOCUMENTS = [COMMISSION_2006, COMMISSION_2011, COUNCIL_2008, DECLARATION, LETTER]
const named = (question: string) => [...findScope(tokens(question), DOCUMENTS).preferences.keys()]

describe('the documents that a question names', () => {
  it('are those of the institution and the year together', () => {
    expect(named('Wat wilde de Commissie in 2011 met visa?')).toEqual(['commissie-2011'])
  })

  it('stand in the order in which they are named, each with its own year', () => {
    expect(named('Wat wilde de Raad in 2008 en wat de Commissie in 2011 met visa?')).toEqual([
      'raad-2008',
      'commissie-2011',
    ])
    expect(named('Wat zeggen de Commissie in 2006 en de Raad in 2008 over visa?')).toEqual([
      'commissie-2006',
      'raad-2008',
    ])
  })

  it('are all of an institution where no year is given', () => {
    expect(named('Wat vindt de Commissie van visa?')).toEqual(['commissie-2006', 'commissie-2011'])
  })

  it.each(['Wat beloven de Praagse ministers over visa?', 'Wat beloven de ministers in Praag over visa?'])(
    'are told by who speaks and where: “%s”',
    question => {
      expect(named(question)).toEqual(['praag-2009'])
    },
  )

  it('are not those that are only addressed to the one who is named', () => {
    const addressed = describedDocument('aan-de-raad', {
      ...COMMISSION,
      aliases: ['mededeling van de Commissie aan de Raad'],
    })
    const { preferences } = findScope(tokens('Wat vinden de Raad en de Commissie van visa?'), [
      addressed,
      COUNCIL_2008,
    ])
    expect([...preferences.keys()]).toEqual(['raad-2008'])
  })

  it('are none where another institution is meant', () => {
    expect(named('Wat besloot de Europese Raad over visa?')).toEqual([])
  })
})
