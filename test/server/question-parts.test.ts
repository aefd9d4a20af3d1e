import { describe, expect, it } from 'vitest'
import { splitQuestion } from '../../server/question-parts.js'

describe('splitQuestion', () => {
  it.each([
    ['Wie betaalt de opvang, en hoeveel geld is er?', ['Wie betaalt de opvang', 'hoeveel geld is er']],
    ['Wie tekende de brief en van welke datum is hij?', ['Wie tekende de brief', 'van welke datum is hij']],
    ['Wat is een visum? En wat kost het?', ['Wat is een visum', 'wat kost het']],
    [
      'Over visa: wat biedt het partnerschap, en welke maatregel noemt de brief?',
      ['Over visa: wat biedt het partnerschap', 'welke maatregel noemt de brief'],
    ],
    ['Met wie is het gesloten, en is het bindend?', ['Met wie is het gesloten', 'is het bindend']],
    [
      'Wie schreef hem, en namens welke collega was dat?',
      ['Wie schreef hem', 'namens welke collega was dat'],
    ],
    [
      'Wanneer is de brief verstuurd, door wie is hij getekend en welk nummer heeft hij?',
      ['Wanneer is de brief verstuurd', 'door wie is hij getekend', 'welk nummer heeft hij'],
    ],
    [
      'Hoeveel landen horen bij het oosten en hoeveel bij het zuiden?',
      ['Hoeveel landen horen bij het oosten', 'Hoeveel landen horen bij het zuiden'],
    ],
    [
      'Hoeveel kleine regelingen en hoeveel overeenkomsten zijn er gesloten?',
      ['Hoeveel kleine regelingen zijn er gesloten', 'hoeveel overeenkomsten zijn er gesloten'],
    ],
    [
      'Hoeveel landen horen bij het proces van Praag en hoeveel bij dat van Boedapest?',
      ['Hoeveel landen horen bij het proces van Praag', 'Hoeveel landen horen bij het proces van Boedapest'],
    ],
  ])('cuts “%s” where the second question begins', (question, parts) => {
    expect(splitQuestion(question)).toEqual(parts)
  })

  it.each([
    'Wat zegt de brief over opvang en terugkeer?',
    'Waar lees ik hoe ik kan verhuizen en wat ik daarvoor moet regelen?',
    'Met hoeveel landen, en in welke delen van Afrika, loopt het proces?',
    'Hoe en waarom is het beleid veranderd?',
    'Zijn mensenhandel en mensensmokkel hetzelfde?',
    'migratie en ontwikkeling',
  ])('leaves “%s” whole', question => {
    expect(splitQuestion(question)).toEqual([question])
  })
})
