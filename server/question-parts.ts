/** Questions that hold two questions: cut where the second begins. */

const QUESTION_WORD =
  '(?:(?:aan|bij|door|in|met|naar|op|over|per|sinds|tot|tegen|uit|van|voor|volgens) )?(?:wat|welke?|wie|wiens|waar\\p{L}*|wanneer|hoe|hoeveel)'
const FINITE_VERB =
  '(?:is|zijn|was|waren|kan|kunnen|mag|mogen|moet|moeten|wil|willen|heeft|hebben|wordt|worden|komt|gaat|geldt|zal|zullen)'

/** Where a second question begins: after "en", a comma, a semicolon or the end of the first one. */
const SECOND_QUESTION = new RegExp(
  `(?:\\?\\s*(?:en )?|[,;] (?:en )?| en )(?=(?:${QUESTION_WORD})(?![\\p{L}]))|(?:\\?\\s*(?:en )?|[,;] en )(?=(?:${FINITE_VERB}) )`,
  'iu',
)

/** Phrases in which a question word does not open a second question. */
const NOT_A_QUESTION = /\b(?:hoe en waarom|wat en hoe|wie en wat|wanneer en waar|waar en wanneer)\b/iu

/** Fewest words that make a part a question of its own. */
const LEAST_WORDS = 3

/**
 * The questions within a question.
 *
 * @returns one or two parts in order, each as the visitor wrote it
 */
export function splitQuestion(question: string): string[] {
  const trimmed = question.trim()
  if (NOT_A_QUESTION.test(trimmed)) return [trimmed]
  const lead = new RegExp(`^(?:[^:]{0,80}: )?(?:${QUESTION_WORD}|${FINITE_VERB})(?![\\p{L}])`, 'iu').exec(
    trimmed,
  )
  const from = lead ? lead[0].length : 0
  const match = SECOND_QUESTION.exec(trimmed.slice(from))
  if (!match) return [trimmed]
  const first = trimmed.slice(0, from + match.index).trim()
  const second = trimmed
    .slice(from + match.index + match[0].length)
    .replace(/\?+$/, '')
    .trim()
  const words = (part: string) => part.split(/\s+/).length
  if (words(first) < LEAST_WORDS || words(second) < LEAST_WORDS) return [trimmed]
  return [first.replace(/\?+$/, ''), second]
}
