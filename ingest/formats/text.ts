/** Plain text: no structure of its own, everything is read from the lines. */
import { decodeText, looksLikeText } from './decode.js'
import type { FormatReader } from './format.js'

export const textReader: FormatReader = {
  format: 'text',
  recognises: looksLikeText,
  async read(bytes) {
    const { text, warnings } = decodeText(bytes)
    return {
      source: text,
      blocks: null,
      pageStarts: null,
      furniture: [],
      properties: { title: null, date: null },
      warnings,
    }
  },
}
