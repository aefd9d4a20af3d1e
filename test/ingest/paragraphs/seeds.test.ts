import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluateParagraphs, isExact, parseGold, scoreParagraphs } from '../../../evals/paragraphs.js'
import type { DocumentContent } from '../../../ingest/corpus.js'
import { readDocument } from '../../../ingest/read-document.js'
import { expectSound, furnitureOf, paragraphOf, parentOf } from './support.js'

const SEEDS = path.resolve('seeds')
const NAMES = readdirSync(SEEDS)
  .filter(name => name.endsWith('.txt'))
  .sort()

async function seed(beginning: string, fileName?: string): Promise<DocumentContent> {
  const name = NAMES.find(each => each.startsWith(beginning)) ?? beginning
  const bytes = readFileSync(path.join(SEEDS, name))
  return (await readDocument(bytes, { documentId: 'd', fileName: fileName ?? name })).content
}

/** The report is made once; several tests look at it. */
let report: ReturnType<typeof evaluateParagraphs> | undefined
const theReport = (): ReturnType<typeof evaluateParagraphs> => {
  report ??= evaluateParagraphs()
  return report
}

const label = (content: DocumentContent, id: string): string | null =>
  content.paragraphs.find(each => each.id === id)?.label ?? null

describe('the five seeds', () => {
  it.each(NAMES)('nothing of %s is lost or said twice', async name => {
    const content = await seed(name)
    expectSound(content)
    expect(content.warnings).toEqual([])
  })

  it('all paragraphs marked by hand are exact, with label, kind and introduction', async () => {
    const { scores } = await theReport()
    expect(scores.length).toBeGreaterThanOrEqual(100)
    expect(scores.filter(score => score.faults.length > 0)).toEqual([])
  })

  it('their furniture is what was reviewed, and nothing else', async () => {
    const sections: string[] = []
    for (const name of NAMES) sections.push(`${name}\n  ${furnitureOf(await seed(name)).join('\n  ')}`)
    await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot('furniture.snapshot.txt')
  })

  it.each(NAMES)('the paragraphs of %s do not depend on the name of the file', async name => {
    expect(await seed(name, 'elders.txt')).toEqual(await seed(name))
  })

  it('beginnings of the enrichment are beginnings of paragraphs', async () => {
    const bare = (text: string): string =>
      text
        .replace(/\*+/g, '')
        .replace(/^(?:(?:[•–∞-]|\(?\d{1,2}[.)]*|[a-d]\)) )+/, '')
        .replace(/\s+/g, ' ')
    const others: string[] = []
    for (const name of NAMES) {
      const starts = (await seed(name)).paragraphs.map(each => bare(each.text))
      const lines = readFileSync(path.join(SEEDS, 'enrichment', name.replace('.txt', '.jsonl')), 'utf8')
      for (const line of lines.split('\n').filter(Boolean)) {
        const { paragraph } = JSON.parse(line) as { paragraph: string }
        if (!starts.some(start => start.startsWith(bare(paragraph)))) others.push(paragraph)
      }
    }
    expect([...new Set(others)]).toEqual([])
  })

  it('footnotes are linked from the text that refers to them, over page breaks', async () => {
    const content = await seed('002')
    const notes = content.paragraphs.filter(each => each.kind === 'footnote')
    expect(notes.map(each => each.label)).toEqual(
      Array.from({ length: 24 }, (_, index) => `voetnoot ${index + 1}`),
    )
    const linked = content.paragraphs.flatMap(each => each.footnotes.map(id => label(content, id)))
    expect(linked).toEqual(notes.map(each => each.label))
    const mentions = paragraphOf(content, 'De Gemeenschap en haar lidstaten hebben')
    expect(mentions.footnotes.map(id => label(content, id))).toEqual([
      'voetnoot 14',
      'voetnoot 15',
      'voetnoot 16',
    ])
    expect(mentions.searchText).toMatch(/vastgelegd, die .* uitvoerders gepubliceerd/)
  })

  it('a footnote that runs on to the next page is one, in the chapter that refers to it', async () => {
    const content = await seed('002')
    const note = paragraphOf(content, '19 Richtlijn 2000/43/EG')
    expect(note.spans).toHaveLength(2)
    expect(note.text).toMatch(
      /etnische afstamming, en Richtlijn 2000\/78\/EG van de Raad van 27 november 2000/,
    )
    expect(note.headingPath.at(-1)).toBe('2.3. Integratie van onderdanen van derde landen')
  })

  it('the recommendations of one chapter are told from those of another', async () => {
    const content = await seed('003')
    const paths = content.paragraphs
      .filter(each => each.text === 'Aanbevelingen')
      .map(each => each.headingPath.map(heading => heading.split(/[ :]/)[0]).join(' > '))
    expect(paths).toEqual([
      '1.',
      '2.',
      '3.',
      '4.',
      '5. > Eerste',
      '5. > Tweede',
      '5. > Derde',
      '5. > Vierde',
      '6.',
    ])
  })

  it('nested items lead back to their point', async () => {
    const content = await seed('001')
    const item = paragraphOf(content, '∞ de werkingssfeer')
    expect(parentOf(content, item)).toMatch(/^b\) de communautaire overeenkomsten/)
    const outer = content.paragraphs.find(each => each.id === item.parent)
    expect(outer?.label).toBe('18 b)')
    expect(outer && parentOf(content, outer)).toMatch(/^18\. \*\*Overnameovereenkomsten\*\*/)
  })

  it('who signed and which number and date a document has is found', async () => {
    const letter = await seed('004')
    const signed = letter.paragraphs.filter(each => each.kind === 'signature').map(each => each.text)
    expect(signed).toEqual([
      'De Minister van Asiel en Migratie, M.H.M. Faber - van de Klashorst',
      'De Minister voor Buitenlandse Handel en Ontwikkelingshulp, Reinette Klever',
    ])
    const facts = async (name: string): Promise<string[]> =>
      (await seed(name)).paragraphs.filter(each => each.kind === 'metadata').map(each => each.searchText)
    expect(await facts('004')).toEqual(['Datum: 23 mei 2025'])
    expect(await facts('000')).toEqual(['Documentnummer: 9283/09'])
    expect(await facts('001')).toContain('Documentnummer: 16041/08')
  })

  it('a paragraph is not a page', async () => {
    for (const figures of (await theReport()).documents) {
      expect(figures.medianLength).toBeLessThan(700)
      expect(figures.lengthP95).toBeLessThan(1300)
    }
  })
})

