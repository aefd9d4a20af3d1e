/** Which words of a text deny something: openly, in a hidden way, or by their prefix. */
import { stem } from '../../ingest/analysis.js'
import { wordKind } from '../../ingest/word-table.js'
import { type Lexeme, NEGATIONS } from './lexemes.js'

/** Words that hold a negation, so that a plain one elsewhere can mean the same. */
const HIDDEN_NEGATIONS = new Set(
  (
    'tenzij behalve nauwelijks amper onvoldoende ontoereikend gebrek ontbreken ontbreekt ontbrak weigeren weigert weigering verbieden ' +
    'verbiedt verboden verbod voorkomen voorkomt voorkoming vermijden vermijdt uitsluiten uitgesloten uitgezonderd tegengaan ' +
    'moeilijk lastig onmogelijk buiten stoppen stopt stopgezet beeindigen afschaffen afgeschaft schrappen geschrapt vervallen vervalt ' +
    'verwijderen verwijdering slechts uitsluitend enkel louter missen mist verhinderen verhindert tekort ' +
    'minder weinig beperkt beperken beperking uitzondering behoudens verliezen verlies verloren stokt mislukt mislukken ' +
    'afwijzen afgewezen opschorten opgeschort stopzetten wegvallen zelden los vrij ' +
    'tekortkoming tekortkomingen tekortschieten stokken gestokt ontzeggen ontzegd onthouden niet-naleving'
  ).split(' '),
)
/** Separable verbs that hold a negation, as joined with their particle. */
const HIDDEN_STEMS = new Set(
  'tegengaan stopzetten uitsluiten afwijzen afschaffen wegvallen tegenhouden'.split(' ').map(stem),
)
/** Words between which a negation does not deny: "niet alleen … maar ook". */
export const ONLY = new Set('alleen slechts enkel uitsluitend louter zozeer'.split(' '))

/** Whether a plain negation stands here that denies something. */
export const isNegation = (words: readonly Lexeme[], at: number): boolean => {
  const word = words[at]
  if (!word || !NEGATIONS.has(word.folded)) return false
  return !deniesNothing(words, at)
}

/** "niet alleen … maar ook", "niet met louter nationaal beleid", "wat wel en niet is bereikt". */
export function deniesNothing(words: readonly Lexeme[], at: number): boolean {
  const folded = (place: number) => words[place]?.folded ?? ''
  if (folded(at) !== 'niet') return false
  if ([1, 2].some(distance => ONLY.has(folded(at + distance)))) return true
  const before = `${folded(at - 2)} ${folded(at - 1)}`
  return before === 'wel en' || before === 'wel of' || before === 'al dan'
}

/** Whether a word holds a negation, as "onvoldoende" and "verbieden" do. */
export const isHiddenNegation = (word: Lexeme): boolean =>
  HIDDEN_NEGATIONS.has(word.folded) || HIDDEN_STEMS.has(word.stem) || isNegatedWord(word.folded)

/** "onmogelijk", "onvoldoende": the prefix before a word that exists without it. */
function isNegatedWord(folded: string): boolean {
  return !folded.startsWith('niet-') && positiveOf(folded) !== undefined
}

/** Stem of the word that a word denies by its prefix: "mogelijk" for "onmogelijk"; `undefined` for other words. */
export function positiveOf(folded: string): string | undefined {
  if (folded.startsWith('niet-')) return stem(folded.slice(5))
  if (!/^on(?!t|der|ge(?:veer|acht)|s|ze|lan)/.test(folded) || folded.length < 7) return undefined
  const rest = stem(folded.slice(2))
  return wordKind(rest) === undefined ? undefined : rest
}

/** Whether a plain negation denies the word at a place: it stands shortly before it, or "niet" directly after it. */
export function deniedAt(words: readonly Lexeme[], place: number): boolean {
  for (let at = place - 3; at < place; at++) if (isNegation(words, at)) return true
  return [place + 1, place + 2].some(at => words[at]?.folded === 'niet' && isNegation(words, at))
}
