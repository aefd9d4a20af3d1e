/** Dutch sentences of a paragraph, cut only where a reader would. */
import type { Paragraph } from '../ingest/corpus.js'

/** A half-open range of the paragraph's text, without white space around it. */
export interface Sentence {
  readonly start: number
  readonly end: number
}

/** Abbreviations that never end a sentence, folded, without the last period. */
const NEVER_FINAL = new Set(
  (
    'nr nrs no art artt bijv bv blz p pp dr drs mr ir ing prof mw mevr dhr st vgl zgn zg resp ca max min incl excl ' +
    'm.b.t t.a.v t.b.v t.o.v t.g.v o.a o.m o.b.v i.v.m i.p.v d.w.z d.m.v m.i.v m.u.v c.q n.a.v i.h.b u.u vs mln mld ' +
    'afd par hfst jo juncto aanh bijl ed red p.m vert ten lid'
  ).split(' '),
)

/** Abbreviations that also stand at the end of a sentence: they end one where a new one clearly begins. */
const SOMETIMES_FINAL = new Set('enz etc e.d e.a jl jls a.s s jr sr e.v ev k.k g.d'.split(' '))

/** An ending mark with closing quotes, brackets and a footnote number, white space, and the start of what follows. */
const POSSIBLE_END = /[.!?…](?:["”’')\]]*)(\d{1,3})?(?:["”’')\]]*)\s+(?=["“‘'([*]*[\p{Lu}\d–•])/gu

const WORD_CHARACTER = /^[\p{L}\p{N}.]/u

/** The letters, digits and periods directly before a position; walks backwards, because a pattern would try every start. */
function wordBefore(text: string, from: number, to: number): string {
  let start = to
  while (start > from) {
    const isSecondHalf = start - 1 > from && /[\uDC00-\uDFFF]/.test(text.charAt(start - 1))
    const previous = start - (isSecondHalf ? 2 : 1)
    if (!WORD_CHARACTER.test(text.slice(previous, start))) break
    start = previous
  }
  return text.slice(start, to)
}

function endsSentence(text: string, at: number, sentenceStart: number, after: number): boolean {
  if (text[at] !== '.') return true
  const before = text.slice(sentenceStart, at)
  const word = wordBefore(text, sentenceStart, at)
  const folded = word.toLowerCase()
  // A number at the beginning is a label ("10. Daarom …"), and a period between numbers is part of one.
  if (/^\d{1,3}$/.test(word) && before.trim() === word) return false
  if (NEVER_FINAL.has(folded)) return false
  const next = text.slice(after)
  if (SOMETIMES_FINAL.has(folded)) return /^["“‘(]?\p{Lu}/u.test(next)
  // Initials: "M.H.M. Faber", "J. de Vries".
  if (/^(\p{Lu}\.)*\p{Lu}$/u.test(word)) return false
  return /^["“‘'([*]*[\p{Lu}•–]/u.test(next) || /[\p{L})]$/u.test(before)
}

/**
 * Splits a paragraph into sentences.
 *
 * @param text text of one paragraph, white space collapsed
 * @returns ranges in order that cover everything but white space
 */
export function splitSentences(text: string): Sentence[] {
  const found: Sentence[] = []
  let start = 0
  for (const match of text.matchAll(POSSIBLE_END)) {
    const after = match.index + match[0].length
    if (!endsSentence(text, match.index, start, after)) continue
    found.push({ start, end: match.index + match[0].trimEnd().length })
    start = after
  }
  const end = text.trimEnd().length
  if (start < end) found.push({ start, end })
  return found
}

/** Sentences of the paragraphs that are in memory. */
const known = new WeakMap<Paragraph, readonly Sentence[]>()

/** The sentences of a paragraph, split once while the paragraph is in memory. */
export function sentencesOf(paragraph: Paragraph): readonly Sentence[] {
  const found = known.get(paragraph) ?? splitSentences(paragraph.text)
  known.set(paragraph, found)
  return found
}

/** First words with which a sentence leans on the one before it. */
const LEANING =
  /^["“‘'(]*(?:(?:en|maar|ook|want|dus) )?(?:dit|deze|die|dat|daarbij|daarmee|daartoe|daarom|daarvoor|daarvan|daarin|daardoor|daarop|daarna|daarnaast|daarover|hierbij|hiermee|hiertoe|hierdoor|hiervoor|hierin|hierop|hiervan|zij|ze|hij|het gaat hierbij|zo|zulke|dergelijke|dan|denk(?:t u)? (?:\p{L}+ )?aan|bijvoorbeeld|laatstgenoemde|eerstgenoemde|beide)(?![\p{L}])/iu

/** Whether a sentence cannot be understood without the one before it. */
export function leansOnPrevious(sentence: string): boolean {
  return LEANING.test(sentence)
}

/** First words of a sentence that gives an example of what the one before it says. */
const EXEMPLIFYING =
  /^["“‘'(]*(?:denk(?:t u)? (?:\p{L}+ )?aan|bijvoorbeeld|zo (?:is|zijn|heeft|hebben|wordt|worden|kan|kunnen)|(?:een|één) (?:\p{L}+ )?voorbeeld|voorbeelden)(?![\p{L}])/iu

/** Whether a sentence gives an example of what the one before it says. */
export function exemplifiesPrevious(sentence: string): boolean {
  return EXEMPLIFYING.test(sentence)
}
