/** The formats that are read, in the order in which they are asked. */

import { docxReader } from './docx.js'
import type { FormatReader } from './format.js'
import { htmlReader } from './html.js'
import { markdownReader } from './markdown.js'
import { pdfReader } from './pdf.js'
import { textReader } from './text.js'

/** Most specific first: plain text recognises whatever is text at all. */
export const FORMAT_READERS: readonly FormatReader[] = [
  pdfReader,
  docxReader,
  htmlReader,
  markdownReader,
  textReader,
]
