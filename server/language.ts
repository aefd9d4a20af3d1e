/** Which language a short text is in, as far as an assistant for Dutch needs to know. */
import { isStopWord, tokenize } from '../ingest/analysis.js'

/** Function words that Dutch does not share, per language. */
const FOREIGN_WORDS: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    en: 'the what how many much who where when which why does did are was were and with for that this these those have has had can could should would will shall about into between by not any there their his her its your my our you they do please tell',
    de: 'der das und viel es im ins vom zum ist sind nicht wie viele welche welcher welches wer wo wann warum wird werden hat haben soll sollen kann konnen eine einem einen einer dem den fur mit von zu auf bei nach uber ohne gibt ich sie wir ihr ihre',
    fr: 'le la les des du est sont que quel quelle quels quelles qui ou quand comment pourquoi combien une dans sur avec pour par pas plus ce cette ces leur leurs nous vous ils elles aux et sans peut doit',
    es: 'el los las es son que cual cuales quien donde cuando como cuanto cuanta cuantos por para con una del al y sus no puede debe recibio esta estan',
    it: 'il lo gli e sono che quale quali chi dove quando come perche quanto quanti con per una del della dei non puo deve questo questa',
    pt: 'os das dos nao sao qual quais quem onde quando como porque quanto quantos para uma pelo pela isso este esta',
    pl: 'jest nie co jak kto gdzie kiedy dlaczego ile jaki jaka jakie dla przez oraz czy sie moze ma',
    tr: 've bir ne kac kim nerede nasil neden icin ile bu mi mu kadar hangi olan olarak gerekiyor var yok sadece tum kisi gore yilinda geri',
  }).map(([language, words]) => [language, new Set(words.split(' '))]),
)

/** Everyday Dutch words beside the stop words of the analysis; words of other languages are left out. */
const DUTCH_WORDS = new Set(
  (
    'het een niet geen hoe wat wie waar wanneer waarom welke welk hoeveel zijn heeft hebben wordt worden kan kunnen moet moeten mag mogen wil ' +
    'willen voor naar met van aan bij uit over onder tussen zonder door tegen volgens tijdens ook nog al maar dus want als dan toch wel er ' +
    'daar hier deze dit dat die je jij ik mijn uw hun haar ons onze we wij ze zij u men krijg krijgt gaat komt staat doet noem geef'
  ).split(' '),
)

/** What the words of a text say of its language. */
export interface LanguageWords {
  /** Whether the text is clearly in another language than Dutch. */
  readonly isForeign: boolean
  /** Number of words that carry meaning. */
  readonly contentWords: number
}

/** Counts the function words of a text by language. Names and terms alone, in whatever language, say nothing. */
export function countLanguageWords(text: string): LanguageWords {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0
  const words = tokenize(text)
  const contentWords = words.filter(
    word => /\p{L}/u.test(word) && word.length > 1 && !isStopWord(word),
  ).length
  if (letters > 0 && latin < letters / 2) return { isForeign: true, contentWords }
  const dutch = words.filter(word => DUTCH_WORDS.has(word)).length
  const isForeign = Object.entries(FOREIGN_WORDS).some(([language, known]) => {
    const foreign = words.filter(word => known.has(word) && !DUTCH_WORDS.has(word)).length
    // Terms of the trade are often English ("Foreign Trade and Development"): two words of it say less than of others.
    const leastShare = language === 'en' ? 0.34 : 0.2
    return foreign > dutch && (foreign >= 3 || (foreign >= 2 && foreign / words.length >= leastShare))
  })
  return { isForeign, contentWords }
}
