/** Labels of list items, numbered points and headings: "18.", "b)", "(1)", "2.1.", "•". */

/** A label at the beginning of a text. */
export interface Label {
  /** As printed: "b)", "•". */
  readonly text: string
  /** Labels of one list share a style: the bullet itself, or the form with `1`, `a`, `A`, `i`, `I` for the counter. */
  readonly style: string
  /** Position in its list, from 1; `null` for bullets. */
  readonly ordinal: number | null
  /** The other reading of a letter that is also a Roman numeral: "i)" is the ninth letter or the first numeral. */
  readonly roman: { readonly style: string; readonly ordinal: number } | null
  /** Length in characters including the white space after it. */
  readonly length: number
}

const BULLET = /^([•▪●◦‣∙·■□–—∞*+-]|o(?= ))\s+(?=\S)/
const COUNTER =
  /^(\(?)(\d{1,3}(?:\.\d{1,3}){0,4}|[a-z]{1,2}|[ivxlc]{1,7}|[A-Z]|[IVXLC]{1,7})([).]|\.\))(\s+(?=\S)|(?=\*\*))/
const DECIMAL = /^(\d{1,3}(?:\.\d{1,3}){1,4})(\s+)(?=\S)/

const ROMAN: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10, l: 50, c: 100 }

/** Value of a Roman numeral; `null` where the text is none. */
function romanValue(text: string): number | null {
  const lower = text.toLowerCase()
  if (!/^(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})$/.test(lower) || !lower) return null
  let value = 0
  for (let i = 0; i < lower.length; i++) {
    const here = ROMAN[lower[i] ?? ''] ?? 0
    value += here < (ROMAN[lower[i + 1] ?? ''] ?? 0) ? -here : here
  }
  return value
}

function letterValue(text: string): number | null {
  if (text.length === 1) return text.toLowerCase().charCodeAt(0) - 96
  return text[0] === text[1] ? 26 + text.toLowerCase().charCodeAt(0) - 96 : null
}

/** The label that a text begins with; `null` where it begins with none. The text may open with marks of Markdown. */
export function readLabel(text: string): Label | null {
  const bullet = BULLET.exec(text)
  if (bullet?.[1]) {
    const style = bullet[1] === '—' ? '–' : bullet[1]
    return { text: bullet[1], style, ordinal: null, roman: null, length: bullet[0].length }
  }
  const decimal = DECIMAL.exec(text)
  if (decimal?.[1]) {
    const ordinal = Number(decimal[1].split('.').at(-1))
    return {
      text: decimal[1],
      style: decimal[1].replace(/\d+/g, '1'),
      ordinal,
      roman: null,
      length: decimal[0].length,
    }
  }
  const counter = COUNTER.exec(text)
  if (!counter) return null
  const [whole, open = '', body = '', close = ''] = counter
  const label = { text: whole.trim(), length: whole.length }
  if (/^\d/.test(body)) {
    const style = `${open}${body.replace(/\d+/g, '1')}${close}`
    return { ...label, style, ordinal: Number(body.split('.').at(-1)), roman: null }
  }
  const upper = body === body.toUpperCase()
  const numeral = romanValue(body)
  const roman = numeral === null ? null : { style: `${open}${upper ? 'I' : 'i'}${close}`, ordinal: numeral }
  const letter = body.length <= 2 ? letterValue(body) : null
  if (letter === null) return roman && { ...label, style: roman.style, ordinal: roman.ordinal, roman: null }
  return { ...label, style: `${open}${upper ? 'A' : 'a'}${close}`, ordinal: letter, roman }
}

/** Whether a text is nothing but labels or punctuation: "b)", "10.", "1))". */
export function isBareLabel(text: string): boolean {
  return /^\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})?[).]{1,3}$/.test(text)
}
