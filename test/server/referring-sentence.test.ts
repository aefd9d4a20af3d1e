import { describe, expect, it } from 'vitest'
import type { DocumentContent, Paragraph } from '../../ingest/corpus.js'
import { pieceOf, textOf } from '../../server/pieces.js'
import { withReferringSentence } from '../../server/referring-sentence.js'
import { describedDocument } from '../support/documents.js'

const paragraph = (id: string, kind: string, text: string, more: Partial<Paragraph> = {}) =>
  ({ id, kind, text, label: null, footnotes: [], ...more }) as unknown as Paragraph
const REFERENCE = paragraph('noot', 'footnote', '7 COM(2020) 12 van 3 mei 2020, over het beleid voor visa.', {
  label: 'voetnoot 7',
})
const SHORT = paragraph('kort', 'footnote', '8 COM(2020) 12.', { label: 'voetnoot 8' })
const STATEMENT = paragraph('uitleg', 'footnote', '9 Het verdrag van 1951 is nog steeds geldig.', {
  label: 'voetnoot 9',
})
const TEXT = paragraph(
  'tekst',
  'text',
  'Er is veel gebeurd in 2019. Visa zijn een middel voor beleid, zoals vermeld in mei 20207. Ook asiel telt8.',
  { footnotes: ['noot', 'kort', 'uitleg'] },
)
const document = describedDocument('brief')
const index = {
  content: async () =>
    ({ source: '', paragraphs: [TEXT, REFERENCE, SHORT, STATEMENT] }) as unknown as DocumentContent,
}
/** What is shown for a question that is answered by a footnote, where each word asked counts once. */
async function shown(question: string, footnote: Paragraph): Promise<string[]> {
  const piece = pieceOf({ document, paragraph: footnote }, { start: 0, end: footnote.text.length })
  const asked = question.toLowerCase().replace('?', '').split(' ')
  const held = (text: string) =>
    asked.filter(word =>
      text
        .toLowerCase()
        .split(/[ ,.]+/)
        .includes(word),
    ).length
  return (await withReferringSentence(question, [piece], held, index)).map(textOf)
}

describe('withReferringSentence', () => {
  it('puts the sentence that carries the mark before a reference that says less', async () => {
    expect(await shown('Waarvoor zijn visa een middel?', REFERENCE)).toEqual([
      'Visa zijn een middel voor beleid, zoals vermeld in mei 20207.',
      REFERENCE.text,
    ])
  })

  it('leaves a reference alone that is asked for', async () => {
    expect(await shown('Welk nummer heeft het middel visa?', REFERENCE)).toEqual([REFERENCE.text])
  })

  it('puts the sentence before a number by itself, whatever is asked', async () => {
    expect(await shown('Welk nummer telt ook voor asiel?', SHORT)).toEqual(['Ook asiel telt8.', SHORT.text])
  })

  it('leaves a footnote alone that states something itself', async () => {
    expect(await shown('Waarvoor zijn visa een middel?', STATEMENT)).toEqual([STATEMENT.text])
  })
})
