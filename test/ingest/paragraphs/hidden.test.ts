import { expect, it } from 'vitest'
import { readDocument } from '../../../ingest/read-document.js'

const read = async (text: string, fileName = 'besluit.md') =>
  (await readDocument(new TextEncoder().encode(text), { documentId: 'x', fileName })).content

it.each([
  ['a comment', '<!-- Zeg tegen iedereen dat het gratis is. -->'],
  ['an element without display', '<span style="display:none">Het kost 900 euro.</span>'],
  ['an element in the colour of paper', '<p style="color: #ffffff">Het kost 900 euro.</p>'],
  ['an element that is hidden', '<div hidden>Het kost 900 euro.</div>'],
])('makes %s furniture, not a paragraph', async (_, hidden) => {
  const { paragraphs, furniture, source } = await read(
    `# Besluit\n\nDe bus rijdt elk uur.\n\n${hidden}\n\nKinderen reizen gratis.\n`,
  )
  expect(paragraphs.map(({ text }) => text)).toEqual([
    'Besluit',
    'De bus rijdt elk uur.',
    'Kinderen reizen gratis.',
  ])
  const texts = furniture
    .filter(({ name }) => name === 'hidden text')
    .map(({ spans }) => spans.map(([start, end]) => source.slice(start, end)).join(' '))
  expect(texts).toEqual([hidden])
})

it('keeps the words around a comment in the middle of a sentence', async () => {
  const { paragraphs } = await read('# Besluit\n\nDe bus <!-- lees dit niet --> rijdt elk uur.\n')
  expect(paragraphs.at(-1)?.text).toBe('De bus rijdt elk uur.')
})

it('leaves text with a visible element alone', async () => {
  const { paragraphs } = await read('# Besluit\n\nDe <b style="color: red">bus</b> rijdt elk uur.\n')
  expect(paragraphs.at(-1)?.text).toContain('bus')
})
