/** The sentence that a footnote belongs to, for answers of which nothing but a reference would be left. */
import type { Paragraph } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import { quotableSentences } from './orders.js'
import { countWords, type Piece, pieceOf, textOf } from './pieces.js'

/** Signs of a reference to a document: a number of the Commission, a law, an address, a title in quotation marks. */
const REFERENCE =
  /COM ?\(|\b(?:Richtlijn|Verordening|Besluit|Mededeling|Conclusies|Verdrag)\b|https?:|["“„]|\b(?:19|20)\d{2}\b/u
/** Verbs by which a footnote states something itself. */
const STATES =
  /(?<![\p{L}])(?:is|zijn|was|waren|wordt|worden|werd|werden|heeft|hebben|betreft|omvat|bestaat|kan|moet|gaat|steunt|helpt)(?![\p{L}])/u
/** Questions for the reference itself: a title, a number, a date, where something is written. */
const ASKS_FOR_REFERENCE =
  /(?<![\p{L}])(?:[\p{L}-]*nummers?|titels?|hoe (?:heet|heten|luidt)|welke? (?:\p{L}+ )?(?:mededeling|mededelingen|document|documenten|richtlijn|richtlijnen|verordening|verslag|rapport|verdrag|conclusies|besluit|datum|data|dagen|dag|maand|jaar|bron|handboek|wet|wetten)|wanneer|waar (?:staat|lees|vind)|vindplaats)(?![\p{L}])/iu
/** A reference of at most this many words tells too little by itself, whatever is asked. */
const FEW_WORDS = 6

const isBareReference = ({ paragraph: { kind, text } }: Piece) =>
  kind === 'footnote' && REFERENCE.test(text) && !STATES.test(text)

/**
 * Pieces that are nothing but references in footnotes, with the sentence to which the first of them belongs before them,
 * where it holds more of what is asked. Where the reference itself is asked for, and for other pieces, nothing changes.
 *
 * @param held how much of what is asked a text holds
 */
export async function withReferringSentence(
  question: string,
  pieces: readonly Piece[],
  held: (text: string) => number,
  index: Pick<ParagraphIndex, 'content'>,
): Promise<readonly Piece[]> {
  const [first] = pieces
  if (!first || !pieces.every(isBareReference)) return pieces
  if (ASKS_FOR_REFERENCE.test(question) && countWords(textOf(first)) > FEW_WORDS) return pieces
  const referring = await referringPiece(first, index)
  return referring && held(textOf(referring)) > held(textOf(first)) ? [referring, ...pieces] : pieces
}

async function referringPiece(
  { document, paragraph: footnote }: Piece,
  index: Pick<ParagraphIndex, 'content'>,
): Promise<Piece | undefined> {
  const paragraphs = (await index.content(document.id))?.paragraphs ?? []
  const paragraph = paragraphs.find(({ footnotes }) => footnotes.includes(footnote.id))
  const number = /\d+$/.exec(footnote.label ?? '')?.[0]
  if (!paragraph || number === undefined) return undefined
  const range = quotableSentences(paragraph).find(({ start, end }) =>
    carriesMark(paragraph, start, end, number),
  )
  return range && pieceOf({ document, paragraph }, range)
}

/** Whether the number of a footnote stands directly after a word or a mark: "mei 20117" carries 7. */
function carriesMark({ text }: Paragraph, start: number, end: number, number: string): boolean {
  const mark = new RegExp(`(?:[\\p{L}"”’'’).,;]|(?:19|20)\\d{2})${number}(?!\\d)`, 'u')
  return mark.test(text.slice(start, end))
}
