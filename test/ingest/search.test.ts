import { describe, expect, it } from 'vitest'
import { tokens } from '../../ingest/analysis.js'
import { bareParagraph } from '../../ingest/corpus.js'
import { CorpusStore, type IndexableDocument } from '../../ingest/corpus-store.js'
import { buildSearchFiles, type Candidate, type IndexQuery, ParagraphSearch } from '../../ingest/search.js'
import { describedDocument } from '../support/documents.js'
import { queryWords } from '../support/query-words.js'

interface Text {
  readonly text: string
  readonly heading?: string
  /** Questions of the enrichment that the whole paragraph answers. */
  readonly questions?: readonly string[]
}

function documentOf(id: string, texts: readonly Text[]): IndexableDocument {
  let start = 0
  const paragraphs = texts.map(({ text, heading }, at) => {
    const paragraph = bareParagraph(id, `p-${at}`, text, start)
    start += text.length + 1
    return { ...paragraph, headingPath: heading === undefined ? [] : [heading] }
  })
  const enrichment = paragraphs.flatMap(({ id: paragraphId, spans, text: quote }, at) => {
    const { questions } = texts[at] as Text
    return questions
      ? [{ paragraphId, summary: '', keywords: [], statements: [{ paragraphId, spans, quote, questions }] }]
      : []
  })
  return {
    document: describedDocument(id),
    content: {
      source: texts.map(({ text }) => text).join('\n'),
      paragraphs,
      furniture: [],
      pages: null,
      repairedWords: 0,
      warnings: [],
    },
    enrichment,
  }
}

/** Everything that is looked at closely for a question. */
async function look(
  documents: readonly IndexableDocument[],
  question: string,
  given: Partial<IndexQuery> = {},
): Promise<ReadonlyMap<string, Candidate>> {
  const search = new ParagraphSearch(CorpusStore.inMemory(documents), buildSearchFiles(documents), null)
  const { candidates } = await search.search({
    words: queryWords(tokens(question)),
    vector: null,
    preferences: new Map(),
    weights: { bm25: 1 },
    limit: 1_000,
    ...given,
  })
  return new Map(candidates.map(candidate => [candidate.paragraph.id, candidate]))
}

describe('a question that needs the turn before', () => {
  const SUBJECTS = ['bomen', 'fietsen', 'bruggen', 'scholen', 'lantaarns']
  const plan = documentOf(
    'plan',
    Array.from({ length: 40 }, (_, at) => ({
      text: `Paragraaf ${at} gaat over ${SUBJECTS[at % SUBJECTS.length]}.`,
      heading: at >= 20 && at < 24 ? 'Uitvoering' : 'Overig',
    })),
  )
  const other = documentOf('ander', [{ text: 'De gemeente betaalt.', heading: 'Uitvoering' }])
  const ask = (given: Partial<IndexQuery>) => look([plan, other], 'Wie betaalt dat?', given)

  it('looks at the paragraphs around the one that answered, though they hold no word of it', async () => {
    const without = await ask({})
    expect([...without.keys()]).toEqual(['ander#p-0'])
    const around = await ask({ earlierParagraph: 'plan#p-20' })
    for (const id of ['plan#p-12', 'plan#p-20', 'plan#p-28']) expect(around.has(id), id).toBe(true)
    for (const id of ['plan#p-11', 'plan#p-29']) expect(around.has(id), id).toBe(false)
  })

  it('stays within the document of that paragraph', async () => {
    const around = await ask({ earlierParagraph: 'plan#p-39' })
    expect([...around.keys()].sort()).toEqual(
      ['ander#p-0', ...Array.from({ length: 9 }, (_, at) => `plan#p-${31 + at}`)].sort(),
    )
  })

  it('tells which paragraph answered, how near the others are, and which share its heading', async () => {
    const around = await ask({ earlierParagraph: 'plan#p-20' })
    const features = (id: string) => around.get(id)?.features
    expect(features('plan#p-20')).toMatchObject({ isEarlier: 1, nearEarlier: 0, besideEarlier: 0 })
    expect(features('plan#p-21')).toMatchObject({ isEarlier: 0, besideEarlier: 1 })
    expect(features('plan#p-19')).toMatchObject({ isEarlier: 0, besideEarlier: 0 })
    // As near, on the other side; farther is less.
    expect(features('plan#p-19')?.nearEarlier).toBe(features('plan#p-21')?.nearEarlier)
    expect(features('plan#p-21')?.nearEarlier).toBeGreaterThan(features('plan#p-25')?.nearEarlier as number)
    expect(features('plan#p-25')?.nearEarlier).toBeGreaterThan(0)
    // The same heading in another document is another heading.
    expect(features('ander#p-0')).toMatchObject({ isEarlier: 0, nearEarlier: 0, besideEarlier: 0 })
  })

  it('does without a paragraph that is in the index no more', async () => {
    expect([...(await ask({ earlierParagraph: 'plan#weg' })).keys()]).toEqual(['ander#p-0'])
  })
})

describe('a document without enrichment beside one with', () => {
  // More enriched paragraphs hold the word, and score higher, than are looked at closely.
  const enriched = documentOf(
    'verrijkt',
    Array.from({ length: 300 }, (_, at) => ({
      text: `Parkeren op plein ${at}.`,
      questions: [`Wat kost parkeren op plein ${at}?`],
    })),
  )
  const bare = documentOf('kaal', [
    ...Array.from({ length: 60 }, (_, at) => ({ text: `Paragraaf ${at} gaat over bomen.` })),
    { text: 'Bewoners van de binnenstad betalen voor het parkeren van hun auto twee euro per week.' },
  ])

  it('is not passed over in the first pass', async () => {
    const found = await look([enriched, bare], 'Wat kost parkeren voor bewoners van de binnenstad?')
    expect(found.has('kaal#p-60')).toBe(true)
    const alone = await look([enriched, bare], 'parkeren')
    expect(alone.has('kaal#p-60')).toBe(true)
  })

  it('gives every statement of an enriched paragraph with its scores, and none of a bare one', async () => {
    const found = await look([enriched, bare], 'Wat kost parkeren op plein 7?')
    const [statement] = found.get('verrijkt#p-7')?.statements ?? []
    expect(statement?.quote).toBe('Parkeren op plein 7.')
    expect(found.get('verrijkt#p-7')?.statement?.question).toBe('Wat kost parkeren op plein 7?')
    expect(found.get('kaal#p-60')?.statements).toEqual([])
    expect(found.get('kaal#p-60')?.statement).toBeNull()
  })

  it('gets what its enrichment would add, as its other features tell', async () => {
    const query = { expectedEnrichment: { bias: 100, weights: {} } }
    const found = await look([enriched, bare], 'parkeren', query)
    const plain = await look([enriched, bare], 'parkeren')
    const gain = (id: string) => (found.get(id)?.score ?? 0) - (plain.get(id)?.score ?? 0)
    expect(gain('kaal#p-60')).toBeCloseTo(100, 3)
    expect(gain('verrijkt#p-7')).toBe(0)
  })
})
