/** The public types of `<vindplaats-chat>` for TypeScript: the element, its events and the tag. */
import type { Answer, Feedback } from '../server/protocol.js'
import type { VindplaatsChat } from './element.js'
import type { Source } from './format.js'

/** The events of the element. All bubble and cross shadow roots. */
export interface VindplaatsChatEventMap {
  /** A question was asked. */
  'vindplaats-question': CustomEvent<{ readonly question: string }>
  /** An answer or a refusal is complete. */
  'vindplaats-answer': CustomEvent<{ readonly answer: Answer }>
  /** A question failed. */
  'vindplaats-fault': CustomEvent<{ readonly code: string; readonly retryable: boolean }>
  /** A source is about to be opened; cancel it to show the source yourself. */
  'vindplaats-source': CustomEvent<{ readonly source: Source; readonly href: string | null }>
  /** The server took a rating. */
  'vindplaats-rating': CustomEvent<Pick<Feedback, 'answerId' | 'rating' | 'reason'>>
  /** The panel of a launcher was opened or closed. */
  'vindplaats-toggle': CustomEvent<{ readonly open: boolean }>
}

declare global {
  interface HTMLElementTagNameMap {
    'vindplaats-chat': VindplaatsChat
  }
  interface HTMLElementEventMap extends VindplaatsChatEventMap {}
}
