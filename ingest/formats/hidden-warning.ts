/** What a person is told of text that no reader of the printed page sees, and that is left out. */

/** Characters of the first hidden text that are shown, enough to find it. */
const SHOWN = 60

/**
 * One warning for all hidden text of a document; none without any.
 *
 * @param pages the pieces of hidden text of each page, or of the document where pages are not known
 */
export function hiddenWarning(pages: readonly (readonly string[])[]): string[] {
  const texts = pages.map(pieces => pieces.join(' ').replace(/\s+/g, ' ').trim())
  const first = texts.findIndex(text => text !== '')
  if (first < 0) return []
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  const text = texts[first] ?? ''
  const place = pages.length > 1 ? `, first on page ${first + 1}` : ''
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
  return [
    `hidden text left out: ${characters} characters that no reader sees${place}: “${shown}”; look whether they belong in the document`,
  ]
}
