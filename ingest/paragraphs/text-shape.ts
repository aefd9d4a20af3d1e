/** Small questions about the shape of a piece of text, asked in many places. */
import type { Span } from '../corpus.js'

/** The spans as one text, as printed: joined by a space, white space collapsed. */
export function textOf(source: string, spans: readonly Span[]): string {
  return spans
    .map(([start, end]) => source.slice(start, end))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Without the marks of Markdown that a reader does not see: emphasis, code, link targets. */
export function withoutMarks(text: string): string {
  return text
    .replace(/!?\[([^[\]]*)\]\([^()\s]{0,2000}\)/g, '$1')
    .replace(/\*{1,3}|`+|(?<![\p{L}\p{N}])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\p{L}\p{N}])/gu, '')
    .replace(/\\([\\`*_{}[\]()#+\-.!|])/g, '$1')
    .trim()
}

const CLOSING = /[)\]"'”’»*_]{1,8}$/

/** Whether a sentence or clause ends here: full stop, colon, semicolon, comma, question or exclamation mark. */
export function endsClause(text: string): boolean {
  return /[.:;,!?…]$/.test(text.replace(CLOSING, ''))
}

const ABBREVIATION =
  /(?:^|[\s(])(?:art|artt|bijv|bv|blz|ca|cf|d\.w\.z|dhr|drs|dr|e\.a|ed|enz|evt|i\.v\.m|incl|ir|jl|jr|max|m\.b\.t|mevr|mln|mr|nl|no|nr|nrs|o\.a|o\.m|p|par|prof|resp|St|t\.a\.v|t\.b\.v|t\.o\.v|t\/m|vgl|z|zgn|[A-Z])\.$/i

/** Whether a sentence ends here; an abbreviation such as "bijv." does not end one. */
export function endsSentence(text: string): boolean {
  const bare = text.replace(CLOSING, '')
  return /[.!?…]$/.test(bare) && !(ABBREVIATION.test(bare) && bare === text)
}

/** Whether the first letter is lower case. Text without letters is not. */
export function startsLowerCase(text: string): boolean {
  return /^[^\p{L}\p{N}]*\p{Ll}/u.test(text)
}

/** Whether all letters are capitals, and there are at least four of them. */
export function isCapitals(text: string): boolean {
  return /(?:\P{L}*\p{Lu}){4}/u.test(text) && !/\p{Ll}/u.test(text)
}

/** Number of letters and digits. */
export function wordCharacters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0
}
