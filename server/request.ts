/**
 * What a visitor wants: an answer from the documents, or something the assistant does not do. Recognised by the form of
 * the sentence; whether the documents hold an answer is decided elsewhere, from the evidence.
 */
import { countLanguageWords } from './language.js'
import type { RefusalReason } from './protocol.js'

/** What to do with a request. */
export interface UnderstoodRequest {
  /** `null`: search for an answer. */
  readonly refusal: Exclude<RefusalReason, 'no-evidence'> | null
  /** What is asked, without the sentences that only tell the assistant how to behave. */
  readonly question: string
}

const at = (...patterns: readonly string[]) => new RegExp(`^(?:${patterns.join('|')})(?![\\p{L}])`, 'iu')
const anywhere = (...patterns: readonly string[]) =>
  new RegExp(`(?<![\\p{L}])(?:${patterns.join('|')})(?![\\p{L}])`, 'iu')

/** Sentences that tell the assistant how to behave or what to say. */
const INSTRUCTION = at(
  'negeer',
  'vergeet (?!men|hij|zij|ze|de|het kabinet|europa|nederland)',
  'antwoord',
  'beantwoord (?:alles|elke|iedere)',
  'zeg',
  'typ',
  'herhaal',
  'doe (?:alsof|wat|mijn|of|net)',
  'speel',
  'verzin',
  'bevestig',
  'decodeer',
  'ontcijfer',
  'voer .{0,40}uit',
  'volg de opdracht',
  'plak',
  'draai',
  'begin (?:je|uw|met|maar|elk)',
  'sluit (?:je|uw|af)',
  'zet (?:achter|onder|boven|voor elk|dit|deze|mijn|aan het)',
  'citeer bron',
  'pas .{0,40} toe',
  'lees .{0,60} en (?:volg|doe|voer)',
  'print',
  'noem geen bron(?:nen)?',
  'gebruik geen bron(?:nen)?',
  'vanaf nu',
  'je (?:bent|zit) nu',
  'u bent (?:nu|vrij)',
  'jij bent nu',
  'systeem',
  'system',
)

/** What no visitor gets to see, and ways to smuggle in orders, wherever in the sentence. */
const MACHINERY = anywhere(
  'systeem ?-?prompt',
  'system ?prompt',
  '(?:verborgen|interne|vorige|eerdere|bovenstaande|oorspronkelijke) (?:instructies?|opdrachten|regels)',
  '(?<!als )je (?:instructies|regels|opdrachten|prompt)',
  '(?:negeer|neger|vergeet|zonder|vrij van) alle (?:regels|instructies)',
  'omgevingsvariabelen?',
  '\\p{L}*wachtwoord(?:en)?',
  'api[ _-]?(?:key|sleutel)s?',
  'configuratiebestanden?',
  'bestanden op de server',
  'base64',
  'rot13',
  'hexadecimale? tekst',
  'binair naar',
  'ontwikkelaarsmodus',
  'doe alsof',
  'controle op bronnen',
  'bronplicht',
  'verzin (?:een|er)',
  'antwoord (?:alleen|uitsluitend|enkel|niet met)',
  '(?:zeg|typ|schrijf|noem|toon|geef) (?:dan |nu |alleen |uitsluitend |hardop )*(?:alleen|uitsluitend|enkel|precies|hardop)',
  'voeg .{0,40} toe aan (?:je|elk) antwoord',
  '(?:onder|achter|voor|boven|in) (?:je|elk|uw) antwoord',
)
const CODE =
  /drop table|\/etc\/|\.\.\/|<\||\|>|"role"\s*:|^\s*(?:systeem|system|assistent|assistant|gebruiker|user)\s*:/imu

