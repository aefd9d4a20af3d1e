import { describe, expect, it } from 'vitest'
import { findIdentifiers } from '../../ingest/identifiers.js'

const found = (text: string): string[] =>
  findIdentifiers(text).map(({ kind, normalised }) => `${kind} ${normalised}`)
const urls = (text: string): (string | null)[] => findIdentifiers(text).map(({ url }) => url)

describe('identifiers', () => {
  it.each([
    ['zie BWBR0002066 van de wet', 'bwb BWBR0002066'],
    ['HR 3 mei 2031, ECLI:NL:HR:2031:123.', 'ecli ECLI:NL:HR:2031:123'],
    ['ecli:nl:rbdha:2026:3192', 'ecli ECLI:NL:RBDHA:2026:3192'],
    ['CELEX:32016R0679', 'celex 32016R0679'],
    ['Celex 32016R0679', 'celex 32016R0679'],
    ['Verordening (EU) 2016/679', 'celex 32016R0679'],
    ['verordening (EG) nr. 810/2009', 'celex 32009R0810'],
    ['Verordening (EEG) nr. 1408/71', 'celex 31971R1408'],
    ['Richtlijn 2003/86/EG', 'celex 32003L0086'],
    ['richtlijn 95/46/EG', 'celex 31995L0046'],
    ['Richtlijn (EU) 2018/958', 'celex 32018L0958'],
    ['COM(2011) 743 definitief', 'com COM(2011) 743'],
    ['COM (2011) 743 final', 'com COM(2011) 743'],
    ['COM(2011)743', 'com COM(2011) 743'],
    ['COM/2011/0743', 'com COM(2011) 743'],
    ['7 COM(2011) 292/3.', 'com COM(2011) 292/3'],
    ['SEC(2006) 1010', 'com SEC(2006) 1010'],
    ['Kamerstuk 19 637, nr. 2500', 'kamerstuk 19637-2500'],
    ['Kamerstukken II 2024/25, 19637, nr. 2500', 'kamerstuk 19637-2500'],
    ['Kamerstuk 19637-2500', 'kamerstuk 19637-2500'],
    ['kst-19637-2500', 'kamerstuk 19637-2500'],
    ['(19 637, nr. 2500)', 'kamerstuk 19637-2500'],
    ['Kamerstuk 21 501-20, nr. 1234', 'kamerstuk 21501-20-1234'],
    ['Kamerstuk 36 600 XVII, nr. 12', 'kamerstuk 36600-XVII-12'],
    ['Kamerstukken I 2023/24, 36 200, A', 'kamerstuk 36200-A'],
    ['Kamerstuk 30 573', 'kamerstuk 30573'],
    ['document 17024/09 van de Raad', 'raadsdocument ST 17024/2009 INIT'],
    ['doc. 9283/09', 'raadsdocument ST 9283/2009 INIT'],
    ['16394/1/08 REV 1', 'raadsdocument ST 16394/2008 REV 1'],
    ['ST 9283/2009 INIT', 'raadsdocument ST 9283/2009 INIT'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected])
  })

  it.each([
    'in het jaar 2010/11 waren er 19 637 leerlingen',
    '25 000, 30 000 en 35 000 euro',
    'telefoon 070 12345',
    'op 12/10/2009',
    'BWBR123',
    'de verhouding 1234/56',
    '4,5/09',
  ])('%s is none', text => {
    expect(found(text)).toEqual([])
  })

  it('the range is that of the text', () => {
    const text = 'Zie COM(2011) 743 definitief en Richtlijn 2003/86/EG.'
    expect(findIdentifiers(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'COM(2011) 743 definitief',
      'Richtlijn 2003/86/EG',
    ])
  })

  it('addresses are those that the publishers document, and none where the number does not tell', () => {
    expect(urls('BWBR0002066 ECLI:NL:HR:2031:1 ECLI:EU:C:2031:1')).toEqual([
      'https://wetten.overheid.nl/BWBR0002066',
      'https://deeplink.rechtspraak.nl/uitspraak?id=ECLI:NL:HR:2031:1',
      null,
    ])
    expect(urls('COM(2011) 743, COM(2011) 292/3, 32016R0679')).toEqual([
      'https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=COM:2011:0743:FIN',
      null,
      'https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=CELEX:32016R0679',
    ])
    expect(urls('Kamerstuk 19 637, nr. 2500; Kamerstuk 30 573')).toEqual([
      'https://zoek.officielebekendmakingen.nl/kst-19637-2500.html',
      null,
    ])
    expect(urls('document 17024/09; 16394/1/08 REV 1')).toEqual([
      'https://data.consilium.europa.eu/doc/document/ST-17024-2009-INIT/nl/pdf',
      'https://data.consilium.europa.eu/doc/document/ST-16394-2008-REV-1/nl/pdf',
    ])
  })
})
