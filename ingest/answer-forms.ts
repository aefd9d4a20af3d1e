/** Forms that answers take: a clause that holds a date can answer "wanneer", one without cannot. */

const MONTH = 'januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december'
const NUMBER =
  'een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|achttien|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig|honderd|duizend|anderhalf|helft|\\d[\\d.,]*'
const UNIT =
  'uur|uren|dag|dagen|werkdagen|week|weken|maand|maanden|kwartaal|jaar|jaren|minuten|etmaal|etmalen'

/** How each form looks in a clause as printed. */
const FORMS = {
  date: new RegExp(
    `\\d{1,2}[-./]\\d{1,2}[-./]\\d{2,4}|(?:${MONTH})(?: \\d{4})?|\\b(?:1[89]|20)\\d{2}\\b|\\b(?:onmiddellijk|onverwijld|jaarlijks|maandelijks|dagelijks|tweejaarlijks)`,
    'iu',
  ),
  duration: new RegExp(
    `(?<![\\p{L}\\d])(?:${NUMBER})[- ](?:${UNIT})(?!\\p{L})|(?:termijn|periode|duur) van|om de (?:${NUMBER}|tw) `,
    'iu',
  ),
  amount: new RegExp(
    `(?:€|EUR|\\bf) ?\\d|(?<![\\p{L}\\d])(?:${NUMBER})(?: (?:miljoen|miljard|duizend))? (?:euro|gulden|dollar)|(?:miljoen|miljard) `,
    'iu',
  ),
  percentage: /\d ?%|procent|percent/iu,
  number: new RegExp(
    `(?<![\\p{L}\\d/(])(?:\\d[\\d.,]*|${NUMBER.split('|').slice(2, -1).join('|')})(?![\\p{L}\\d/)])`,
    'iu',
  ),
  actor:
    /(?<!\p{L})(?:minister|ministers|staatssecretaris|burgemeester|voorzitter|directeur|commissie|college|raad|bestuur|ambtena(?:ar|ren)|inspecteur|inspectie|secretaris|officier|rechter|rechtbank|lidsta(?:at|ten)|kabinet|regering|parlement|gemeente|provincie|werkgevers?|eigenaar|houder|dienst|agentschap|organisaties?|autoriteit(?:en)?|partners?|IOM|UNHCR|Frontex|\p{Lu}\.(?:\p{Lu}\.)* ?(?:van |de |der )*\p{Lu}\p{Ll}+)(?!\p{L})/iu,
  place: /(?<=(?:^|\s)(?:in|te|uit|naar|met|bij|van|tussen) (?:de |het )?)\p{Lu}[\p{Ll}ëïöüé]{2,}/u,
  reason:
    /(?<!\p{L})(?:omdat|doordat|aangezien|teneinde|opdat|wegens|vanwege|daarom|daardoor|zodat|om \p{L}+(?: \p{L}+){0,8} te|gezien|gelet op|in verband met|ten behoeve van|met het oog op)(?!\p{L})/iu,
  definition:
    /(?<!\p{L})(?:wordt verstaan|verstaan onder|(?:is|zijn) (?:een|het|de)|houdt in|betekent|bestaat uit|bestaan uit|staat voor|genoemd|hierna)(?!\p{L})|[“"(]/iu,
} as const

/** What an answer can look like. */
export type AnswerForm = keyof typeof FORMS

/** Every form, in a fixed order. */
const ANSWER_FORMS = Object.keys(FORMS) as readonly AnswerForm[]

/** The term that marks a clause which holds a form. */
export const formTerm = (form: AnswerForm) => `#${form}`

/** The forms that a clause holds. */
export function formsIn(clause: string): AnswerForm[] {
  return ANSWER_FORMS.filter(form => FORMS[form].test(clause))
}
