/** What a visitor thinks of answers: asks why where one is no good, sends it, and knows how far each answer is with it. */
import type { ReactiveControllerHost } from 'lit'
import type { Feedback } from '../server/protocol.js'
import type { ChatSession } from './chat-session.js'
import type { Turn } from './conversation.js'
import type { WidgetTexts } from './texts.js'
import type { VindplaatsChatEventMap } from './widget.js'

/** How far the rating of an answer is: it was not given, its reason is asked, it was kept, or it could not be kept. */
export type RatingState = 'none' | 'asking' | 'thanked' | 'failed'

/** What the ratings need to know. */
export interface RatingsOptions {
  readonly session: () => ChatSession | null
  readonly texts: () => WidgetTexts
  readonly turnElement: (turnId: string) => HTMLElement | null
  /** Says something to visitors who hear the page. */
  readonly announce: (text: string) => void
  /** The server has kept a rating. */
  readonly onKept: (rating: VindplaatsChatEventMap['vindplaats-rating']['detail']) => void
}

/** The ratings of one widget. */
export class Ratings {
  readonly #host: ReactiveControllerHost
  readonly #options: RatingsOptions
  readonly #states = new Map<string, RatingState>()

  constructor(host: ReactiveControllerHost, options: RatingsOptions) {
    this.#host = host
    this.#options = options
  }

  /** How far the rating of a turn is. */
  of(turnId: string): RatingState {
    return this.#states.get(turnId) ?? 'none'
  }

  /** Forgets all of them. */
  clear(): void {
    this.#states.clear()
  }

  /** A thumb was pressed: up is sent, down opens or closes the question why. */
  readonly rate = (turn: Turn, rating: Feedback['rating']): void => {
    if (rating === 'up') {
      void this.send(turn, 'up', null, null)
      return
    }
    this.#set(turn.id, this.of(turn.id) === 'asking' ? 'none' : 'asking')
    void this.#host.updateComplete.then(() =>
      this.#options.turnElement(turn.id)?.querySelector<HTMLElement>('.rating-form input')?.focus(),
    )
  }

  /** Closes the question why. */
  cancel(turn: Turn): void {
    this.#set(turn.id, 'none')
    this.#focusThumb(turn)
  }

  /** Sends a rating in place of an earlier one. */
  async send(
    turn: Turn,
    rating: Feedback['rating'],
    reason: Feedback['reason'],
    comment: string | null,
  ): Promise<void> {
    const session = this.#options.session()
    if (!turn.answer || !session) return
    const feedback: Feedback = { answerId: turn.answer.answerId, rating, reason, comment }
    if (rating === 'down') this.#focusThumb(turn)
    this.#set(turn.id, 'none')
    const isKept = await session.rate(turn.id, feedback)
    this.#set(turn.id, isKept ? 'thanked' : 'failed')
    const texts = this.#options.texts()
    this.#options.announce(isKept ? texts.ratingThanks : texts.ratingFailed)
    if (isKept) this.#options.onKept({ answerId: feedback.answerId, rating, reason })
  }

  #focusThumb(turn: Turn): void {
    this.#options.turnElement(turn.id)?.querySelector<HTMLElement>('.thumbs button:last-child')?.focus()
  }

  #set(turnId: string, state: RatingState): void {
    this.#states.set(turnId, state)
    this.#host.requestUpdate()
  }
}
