/** Questions that hold several questions: cut where each begins. */

const QUESTION_WORD =
  '(?:(?:aan|bij|binnen|door|in|met|na|naar|namens|om|onder|op|over|per|rond|sinds|tijdens|tot|tegen|tussen|uit|van|vanaf|vanuit|voor|volgens|wegens) )?(?:wat|welke?|wie|wiens|waar\\p{L}*|wanneer|hoe|hoeveel)'
const FINITE_VERB =
  '(?:is|zijn|was|waren|kan|kunnen|mag|mogen|moet|moeten|wil|willen|heeft|hebben|wordt|worden|komt|gaat|geldt|zal|zullen)'

/** Where a second question begins: after "en", a comma, a semicolon or the end of the first one. */
const SECOND_QUESTION = new RegExp(
  `(?:\\?\\s*(?:en )?|[,;] (?:en )?| en )(?=(?:${QUESTION_WORD})(?![\\p{L}]))|(?:\\?\\s*(?:en )?|[,;] en )(?=(?:${FINITE_VERB}) )`,
  'giu',
)

/** A first part that asks something itself, so that what follows "en" is not part of a subordinate clause. */
const OPENS_QUESTION = new RegExp(
  `^(?:en )?(?:[^:?]{0,90}: )?(?:${QUESTION_WORD}|${FINITE_VERB})(?![\\p{L}])`,
  'iu',
)

/** Phrases in which a question word does not open a second question. */
const NOT_A_QUESTION = /\b(?:hoe en waarom|wat en hoe|wie en wat|wanneer en waar|waar en wanneer)\b/iu

/** After such words a subordinate clause follows, whose verb stands at its end: "wat ik daarvoor moet regelen". */
const SUBORDINATE =
  /^(?:wat|wie|hoe|waar\p{L}*|wanneer) (?:ik|je|jij|u|we|wij|ze|zij|hij|men|het|de|een|dit|dat|deze|die|er|mijn|uw|hun|zijn \p{L}+ (?:is|zijn))(?![\p{L}])/iu

/** A first part that stops before its verb: "Met hoeveel landen, en in welke delen …". */
const UNFINISHED = new RegExp(`^(?:${QUESTION_WORD})(?: \\p{L}+){0,2}$`, 'iu')
const FINISHED = new RegExp(
  `^(?:wat|wie|hoe|waar\\p{L}*|wanneer) \\p{L}+ |(?:^| )(?:${FINITE_VERB})(?![\\p{L}])`,
  'iu',
)

const HAS_VERB = new RegExp(`(?:^| )${FINITE_VERB}(?![\\p{L}])`, 'iu')

/** Fewest words that make a part a question of its own. */
const LEAST_WORDS = 3
/** Most questions that one question is cut into. */
const MOST_PARTS = 3

/**
 * The questions within a question.
 *
 * @returns one to three parts in order, each in the visitor's words, with those it shares with the one beside it
 */
export function splitQuestion(question: string): string[] {
  const parts = [question.trim()]
  while (parts.length < MOST_PARTS) {
    const cut = splitInTwo(parts.at(-1) as string)
    if (!cut) break
    parts.splice(-1, 1, ...cut)
  }
  return parts
}

function splitInTwo(trimmed: string): [string, string] | undefined {
  if (NOT_A_QUESTION.test(trimmed)) return undefined
  const words = (part: string) => part.split(/\s+/).filter(Boolean).length
  for (const match of trimmed.matchAll(SECOND_QUESTION)) {
    const first = trimmed.slice(0, match.index).replace(/[?\s]+$/, '')
    const second = trimmed.slice(match.index + match[0].length).replace(/[?\s]+$/, '')
    // A colon announces what is asked: "over visa: wat biedt …, en welke maatregel …".
    const complete = words(first) >= LEAST_WORDS && words(second) >= LEAST_WORDS && OPENS_QUESTION.test(first)
    if (!complete || SUBORDINATE.test(second)) continue
    const isUnfinished = UNFINISHED.test(first) && !FINISHED.test(first)
    const finished = isUnfinished ? withSharedEnd(first, second) : first
    if (finished !== undefined) return [finished, withSharedBeginning(finished, second)]
  }
  return undefined
}

const COUNTED = /^(?<word>hoeveel|welke?) \p{L}+ /iu

/** "Hoeveel regelingen" with the end of "hoeveel overeenkomsten zijn er gesloten"; `undefined` when they share none. */
function withSharedEnd(first: string, second: string): string | undefined {
  const counted = COUNTED.exec(second)
  const end = counted && second.slice(counted[0].length)
  const isSame = counted && first.toLowerCase().startsWith(`${counted.groups?.word?.toLowerCase()} `)
  return isSame && end && new RegExp(`^${FINITE_VERB} `, 'iu').test(end) ? `${first} ${end}` : undefined
}

/** "Hoeveel bij dat van Praag" with the beginning of "hoeveel landen zijn betrokken bij het proces van Rabat". */
function withSharedBeginning(first: string, second: string): string {
  const [, word = '', preposition = ''] =
    /^(\p{L}+) (aan|bij|binnen|in|met|naar|op|over|uit|van|voor|tegen)(?!\p{L})/iu.exec(second) ?? []
  const named = /(?:^| )((?:het|de) \p{L}+) van (?!.* van )/iu.exec(first)?.[1]
  const rest = named ? second.replace(/(?<= )(?:dat|die)(?= van )/iu, named) : second
  const at = first.toLowerCase().lastIndexOf(` ${preposition.toLowerCase()} `)
  const isSame = word !== '' && first.toLowerCase().startsWith(`${word.toLowerCase()} `)
  if (!isSame || at <= word.length || HAS_VERB.test(second)) return rest
  return first.slice(0, at) + rest.slice(word.length)
}
