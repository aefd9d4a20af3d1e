/** Every Dutch text that the server sends to visitors, at level B1. */
import type { RefusalReason } from './protocol.js'

/** Texts of composed answers. */
export const answerTexts = {
  /** @param source the document with its article: "de Kamerbrief van 23 mei 2025" */
  leadIn: (source: string, again: boolean) => (again ? `En volgens ${source}:` : `Volgens ${source}:`),
  /**
   * @param remarkable documents of the answer that are drafts or old
   * @param documentCount number of documents that the answer uses
   */
  documentNote: (
    remarkable: readonly { readonly draft: boolean; readonly year: number | null }[],
    documentCount: number,
  ) => {
    const describe = ({ draft, year }: { readonly draft: boolean; readonly year: number | null }) =>
      [draft ? 'een ontwerp' : '', year === null ? '' : `uit ${year}`].filter(Boolean).join(' ')
    const descriptions = [...new Set(remarkable.map(describe))].join(' en ')
    if (documentCount === 1) return `Let op: dit document is ${descriptions}.`
    return remarkable.length === documentCount
      ? `Let op: deze documenten zijn ${descriptions}.`
      : `Let op: een van deze documenten is ${descriptions}.`
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
