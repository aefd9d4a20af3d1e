import { describe, expect, it } from 'vitest'
import type { PolicyDocument } from '../../ingest/corpus.js'
import { findMissing } from '../../server/part-evidence.js'
import type { Evidence } from '../../server/retrieval.js'

const documents = ['brief', 'verklaring'].map(id => ({ id }) as PolicyDocument)
const part = (question: string, ...named: readonly string[]) =>
  ({ question, title: question, understood: { named } }) as unknown as Evidence

describe('findMissing', () => {
  it('names each question that no part answers once', () => {
    const parts = [part('Wie betaalt'), part('wat kost het', 'brief'), part('wat kost het', 'verklaring')]
    expect(findMissing(parts, parts.slice(0, 1), documents)).toEqual({
      questions: ['wat kost het'],
      documents: [],
    })
  })

  it('names the document that does not answer what another one answers', () => {
    const parts = [part('Wat kost het', 'brief'), part('Wat kost het', 'verklaring')]
    expect(findMissing(parts, parts.slice(0, 1), documents)).toEqual({
      questions: [],
      documents: [{ question: 'Wat kost het', document: documents[1] }],
    })
  })

  it('finds nothing missing when all is answered', () => {
    const parts = [part('Wie betaalt'), part('wat kost het')]
    expect(findMissing(parts, parts, documents)).toEqual({ questions: [], documents: [] })
  })
})
