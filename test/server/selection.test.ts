import { describe, expect, it } from 'vitest'
import { differ } from '../../server/selection.js'

describe('differ', () => {
  const cost = (amount: string) => `De opvang van minderjarigen kost ${amount} per jaar.`

  it('sees the same point with another amount', () => {
    const question = 'Hoeveel geld kost de opvang van minderjarigen?'
    expect(differ(question, cost('12 miljoen euro'), cost('40 miljoen euro'))).toBe(true)
    expect(differ(question, cost('12 miljoen euro'), cost('12 miljoen euro'))).toBe(false)
  })

  it('takes amounts of different things for no contradiction', () => {
    const other = 'De scholing van leraren kost 40 miljoen euro per jaar.'
    expect(differ('Hoeveel geld kost de opvang van minderjarigen?', cost('12 miljoen euro'), other)).toBe(
      false,
    )
  })

  it('sees that one text denies what the other says', () => {
    const question = 'Is de verklaring juridisch bindend?'
    const says = 'De verklaring van de ministers is juridisch bindend voor alle staten.'
    const denies = 'De verklaring van de ministers is niet juridisch bindend voor alle staten.'
    expect(differ(question, says, denies)).toBe(true)
    expect(differ(question, denies, denies)).toBe(false)
  })
})
