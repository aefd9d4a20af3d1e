/** What the fake server says to the questions of the browser tests: one answer of every kind. */
import type { AnswerEvent } from '../../server/protocol.js'
import { answered, citation, eventsOf, nearest, refused, segment } from './answers.js'
import type { Script } from './fake-chat-server.js'

/** The citations of the scripted answers. */
export const CITATIONS = [1, 2, 3, 4, 5].map(marker =>
  citation(
    marker,
    marker === 2 ? { label: '18 b)', title: 'Conclusies van de Raad', date: '2008-11-20' } : {},
  ),
)

const [first, second, third] = CITATIONS as [
  (typeof CITATIONS)[number],
  (typeof CITATIONS)[number],
  (typeof CITATIONS)[number],
]

/** Text as a hostile or careless model could write it. */
export const HOSTILE_TEXT =
  '<img src=x onerror="document.documentElement.dataset.owned=1"><script>document.documentElement.dataset.owned=1</script> **vet** [klik](javascript:alert(1)) `code` &amp; # kop'

/** One line of 100 kB without a space. */
export const LONG_LINE = 'Rijkswaterstaatsverordening'.repeat(4_000)

/** Words as long as German or Dutch policy makes them. */
export const LONG_WORD =
  'Migratiepartnerschapsovereenkomstenuitvoeringsprogrammacoördinatiecommissievergadering'

/** Right-to-left text, as a quote may hold it. */
export const RIGHT_TO_LEFT = 'اتفاقية الشراكة مع تونس لعام 2023.'

const failing = (code: string, message: string, retryable: boolean): AnswerEvent => ({
  type: 'answer-error',
  error: { code, message, retryable },
})

/** The answer to a question by the words in it; an ordinary answer for all others. */
export const script = (question: string): Script => {
  if (/lijst/.test(question)) {
    const items = ['opvang in de regio;', 'terugkeer;', `${LONG_WORD};`, 'samenwerking met UNHCR en IOM.']
    return {
      events: eventsOf(
        answered(
          question,
          [
            segment('lead-in', 'Volgens de Kamerbrief van 23 mei 2025:'),
            segment('quote', 'De inzet bestaat uit vier onderdelen:', [1]),
            ...items.map((item, index) => segment('list-item', item, [index + 2])),
            segment('note', 'Let op: dit document is een ontwerp.'),
          ],
          CITATIONS,
        ),
      ),
    }
  }
  if (/weiger/.test(question)) {
    const text = 'Het antwoord op deze vraag staat niet in de documenten.'
    return {
      events: eventsOf(
        refused(question, text, [
          nearest(1),
          nearest(2),
          nearest(3, { quote: RIGHT_TO_LEFT, text: RIGHT_TO_LEFT }),
        ]),
      ),
    }
  }
  if (/taalmodel/.test(question)) {
    return {
      events: eventsOf(
        answered(
          question,
          [
            segment('sentence', 'Voor 2024 is 101 miljoen euro begroot.', [1], 'bevestigd'),
            segment('sentence', 'Dat is meer dan ooit.', [2], 'niet bevestigd'),
            segment('quote', RIGHT_TO_LEFT, [3]),
          ],
          [
            first,
            { ...second, support: 'niet bevestigd' },
            { ...third, quote: RIGHT_TO_LEFT, text: RIGHT_TO_LEFT },
          ],
          { composedBy: 'language-model' },
        ),
      ),
    }
  }
  if (/vijandig/.test(question)) {
    return {
      events: eventsOf(
        answered(
          question,
          [
            segment('lead-in', HOSTILE_TEXT),
            segment('sentence', LONG_LINE, [1], 'bevestigd'),
            segment('quote', HOSTILE_TEXT, [1]),
          ],
          [
            {
              ...first,
              title: HOSTILE_TEXT,
              label: HOSTILE_TEXT,
              quote: HOSTILE_TEXT,
              text: `${HOSTILE_TEXT} ${LONG_LINE}`,
              href: 'javascript:document.documentElement.dataset.owned=1',
            },
          ],
        ),
      ),
    }
  }
  if (/opnieuw mag niet/.test(question))
    return { events: [failing('question-too-long', 'Uw vraag is te lang.', false)] }
  if (/storing/.test(question)) {
    return { events: [failing('timeout', 'Het antwoord duurde te lang. Probeer het opnieuw.', true)] }
  }
  const ordinary = eventsOf(
    answered(
      question,
      [
        segment('lead-in', 'Volgens de Kamerbrief van 23 mei 2025:'),
        segment('quote', first.quote, [1]),
        segment('lead-in', 'En volgens de Raad:'),
        segment('quote', second.quote, [2]),
      ],
      [first, second],
    ),
  )
  if (/langzaam/.test(question)) return { events: ordinary, delay: 400 }
  if (/breekt/.test(question)) return { events: ordinary, delay: 50, cutAfter: 3 }
  return { events: ordinary }
}
