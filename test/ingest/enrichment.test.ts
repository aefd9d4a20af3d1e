import { describe, expect, it } from 'vitest'
import { parseEnrichment, placeEnrichment } from '../../ingest/enrichment.js'
import { readDocument } from '../../ingest/read-document.js'

const TEXT = `De gemeente plant dertig lindebomen langs de singel. Dat gebeurt in november.

Het planten kost twintigduizend euro. De provincie betaalt de helft.

Wie een boom wil adopteren, meldt zich bij de gemeente. Dat gebeurt in november.
`

async function content() {
  return (await readDocument(Buffer.from(TEXT), { documentId: 'bomen', fileName: 'bomen.txt' })).content
}

const line = (paragraph: string, quote: string, rest: object = {}) =>
  parseEnrichment(
    JSON.stringify({
      document: 'bomen.txt',
      paragraph,
      statements: [{ quote, questions: ['Vraag?'] }],
      ...rest,
    }),
    'bomen.jsonl',
  )

/** Text of the paragraph onto which a quote was placed. */
async function placed(paragraph: string, quote: string) {
  const { source, ...rest } = await content()
  const { paragraphs, unplaced } = placeEnrichment({ source, ...rest }, line(paragraph, quote))
  const statement = paragraphs[0]?.statements[0]
  return {
    unplaced,
    quote: statement?.quote,
    sliced: statement?.spans.map(([start, end]) => source.slice(start, end)).join(' '),
    paragraph: rest.paragraphs.find(({ id }) => id === statement?.paragraphId)?.text,
  }
}

describe('enrichment', () => {
  it('is placed on the paragraph and the range that its quote names', async () => {
    expect(await placed('De gemeente plant', 'dertig lindebomen')).toEqual({
      unplaced: [],
      quote: 'dertig lindebomen',
      sliced: 'dertig lindebomen',
      paragraph: expect.stringContaining('langs de singel'),
    })
  })

  it('of a quote that stands twice goes to the paragraph that the line names', async () => {
    const first = await placed('De gemeente plant', 'Dat gebeurt in november.')
    const last = await placed('Wie een boom wil adopteren', 'Dat gebeurt in november.')
    expect(first.paragraph).toContain('lindebomen')
    expect(last.paragraph).toContain('adopteren')
  })

  it('of a quote with other marks and breaks than the text is placed all the same', async () => {
    expect(await placed('x', '**De provincie\nbetaalt** de helft')).toMatchObject({
      unplaced: [],
      quote: 'De provincie betaalt de helft',
    })
  })

  it('whose quote stands nowhere is listed', async () => {
    expect(await placed('x', 'veertig platanen')).toMatchObject({ unplaced: ['veertig platanen'] })
  })

  it('gives summary and keywords to the paragraphs that its quotes touch', async () => {
    const { paragraphs } = placeEnrichment(
      await content(),
      line('Het planten', 'twintigduizend euro', { summary: 'Wat het kost.', keywords: ['kosten'] }),
    )
    expect(paragraphs).toMatchObject([{ summary: 'Wat het kost.', keywords: ['kosten'] }])
  })

  it('that is no JSON or lacks a field is refused with file and line', () => {
    const good = '{"document":"a","paragraph":"b","statements":[]}'
    for (const bad of [
      '{',
      '{"document":"a"}',
      '{"document":"a","paragraph":"b","statements":[{"quote":""}]}',
    ])
      expect(() => parseEnrichment(`${good}\n\n${bad}\n`, 'bomen.jsonl')).toThrow(/bomen\.jsonl, line 3/)
  })
})
