import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerBlocks, printedPieces } from '../../client/answer-blocks.js'
import { segment } from '../support/answers.js'

describe('the blocks of an answer', () => {
  it('put a list under the sentence that introduces it', () => {
    const blocks = answerBlocks([
      segment('lead-in', 'Volgens de brief:'),
      segment('quote', 'Er zijn twee pijlers:', [1]),
      segment('list-item', 'opvang;', [2]),
      segment('list-item', 'terugkeer.', [3]),
    ])
    expect(blocks.map(block => block.kind)).toEqual(['paragraph', 'quotation'])
    expect(blocks[1]).toMatchObject({
      sentences: [{ text: 'Er zijn twee pijlers:' }],
      items: [{ text: 'opvang;' }, { text: 'terugkeer.' }],
    })
  })

  it('do not let a sentence after a list into that list', () => {
    const blocks = answerBlocks([
      segment('quote', 'Pijlers:', [1]),
      segment('list-item', 'opvang', [2]),
      segment('quote', 'Dat kost geld.', [3]),
    ])
    expect(blocks).toHaveLength(2)
  })

  it('join the sentences of a language model, and begin anew with a lead-in', () => {
    const blocks = answerBlocks([
      segment('sentence', 'Eén.', [1]),
      segment('sentence', 'Twee.', [1]),
      segment('lead-in', 'En volgens de Raad:'),
    ])
    expect(blocks.map(block => (block.kind === 'paragraph' ? block.segments.length : 0))).toEqual([2, 1])
  })

  it('set the value that was asked for apart where the answer opens with it', () => {
    const blocks = answerBlocks([
      segment('quote', '118 miljoen euro', [1]),
      segment('lead-in', 'Volgens de brief:'),
      segment('quote', 'Begroot is 118 miljoen euro.', [1]),
    ])
    expect(blocks.map(block => block.kind)).toEqual(['value', 'paragraph', 'quotation'])
  })

  it('hold every segment once, in order', () => {
    const kinds = fc.constantFrom('lead-in', 'quote', 'list-item', 'sentence', 'note') satisfies fc.Arbitrary<
      'lead-in' | 'quote' | 'list-item' | 'sentence' | 'note'
    >
    fc.assert(
      fc.property(fc.array(kinds), list => {
        const segments = list.map((kind, index) => segment(kind, String(index)))
        const back = answerBlocks(segments).flatMap(block =>
          block.kind === 'note' || block.kind === 'value'
            ? [block.segment]
            : block.kind === 'paragraph'
              ? block.segments
              : [...block.sentences, ...block.items],
        )
        expect(back).toEqual(segments)
      }),
    )
  })
})

describe('the pieces of a printed text', () => {
  const cited = (text: string, quote: string | null) =>
    printedPieces(text, quote)
      .filter(piece => piece.cited)
      .map(piece => piece.text)
      .join('')

  it('are the text, to the letter, and the cited ones the quote', () => {
    const words = fc.array(fc.constantFrom('migratie', '**', ' ', 'a*b', '“x”', '\u05d0', '😀', '.'), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(words, words, words, (before, inside, after) => {
        const quote = inside.join('')
        const text = [...before, quote, ...after].join('')
        const pieces = printedPieces(text, quote)
        expect(pieces.map(piece => piece.text).join('')).toBe(text)
        expect(cited(text, quote)).toBe(quote)
      }),
    )
  })

  it('make bold what stands between the marks of Markdown, and the marks no text', () => {
    expect(printedPieces('**Brussel**, 2008', null).filter(piece => !piece.mark)).toMatchObject([
      { text: 'Brussel', bold: true },
      { text: ', 2008', bold: false },
    ])
  })

  it('highlight nothing for a quote that does not occur, and nothing else for an empty one', () => {
    expect(cited('Een alinea.', 'Iets anders.')).toBe('')
    expect(cited('Een alinea.', '')).toBe('')
    expect(cited('Een alinea.', null)).toBe('')
  })
})