/** Things to make or do, which are not answers. */
const TASK = at(
  '(?:kun|kan|wil|zou) (?:je|jij|u) .{0,40}(?:schrijven|maken|tekenen|vertalen|verbeteren|bedenken|nakijken|plannen)',
  '(?:kun|kan|wil|zou) (?:je|jij|u) (?:mij|me|ons) .{0,40}sturen',
  'schrijf',
  'herschrijf',
  'maak (?:een|mijn|de|me|er|eens)',
  'verbeter',
  'corrigeer',
  'vertaal',
  'bedenk',
  'stuur',
  'zet een',
  'teken',
  'zing',
  'programmeer',
  'bereken',
  'vertel .{0,15}(?:mop|grap|verhaal(?:tje)?|raadsel)',
  'help me (?:met|bij) mijn',
)
const SMALL_TALK = at(
  '(?:hoi|hallo|hey|hee|goede?(?:morgen|middag|n?avond|ndag)|goedendag|dag)(?:[ ,!.]+(?:allemaal|daar|assistent))?[ !.]*$',
  '(?:(?:hoi|hallo|hey|goede\\p{L}+),? )?(?:hoe gaat het|hoe is het)(?: \\p{L}+){0,2} met (?:je|jou|u)',
  '(?:be)?dankt?',
  'dank (?:je|u)',
  'tot ziens',
  'wie ben (?:je|jij)',
  'hoe heet (?:je|jij)',
  'ben (?:je|jij) (?:een )?(?:mens|computer|robot|bot|echt|ai)',
  // Of the assistant; "wat kun je doen als …" is asked of anybody.
  'wat (?:kun|kan) (?:je|jij)(?: allemaal| eigenlijk| precies| nog meer)*(?: (?:voor (?:mij|me|ons) )?doen)?[ ?!.]*$',
)
const OPINION = anywhere(
  '(?:vind|denk) jij',
  '(?:denk|vindt?|denkt) (?:je|u) (?:dat|er|van|zelf)',
  'denk je$',
  '(?:raad|adviseer)t? (?:je|jij|u) (?:mij|me|aan)',
  'zou (?:je|jij) (?:doen|kiezen|willen|zeggen)',
  'volgens (?:jou|u zelf)',
  '(?:jouw|je eigen|je|uw) (?:eerlijke )?(?:mening|oordeel|advies|standpunt)',
  'ben (?:je|jij) (?:voor|tegen)',
  'moet ik (?:\\p{L}+ ){0,3}(?:stemmen|kiezen)',
  'kan ik .{0,60} (?:het )?beste?',
  'moreel (?:juist|verkeerd|verwerpelijk|aanvaardbaar)',
  '(?:een )?(?:goede|slechte|beste|slechtste) (?:minister|premier|politicus|partij|kabinet|regering)',
)

/** Look-alikes of Latin letters that stand in words with Latin ones, and digits that stand for letters. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ѕ: 's',
  ј: 'j',
  О: 'O',
  А: 'A',
  Е: 'E',
  Р: 'P',
  С: 'C',
  К: 'K',
  М: 'M',
  Т: 'T',
  Н: 'H',
  В: 'B',
}
const DIGIT_LETTERS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
}

/** The text with look-alikes written as the letters they imitate, so that a disguised order is read as one. */
function undisguise(text: string): string {
  return text.normalize('NFKC').replace(/[\p{L}\p{N}]+/gu, word => {
    const latin = /\p{Script=Latin}/u.test(word)
      ? word.replace(/\p{Script=Cyrillic}/gu, c => LOOK_ALIKES[c] ?? c)
      : word
    return /^(?=.*\p{L})(?=.*\d)[\p{L}\d]{3,}$/u.test(latin) && !/\d{3,}/.test(latin)
      ? latin.replace(/\d/g, digit => DIGIT_LETTERS[digit] ?? digit)
      : latin
  })
}

/** Markup is no part of a question; what it holds is not read. */
const withoutMarkup = (text: string) =>
  text
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/giu, ' ')
    .replace(/<\/?[a-z|!][^>]*>/giu, ' ')
    .replace(/!?\[[^\]]*\]\([^)]*\)/gu, ' ')

const sentencesOf = (text: string) =>
  text
    .split(/(?<=[.?!:])\s+|\n+/u)
    .map(sentence => sentence.trim())
    .filter(sentence => /\p{L}/u.test(sentence))

/** Fewest words of a question that is left over beside orders. */
const LEAST_WORDS = 4

/**
 * Reads a request.
 *
 * @param text the cleaned question; line breaks may stand in it
 * @param hasHistory whether an earlier turn can fill in what a short question leaves unsaid
 */
export function understandRequest(text: string, hasHistory: boolean): UnderstoodRequest {
  const question = withoutMarkup(text).replace(/\s+/gu, ' ').trim()
  const refuse = (refusal: UnderstoodRequest['refusal']) => ({ refusal, question: question || text })
  const language = countLanguageWords(question)
  const sentences = sentencesOf(withoutMarkup(text))
  const isOrder = (sentence: string) => {
    const plain = undisguise(sentence)
    return INSTRUCTION.test(plain) || MACHINERY.test(plain) || CODE.test(plain)
  }
  if (sentences.some(isOrder) || CODE.test(text)) {
    if (language.isForeign) return refuse('instruction')
    const asked = sentences.filter(
      sentence => !isOrder(sentence) && sentence.endsWith('?') && sentence.split(/\s+/).length >= LEAST_WORDS,
    )
    const rest = asked.join(' ')
    if (asked.length === 0 || OPINION.test(rest)) return refuse('instruction')
    return { refusal: null, question: rest }
  }
  if (language.isForeign) return refuse('language')
  if (OPINION.test(question)) return refuse('opinion')
  if (TASK.test(question) || SMALL_TALK.test(question)) return refuse('out-of-scope')
  if (!/\p{L}{2}/u.test(question) || (!hasHistory && language.contentWords === 0)) return refuse('unclear')
  return { refusal: null, question }
}