describe('the score of paragraphs', () => {
  const gold = parseGold(
    '{"document":"a","first":"De zee","last":"is breed.","kind":"list-item","label":"a)","parent":"Intro","forbidden":["kust"]}\n',
  )
  const paragraph = (text: string, rest = {}) => ({
    id: `d#${text}`,
    documentId: 'd',
    anchor: 'x',
    kind: 'list-item' as const,
    headingPath: [],
    parent: 'd#Intro:',
    label: 'a)',
    page: null,
    spans: [[0, 1] as const],
    text,
    searchText: text,
    footnotes: [],
    ...rest,
  })
  const faults = (...paragraphs: ReturnType<typeof paragraph>[]) =>
    scoreParagraphs(gold, new Map([['a', [paragraph('Intro:', { parent: null }), ...paragraphs]]]))[0]?.faults

  it('is right for the paragraph as marked, with its label and marks', () => {
    expect(faults(paragraph('a) **De zee** is breed.'))).toEqual([])
  })

  it('names each thing that is wrong', () => {
    expect(faults()).toEqual(['first words'])
    expect(faults(paragraph('De zee is diep.'))).toEqual(['last words'])
    expect(faults(paragraph('De zee bij de kust is breed.'))).toEqual(['forbidden text'])
    expect(faults(paragraph('De zee is breed.', { label: 'b)', kind: 'text', parent: null }))).toEqual([
      'label',
      'kind',
      'parent',
    ])
  })

  it('counts only the text as exact or not', () => {
    const [score] = scoreParagraphs(gold, new Map([['a', [paragraph('De zee is breed.', { label: null })]]]))
    expect(score && isExact(score)).toBe(true)
  })
})
