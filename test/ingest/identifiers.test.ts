import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findIdentifiers, identifierTerms } from '../../ingest/identifiers.js'
import { ingestFolders, searchIndex, temporaryFolder } from '../support/ingest-folders.js'

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
    ['ST 9283 2009', 'raadsdocument ST 9283/2009 INIT'],
    ['ST-9283-2009-REV-2', 'raadsdocument ST 9283/2009 REV 2'],
    ['com(2011) 743', 'com COM(2011) 743'],
    ['bwbr0002066', 'bwb BWBR0002066'],
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

/** The first term of each number: the most exact one. */
const termsOf = (text: string): (string | undefined)[] => identifierTerms(text).map(({ terms }) => terms[0])

/** Spellings that mean one number, and texts that each hold one of them among others that are nearly the same. */
const NUMBERS: readonly (readonly [text: string, others: readonly string[]])[] = [
  [
    'COM(2011) 743 definitief',
    ['COM(2011) 743', 'COM/2011/0743', 'COM (2011) 743 final', '52011DC0743', 'com 2011 743'],
  ],
  [
    'Kamerstuk 19 637, nr. 2547',
    ['19637-2547', 'kst-19637-2547', '19 637 nr 2547', 'Kamerstukken II 2024/25, 19 637, nr. 2547'],
  ],
  ['9283/09', ['ST 9283 2009', 'ST 9283/2009 INIT', 'raadsdocument 9283/09']],
  ['ECLI:NL:RVS:2020:1234', ['ecli:nl:rvs:2020:1234']],
  ['BWBR0011823', ['bwbr0011823']],
  ['Verordening (EU) 2016/679', ['32016R0679', 'CELEX: 32016R0679']],
  ['artikel 14, eerste lid', ['art. 14 lid 1', 'artikel 14, lid 1', 'artikel 14 1e lid']],
]

describe('numbers in a search', () => {
  it.each(NUMBERS)('%s is one term in each usual spelling', (text, others) => {
    const [term] = termsOf(text)
    expect(term).toBeDefined()
    for (const other of others) expect([other, ...termsOf(other)]).toEqual([other, term])
  })

  it.each([
    ['COM(2011) 743', 'COM(2011) 744'],
    ['19637-2547', '19637-2574'],
    ['9283/09', '9283/08'],
    ['artikel 14, eerste lid', 'artikel 14, tweede lid'],
    ['artikel 14, eerste lid', 'artikel 14a, eerste lid'],
  ])('%s and %s are two', (one, other) => {
    expect(termsOf(one)).not.toEqual(termsOf(other))
  })

  it('several parts of an article are as many terms', () => {
    expect(identifierTerms('artikel 14, eerste en derde lid')[0]?.terms).toEqual([
      'artikel:14:1',
      'artikel:14:3',
    ])
  })

  it.each(['in 2010/11 groeide het', 'de bus van 12.30 uur', 'artikel 14 van de wet', '19 637 leerlingen'])(
    '%s holds none',
    text => {
      expect(identifierTerms(text)).toEqual([])
    },
  )

  it('a question finds the paragraph with the number in whatever spelling', async () => {
    const folder = await temporaryFolder()
    const [sources, data] = [join(folder, 'bronnen'), join(folder, 'data')]
    await mkdir(sources)
    const texts = [
      ...NUMBERS.map(([text]) => text),
      ...['COM(2011) 744', 'COM(2012) 743', 'Kamerstuk 19 637, nr. 2574', '9283/08', '9238/09'],
      ...['ECLI:NL:RVS:2020:1243', 'BWBR0011832', 'Verordening (EU) 2016/697'],
      ...['artikel 14, tweede lid', 'artikel 41, eerste lid', 'artikel 1, veertiende lid'],
    ]
    const sentence = (text: string, at: number) =>
      `Het bestuur verwijst hier naar ${text} over onderwerp ${at + 50}.`
    await writeFile(join(sources, 'verwijzingen.txt'), texts.map(sentence).join('\n\n'))
    await ingestFolders({ sources, data })
    for (const [at, [, others]] of NUMBERS.entries())
      for (const other of others) {
        const [first, second] = await searchIndex(join(data, 'index'), `Waar gaat ${other} over?`)
        expect([other, first?.[0]]).toEqual([other, expect.stringContaining('verwijzingen#')])
        const [expected] = await searchIndex(join(data, 'index'), `onderwerp ${at + 50}`)
        expect([other, first?.[0]]).toEqual([other, expected?.[0]])
        expect(first?.[1]).toBeGreaterThan(second?.[1] ?? 0)
      }
  })
})
