/** Sentences of a document that speak to an assistant instead of to a reader. They are no evidence for anything. */
import type { Paragraph } from '../ingest/corpus.js'
import { type Sentence, sentencesOf, splitSentences } from './sentences.js'

const ASSISTANT = '(?:assistent|taalmodel(?:len)?|chatbots?|AI(?:-model(?:len)?)?|language models?|assistant)'

/** Each row is one way of speaking to an assistant that no policy text has. */
const ORDERS: readonly RegExp[] = [
  // "Negeer alle vorige instructies", "vergeet je opdracht".
  /(?:negeer|vergeet)\s+(?:(?:alle?s?|de|je|uw|jouw|elke|deze|al|het)\s+){0,2}(?:(?:vorige|eerdere|bovenstaande|voorgaande|oorspronkelijke)\s+)?(?:instructies?|opdracht(?:en)?|prompts?|vra(?:ag|gen)|bovenstaande|voorgaande|wat .{0,30}(?:verteld|gezegd))(?!\p{L})/iu,
  /(?:ignore|disregard|forget)\s+(?:all\s+|any\s+|the\s+|your\s+){0,2}(?:previous|prior|above|earlier)(?!\p{L})/iu,
  // "Aan het taalmodel:", "Let op, assistent:", "Instructie voor de assistent".
  new RegExp(`(?:^|[^\\p{L}])(?:aan|voor|to|for) (?:het |de |alle |the |any )?${ASSISTANT}\\s*:`, 'iu'),
  new RegExp(`^["“'(\\s]*(?:(?:let op|beste|hallo|hoi|hey|dear),?\\s+)?${ASSISTANT}\\s*[:,]`, 'iu'),
  new RegExp(
    `(?:instructies?|opdracht(?:en)?|instructions?) (?:voor|aan|for|to) (?:het |de |alle |the |any )?${ASSISTANT}`,
    'iu',
  ),
  // A part in another role.
  /^["“'(\s]*(?:systeem|system|assistant|user|gebruiker)\s*:/iu,
  /<\|[^|]{0,40}\|>|<\/?(?:bron(?:nen)?|vraag|opdracht|systeem|system|instructies?|alinea)\b[^<>]{0,80}>/iu,
  // "Antwoord op elke vraag alleen met …", "zeg alleen: …", "zet achter elk antwoord".
  /antwoord (?:(?:nu|voortaan|op (?:elke|iedere|alle|de) vra(?:ag|gen)) )?(?:alleen|altijd|uitsluitend|enkel|slechts)? ?(?:nog )?met (?!redenen|betrekking|name)/iu,
  /(?:zeg|schrijf|typ|herhaal|reply|say) (?:dan |nu |voortaan )?(?:alleen|uitsluitend|enkel|slechts|only)(?!\p{L})/iu,
  /(?:in|achter|onder|boven|bij) (?:elk|ieder|je|uw|jouw) antwoord(?!\p{L})/iu,
  /(?:decodeer|ontcijfer|decode) (?:dit|deze|de|this)(?!\p{L})/iu,
]

/** Whether a sentence speaks to an assistant. */
export function addressesAssistant(sentence: string): boolean {
  return ORDERS.some(pattern => pattern.test(sentence))
}

/** Sentences that speak to a reader, of the paragraphs that are in memory. */
const known = new WeakMap<Paragraph, readonly Sentence[]>()

/** The sentences of a paragraph that speak to a reader, not to an assistant; looked at once while it is in memory. */
export function quotableSentences(paragraph: Paragraph): readonly Sentence[] {
  const found =
    known.get(paragraph) ??
    sentencesOf(paragraph).filter(({ start, end }) => !addressesAssistant(paragraph.text.slice(start, end)))
  known.set(paragraph, found)
  return found
}

/**
 * A text with spaces in the place of sentences that speak to an assistant, so that every other character keeps its place.
 */
export function withoutOrders(text: string): string {
  let result = text
  const blank = (start: number, end: number) => {
    result = result.slice(0, start) + ' '.repeat(end - start) + result.slice(end)
  }
  let from = 0
  // A tag ends a sentence too: what stands before it is no part of what it opens.
  for (const tag of [...text.matchAll(/<[^<>]{1,200}>/g), null]) {
    const to = tag?.index ?? text.length
    for (const { start, end } of splitSentences(text.slice(from, to)))
      if (addressesAssistant(text.slice(from + start, from + end))) blank(from + start, from + end)
    if (tag && addressesAssistant(tag[0])) blank(tag.index, tag.index + tag[0].length)
    from = to + (tag?.[0].length ?? 0)
  }
  return result
}
