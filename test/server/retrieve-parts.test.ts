import { describe, expect, it } from 'vitest'
import type { Candidate, IndexQuery } from '../../ingest/search.js'
import { retrieveParts, type SearchableIndex } from '../../server/retrieval.js'
import { describedDocument } from '../support/documents.js'

const LETTER = describedDocument('brief', { kind: 'kamerbrief', date: '2025-05-23', aliases: ['Kamerbrief'] })
const COUNCIL = describedDocument('raad', { kind: 'raadsconclusies', aliases: ['Raad'], date: '2008-11-20' })
const candidate = (document: typeof LETTER, text: string, score: number) =>
  ({ document, paragraph: { id: text, text }, score, wordLevels: [] }) as unknown as Candidate

/** An index that finds the same for every question, and keeps what it was asked. */
function indexWith(...candidates: Candidate[]) {
  const asked: IndexQuery[] = []
  const index: SearchableIndex = {
    hasEnrichment: false,
    documents: async () => [LETTER, COUNCIL],
    search: async query => {
      asked.push(query)
      return { candidates, units: [] }
    },
  }
  return { index, asked }
}
const textsOf = (candidates: readonly Candidate[]) => candidates.map(({ paragraph }) => paragraph.text)

describe('retrieveParts', () => {
  it('takes the evidence for a part from the document that it asks', async () => {
    const { index } = indexWith(candidate(LETTER, 'uit de brief', 2), candidate(COUNCIL, 'van de Raad', 1))
    const parts = await retrieveParts(index, null, 'Wat zeggen de Raad en de Kamerbrief over visa?', [], 5)
    expect(parts.map(({ candidates }) => textsOf(candidates))).toEqual([['van de Raad'], ['uit de brief']])
  })

  it('asks a part that points back of the document that answered the part before', async () => {
    const { index, asked } = indexWith(candidate(COUNCIL, 'van de Raad', 2), candidate(LETTER, 'brief', 1))
    await retrieveParts(index, null, 'Wat is een visum, en wat kan iemand ermee?', [], 5)
    await retrieveParts(index, null, 'Wat is een visum, en wat kost asiel?', [], 5)
    expect(asked.map(({ preferences }) => [...(preferences ?? new Map()).keys()])).toEqual([
      [],
      ['raad'],
      [],
      [],
    ])
  })

  it('holds on to the document that the question before named', async () => {
    const { index, asked } = indexWith()
    const before = (question: string) => [{ question, documentId: null, paragraphId: null }]
    await retrieveParts(index, null, 'En wat kost dat?', before('Wat zegt de Kamerbrief over visa?'), 5)
    await retrieveParts(index, null, 'En wat kost dat?', before('Wat zegt het kabinet over visa?'), 5)
    const [named, vague] = asked.map(({ preferences }) => preferences.get('brief') ?? 0)
    expect(named).toBeGreaterThan(vague as number)
    expect(vague).toBeGreaterThan(0)
  })

  it('puts a paragraph that counts what is asked before a slightly better one that does not', async () => {
    const { index } = indexWith(
      candidate(LETTER, 'Veel landen doen mee.', 10),
      candidate(LETTER, 'Er zijn zeventien landen.', 9),
    )
    const [counted] = await retrieveParts(index, null, 'Hoeveel landen doen mee?', [], 5)
    expect(textsOf(counted?.candidates ?? [])[0]).toBe('Er zijn zeventien landen.')
    const [other] = await retrieveParts(index, null, 'Welke landen doen mee?', [], 5)
    expect(textsOf(other?.candidates ?? [])[0]).toBe('Veel landen doen mee.')
  })
})
