import { describe, expect, it } from 'vitest'
import { bareParagraph, type Paragraph } from '../../ingest/corpus.js'
import {
  CorpusPositions,
  CorpusStore,
  encodeDocument,
  type IndexableDocument,
} from '../../ingest/corpus-store.js'
import { fnv1a } from '../../ingest/text-hash.js'
import { describedDocument } from '../support/documents.js'

/** A document with one paragraph for each text. */
function documentOf(
  id: string,
  texts: readonly string[],
  questions: readonly string[] = [],
): IndexableDocument {
  const source = texts.join('\n\n')
  let start = 0
  const paragraphs = texts.map((text, at): Paragraph => {
    const paragraph = bareParagraph(id, `p-${at}`, text, start)
    start += text.length + 2
    return {
      ...paragraph,
      headingPath: ['Kop'],
      page: at + 1,
      searchText: at % 2 === 0 ? text : text.toLowerCase(),
    }
  })
  const [first] = paragraphs
  const statements = first
    ? [{ paragraphId: first.id, spans: first.spans, quote: first.text, questions }]
    : []
  return {
    document: describedDocument(id, { title: `Titel van ${id}`, contentHash: id }),
    content: {
      source,
      paragraphs,
      furniture: [{ name: 'page number', spans: [[0, 1]] }],
      pages: 3,
      repairedWords: 2,
      warnings: ['let op'],
    },
    enrichment:
      first && questions.length > 0
        ? [{ paragraphId: first.id, summary: 'Kort.', keywords: ['woord'], statements }]
        : [],
  }
}

const DOCUMENTS = [
  documentOf('een', ['Eerste alinea.', 'Tweede alinea.'], ['Vraag 1?', 'Vraag 2?']),
  documentOf('leeg', []),
  documentOf('twee', ['Met “aanhalingstekens”, é en 👍.', 'Half teken: \ud800.', 'Slot.'], ['Vraag 3?']),
]

describe('a store of documents', () => {
  const store = CorpusStore.inMemory(DOCUMENTS)

  it('gives back every document as it was', () => {
    for (const { document, content } of DOCUMENTS) expect(store.content(document.id)).toEqual(content)
    expect(store.documents).toEqual(DOCUMENTS.map(({ document }) => document))
  })

  it('numbers paragraphs and questions over all documents', () => {
    expect(store.paragraphCount).toBe(5)
    expect(store.questionCount).toBe(3)
    expect(store.paragraph(2).text).toContain('👍')
    expect([0, 1, 2].map(question => store.positions.paragraphOfQuestion(question))).toEqual([0, 0, 2])
    expect([0, 1, 2, 3, 4].map(position => store.documentOf(position).id)).toEqual([
      'een',
      'een',
      'twee',
      'twee',
      'twee',
    ])
  })

  it('gives the enrichment of a paragraph, and null where there is none', () => {
    expect(store.enrichment(0)).toEqual(DOCUMENTS[0]?.enrichment[0])
    expect(store.enrichment(1)).toBeNull()
  })

  it('finds a paragraph by its id, and not by another', () => {
    for (let position = 0; position < store.paragraphCount; position++)
      expect(store.positionOf(store.paragraph(position).id)).toBe(position)
    expect(store.positionOf('een#p-9')).toBeNull()
    expect(store.content('drie')).toBeNull()
  })
})

it('opens the same from its stored numbers', () => {
  const encoded = DOCUMENTS.map(encodeDocument)
  const bytes = Buffer.concat(encoded.map(({ lines }) => lines))
  const stored = CorpusPositions.of(encoded).toBuffer()
  // A byte in front puts the numbers where no typed array could lie.
  const shifted = Buffer.concat([Buffer.alloc(1), stored]).subarray(1)
  const positions = CorpusPositions.fromBuffer(
    DOCUMENTS.map(({ document }) => document),
    shifted,
  )
  const store = new CorpusStore(positions, (start, length) => bytes.subarray(start, start + length))
  for (const { document, content } of DOCUMENTS) expect(store.content(document.id)).toEqual(content)
  expect(store.positionOf('twee#p-1')).toBe(3)
})

it('finds ids whose hashes are equal', () => {
  // These two ids have the same 32-bit FNV-1a hash, found by trying numbers.
  const ids = collidingAnchors()
  const [one, two] = ids.map(anchor => {
    const [paragraph] = documentOf('d', ['x']).content.paragraphs as [Paragraph]
    return { ...paragraph, anchor, id: `d#${anchor}`, text: anchor, searchText: anchor }
  }) as [Paragraph, Paragraph]
  const document = documentOf('d', [])
  const store = CorpusStore.inMemory([
    { ...document, content: { ...document.content, paragraphs: [one, two] } },
  ])
  expect(store.positionOf(one.id)).toBe(0)
  expect(store.positionOf(two.id)).toBe(1)
})

function collidingAnchors(): readonly [string, string] {
  const seen = new Map<number, string>()
  for (let number = 0; ; number++) {
    const anchor = `p-${number.toString(36)}`
    const value = fnv1a(`d#${anchor}`)
    const known = seen.get(value)
    if (known !== undefined) return [known, anchor]
    seen.set(value, anchor)
  }
}
