import { describe, expect, it } from 'vitest'
import type { Paragraph } from '../../ingest/corpus.js'
import { findVersions, sketchOf, versionWarning } from '../../ingest/resemblance.js'

const sketch = (texts: readonly string[]) =>
  sketchOf({ paragraphs: texts.map(text => ({ text }) as unknown as Paragraph) })

const sentences = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, at) => `In straat nummer ${from + at} plaatst de gemeente dit jaar nieuwe lantaarns en banken.`,
  )

const documentOf = (documentId: string, texts: readonly string[], documentNumber: string | null = null) => ({
  documentId,
  documentNumber,
  sketch: sketch(texts),
})

describe('versions of a document', () => {
  it('are found by the paragraphs that they share, also when they are long', () => {
    const pairs = findVersions([
      documentOf('oud', sentences(0, 400)),
      documentOf('anders', sentences(1_000, 1_300)),
      documentOf('nieuw', [...sentences(20, 400), ...sentences(2_000, 2_020)]),
    ])
    expect(pairs).toHaveLength(1)
    expect(pairs[0]).toMatchObject({ first: 'oud', second: 'nieuw', sameNumber: false })
    expect(pairs[0]?.share).toBeGreaterThan(0.75)
    expect(pairs[0]?.share).toBeLessThanOrEqual(1)
  })

  it('are found by their document number', () => {
    const pairs = findVersions([
      documentOf('ontwerp', sentences(0, 30), '9283/09'),
      documentOf('definitief', sentences(500, 530), '9283/09'),
    ])
    expect(pairs).toMatchObject([{ first: 'ontwerp', second: 'definitief', sameNumber: true }])
  })

  it('are not documents that share a few paragraphs, or only formulas and headings', () => {
    const formulas = ['Artikel 1', 'Aldus vastgesteld', 'Toelichting', 'Slot']
    expect(
      findVersions([
        documentOf('een', [...formulas, ...sentences(0, 100)]),
        documentOf('twee', [...formulas, ...sentences(90, 190)]),
        documentOf('drie', formulas),
        documentOf('vier', formulas),
      ]),
    ).toEqual([])
  })

  it('are told of with what to do', () => {
    const [pair] = findVersions([documentOf('oud', sentences(0, 20)), documentOf('nieuw', sentences(1, 20))])
    expect(pair && versionWarning(pair)).toMatch(/^oud and nieuw share about 95 % .* take the older one out/)
  })
})

it('marks, case and white space make no other paragraph', () => {
  const [text = ''] = sentences(7, 8)
  expect(sketch([text])).toEqual(sketch([`  **${text.toUpperCase().replaceAll(' ', '  ')}**`]))
})
