import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentOf, expectSound } from './support.js'

const WORDS =
  'water dijk rivier kust zee eiland polder gemeente provincie waterschap beheer toezicht plan besluit regeling uitvoering financiering samenwerking onderzoek bescherming natuur landbouw visserij scheepvaart haven strand duin sluis gemaal peil stijging afvoer berging en of met voor door over tussen langs volgens'.split(
    ' ',
  )

/** A sentence without punctuation inside, so that a page can end anywhere in it and still be recognised as unfinished. */
const sentence = fc
  .array(fc.constantFrom(...WORDS), { minLength: 14, maxLength: 60 })
  .map(words => `De ${words.join(' ')} gaat door.`)
const WIDTH = 84

/** Lines of at most the column's width, as a printer would break them. */
function wrap(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}

type Footer = 'none' | 'commission' | 'council'

/**
 * Sets paragraphs in pages of so many lines, with a footnote on every second page and footers, the way text extraction
 * gives pages back.
 */
function setInPages(
  paragraphs: readonly string[],
  pageLines: number,
  footer: Footer,
  isFed: boolean,
): string {
  const pages: string[] = []
  let page: string[] = []
  let note = 0
  const endPage = (): void => {
    if (page.length === 0) return
    const number = pages.length + 1
    let text = page.join('\n')
    if (number % 2 === 0) {
      note++
      // The reference stands behind the last word of the first line that ends in a word.
      const lines = text.split('\n')
      const at = lines.findIndex(line => /[a-z]$/.test(line))
      if (at >= 0) {
        lines[at] = `${lines[at]}${note}`
        text = `${lines.join('\n')}\n\n${' '.repeat(49)}\n${note} Noot over het beheer van het water, blad ${number}.`
      } else note--
    }
    if (footer === 'commission') text += `\n\n\nNL ${number}   NL\n\n`
    if (footer === 'council') text += `\n\n\n1234/31 abc/DEF/gh ${number}\nDG E 1 NL\n\n`
    pages.push(text)
    page = []
  }
  for (const paragraph of paragraphs) {
    for (const line of wrap(paragraph)) {
      if (page.filter(each => each !== '').length >= pageLines) endPage()
      page.push(line)
    }
    if (page.length > 0) page.push('')
  }
  endPage()
  const joined =
    footer !== 'none' && !isFed ? pages.join('\n') : isFed ? pages.join('\n\f') : ` ${pages.join('\n ')}`
  return `${joined}\n`
}

describe('generated documents', () => {
  it('paragraphs set in pages with footers and footnotes are found again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 6, maxLength: 20 }),
        fc.integer({ min: 8, max: 20 }),
        fc.constantFrom<Footer>('none', 'commission', 'council'),
        fc.boolean(),
        async (paragraphs, pageLines, footer, isFed) => {
          const content = await contentOf(setInPages(paragraphs, pageLines, footer, isFed))
          expectSound(content)
          const body = content.paragraphs.filter(each => each.kind === 'text')
          expect(body.map(each => each.searchText)).toEqual(paragraphs)
          for (const note of content.paragraphs.filter(each => each.kind === 'footnote')) {
            expect(note.text).toMatch(/^\d+ Noot over het beheer van het water, blad \d+\.$/)
            expect(body.filter(each => each.footnotes.includes(note.id))).toHaveLength(1)
          }
        },
      ),
      { numRuns: 150, endOnFailure: true },
    )
  })

  const piece = fc.oneof(
    sentence,
    fc.constantFrom(
      '# Kop',
      '1. INLEIDING',
      'a) het eerste;',
      'b)',
      '- punt',
      '• punt:',
      '∞ punt',
      '| a | b |',
      '|---|---|',
      '---',
      ' '.repeat(40),
      '1 Noot.',
      'woord1 en meer',
      'NL 3 NL',
      '12',
      '**vet**',
      '[^1]: noot',
      '> citaat',
      '```',
      'De Minister van Zee,',
      'Jan de Vries',
      'Brussel, 3 maart 2031',
      'Datum',
      '\f',
      ' ',
      '\u200b',
      '…',
    ),
    // A NUL byte makes a file no text.
    fc.string({ unit: 'binary', maxLength: 20 }).map(text => text.replaceAll('\0', ' ')),
  )
  const document = fc
    .array(fc.tuple(fc.constantFrom('\n', '\n\n', '\n ', '\r\n', '\n\n\f', ' ', '\n    '), piece), {
      maxLength: 40,
    })
    .map(pieces => `x${pieces.flat().join('')}`)

  it.each(['document.txt', 'document.md'])('nothing is lost or said twice in any %s', async fileName => {
    await fc.assert(
      fc.asyncProperty(document, async text => {
        expectSound(await contentOf(text, fileName))
      }),
      { numRuns: 400 },
    )
  })

  it('the same bytes give the same paragraphs', async () => {
    await fc.assert(
      fc.asyncProperty(document, async text => {
        expect(await contentOf(text)).toEqual(await contentOf(text))
      }),
      { numRuns: 50 },
    )
  })

  it('anchors of the other paragraphs stay when one is put between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(sentence, { minLength: 3, maxLength: 8 }),
        sentence,
        fc.nat(),
        async (paragraphs, added, seed) => {
          fc.pre(!paragraphs.includes(added))
          const at = seed % (paragraphs.length + 1)
          const before = await contentOf(paragraphs.join('\n\n'))
          const after = await contentOf(paragraphs.toSpliced(at, 0, added).join('\n\n'))
          expect(after.paragraphs.filter(each => each.text !== added).map(each => each.anchor)).toEqual(
            before.paragraphs.map(each => each.anchor),
          )
        },
      ),
      { numRuns: 50 },
    )
  })
})
