/** Plain text: no structure of its own, everything is read from the lines. */
import { decodeText, looksLikeText } from './decode.js'
import { type FormatReader, NO_PROPERTIES } from './format.js'

export const textReader: FormatReader = {
  format: 'text',
  recognises: looksLikeText,
  async read(bytes) {
    const { text, warnings } = decodeText(bytes)
    return {
      source: text,
      blocks: null,
      pageStarts: null,
      headings: null,
      furniture: [],
      properties: NO_PROPERTIES,
      warnings,
    }
  },
}
