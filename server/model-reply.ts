/** Reading the reply of a chat model: from a growing text to plain sentences with the numbers of the sources they name. */
import { splitSentences } from './sentences.js'

/** One sentence of a reply, as plain text. */
export interface ReplySentence {
  readonly text: string
  /** Source numbers in order, each once; whether such sources exist is for the server to say. */
  readonly markers: readonly number[]
}

/** What a reply says when the sources hold no answer, as the prompt asks for. */
const NO_ANSWER = /^["“'*\s]*geen antwoord["”'*\s.!]*$/i

/** Brackets in which models write markers, with what some put around the number: "[1]", "[1, 2]", "【1†bron】", "[bron 2]". */
const MARKER =
  /[[【［〔]\s*(?:bron(?:nen)?|source|nr\.?|\^)?\s*(\d{1,3}(?:\s*(?:,|;|en|&|\/|[-–])\s*\d{1,3})*)\s*(?:†[^\]】］〕]{0,40})?[\]】］〕]/giu
/** Stand-ins for markers while sentences are cut; characters that no reply can hold, because they are taken out first. */
const [OPEN, CLOSE] = ['\uE000', '\uE001']
const STAND_IN = new RegExp(`${OPEN}([\\d,]+)${CLOSE}`, 'gu')

/**
 * The sentences of a reply so far.
 *
 * @param complete whether the reply has ended; until then the last sentence is held back, because it may go on
 */
export function readSentences(reply: string, complete: boolean): ReplySentence[] {
  const sentences: ReplySentence[] = []
  for (const line of plainText(reply, complete).split('\n')) {
    const bare = withoutMarkup(line)
    if (bare.replace(STAND_IN, '').trim() === '') {
      const last = sentences.pop()
      if (last) sentences.push({ ...last, markers: unique([...last.markers, ...markersOf(bare)]) })
      continue
    }
    // A marker behind the period belongs to the sentence that the period ends.
    const joined = bare.replace(
      new RegExp(`([.!?…]["”’')]*)((?:\\s*${OPEN}[\\d,]+${CLOSE})+)`, 'gu'),
      (_, end: string, markers: string) => `${markers}${end}`,
    )
    for (const { start, end } of splitSentences(joined)) {
      const piece = joined.slice(start, end)
      const text = piece
        .replace(STAND_IN, ' ')
        .replace(/\s+/g, ' ')
        .replace(/\s+(?=[.,;:!?…])/g, '')
        .trim()
      if (/[\p{L}\p{N}]/u.test(text)) sentences.push({ text, markers: markersOf(piece) })
    }
  }
  return complete ? sentences : sentences.slice(0, -1)
}

/** Whether the reply says that the sources hold no answer. */
export function saysNoAnswer(sentences: readonly ReplySentence[]): boolean {
  return sentences.length > 0 && sentences.every(({ text }) => NO_ANSWER.test(text))
}

function plainText(reply: string, complete: boolean): string {
  let text = reply
    .replace(/[\p{Co}\p{Cn}]/gu, '')
    .replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, ' ')
    .replace(/<(script|style|iframe|svg)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
  // What may become a tag or a marker when the next piece comes is not looked at yet.
  if (!complete) text = text.replace(/<[^<>]{0,200}$/, '').replace(/[[【［〔][^\]】］〕]{0,60}$/u, '')
  return text
    .replace(/<\/?[a-z][^<>]*>/gi, ' ')
    .replace(MARKER, (_, numbers: string) => `${OPEN}${expand(numbers).join(',')}${CLOSE}`)
    .replace(/[\p{Cf}]/gu, '')
    .replace(/[^\P{Cc}\n]/gu, ' ')
}

/** "1, 2" and "1 en 2" name two sources, "1-3" three. */
function expand(numbers: string): number[] {
  const found: number[] = []
  for (const part of numbers.split(/,|;|en|&|\//)) {
    const [from = 0, to = from] = part.split(/[-–]/).map(Number)
    for (let number = from; number <= Math.min(to, from + 20); number++) found.push(number)
  }
  return found
}

function withoutMarkup(line: string): string {
  return line
    .replace(/^\s*(?:[-*•–>]\s+|#{1,6}\s+|\d{1,2}[.)]\s+|```\w*)+/, '')
    .replace(/\*\*|__|`+/g, '')
    .replace(/\[([^\]]{1,200})\]\(\s*[^)\s]*\s*\)/g, '$1')
    .trim()
}

function markersOf(text: string): number[] {
  return unique([...text.matchAll(STAND_IN)].flatMap(([, numbers = '']) => numbers.split(',').map(Number)))
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)]
}
