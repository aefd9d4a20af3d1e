/** Every Dutch text that the server sends to visitors, at level B1. */
import type { RefusalReason } from './protocol.js'

/** Texts of composed answers. */
export const answerTexts = {
  /** @param source the document with its article: "de Kamerbrief van 23 mei 2025" */
  leadIn: (source: string, again: boolean) => (again ? `En volgens ${source}:` : `Volgens ${source}:`),
  /** @param year of the oldest document, when that is long ago */
  documentNote: ({ draft, year, several }: { draft: boolean; year: number | null; several: boolean }) => {
    const what = several ? 'een van deze documenten is' : 'dit document is'
    return `Let op: ${what} ${draft ? 'een ontwerp ' : ''}${year === null ? '' : `uit ${year}`}`
      .trimEnd()
      .concat('.')
  },
  /** @param parts of the question, in the visitor's words */
  unanswered: (parts: readonly string[]) =>
    `Over dit deel van uw vraag vond ik niets in de documenten: ${parts.map(part => `“${part}”`).join(' en ')}.`,
  nearest: 'Misschien helpen deze passages u verder.',
  howToAsk: 'Tip: stel één vraag tegelijk en noem het onderwerp of het document.',
  contact: (url: string) => `Komt u er niet uit? Neem dan contact op: ${url}`,
  refusals: {
    'no-evidence': 'Het antwoord op deze vraag staat niet in de documenten.',
    language: 'Ik begrijp alleen vragen in het Nederlands. Stelt u uw vraag in het Nederlands?',
    'out-of-scope': 'Hier kan ik u niet mee helpen. Ik beantwoord alleen vragen over de documenten.',
    opinion: 'Ik geef geen mening of advies. Ik vertel alleen wat er in de documenten staat.',
    instruction: 'Aan dat verzoek kan ik niet voldoen. Ik beantwoord alleen vragen over de documenten.',
    unclear: 'Ik begrijp deze vraag niet. Wilt u de vraag anders stellen?',
  } satisfies Record<RefusalReason, string>,
} as const
