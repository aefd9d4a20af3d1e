import { describe, expect, it } from 'vitest'
import type { PolicyDocument } from '../../ingest/corpus.js'
import { decideParts, findMissing } from '../../server/part-evidence.js'
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

describe('decideParts', () => {
  const shared = (isShared: boolean, score = 0) =>
    ({ understood: { isShared }, candidates: [{ score }] }) as unknown as Evidence
  const decision = (probability: number, strictMissingHeaviest: number, heaviestMissing = 0) => ({
    answers: probability > 0.3,
    probability,
    features: { strictMissingHeaviest, heaviestMissing },
  })
  const answers = (isShared: boolean, ...decisions: ReturnType<typeof decision>[]) =>
    decideParts(
      decisions.map(() => shared(isShared)),
      decisions,
    ).map(each => each.answers)

  it('takes no answer from a document without the word in which another one tells it', () => {
    expect(answers(true, decision(0.9, 0), decision(0.5, 1))).toEqual([true, false])
  })

  it('leaves it to the probability where no document holds the word', () => {
    expect(answers(true, decision(0.9, 1), decision(0.5, 1))).toEqual([true, true])
  })

  it('takes an answer of less probability from a document that holds the word', () => {
    expect(answers(true, decision(0.9, 0), decision(0.2, 0.1), decision(0.1, 0.1))).toEqual([
      true,
      true,
      false,
    ])
  })

  it('takes no answer from a document that holds what is asked far less than another one', () => {
    const parts = [shared(true, 22), shared(true, 18), shared(true, 16)]
    const decisions = parts.map(() => decision(0.9, 0))
    expect(decideParts(parts, decisions).map(each => each.answers)).toEqual([true, true, false])
  })

  it('leaves parts that ask something else alone', () => {
    expect(answers(false, decision(0.9, 0), decision(0.5, 1), decision(0.2, 0))).toEqual([true, true, false])
  })
})
