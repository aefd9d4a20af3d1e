/**
 * The public types of `<vindplaats-chat>`, for pages written in TypeScript. Complete in itself: served as `/widget.d.ts`,
 * it can be saved beside any code. `test/client/types.test.ts` holds it against the wire and the element.
 */

/** How a sentence is supported by its citation. */
export type Support = 'letterlijk' | 'bevestigd' | 'niet bevestigd'

/** A paragraph of a document, with the words of it that matter. */
export interface NearestSource {
  readonly paragraphId: string
  readonly documentId: string
  /** Path of the file relative to its source folder. */
  readonly document: string
  readonly title: string
  readonly documentNumber: string | null
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly date: string | null
  /** Label as printed: "18 b)". */
  readonly label: string | null
  readonly page: number | null
  readonly headingPath: readonly string[]
  /** Verbatim part of `text`. */
  readonly quote: string
  /** The whole paragraph as printed. */
  readonly text: string
  /** Ranges of the source text, in UTF-16 code units. */
  readonly spans: readonly (readonly [number, number])[]
  /** Address of the source page at this paragraph, relative to the server. */
  readonly href: string
}

/** A source that an answer rests on. */
export interface Citation extends NearestSource {
  /** The number shown in the text, from 1. */
  readonly marker: number
  readonly support: Support
}

/** One piece of an answer, in reading order. Plain text. */
export interface AnswerSegment {
  readonly kind: 'lead-in' | 'quote' | 'list-item' | 'sentence' | 'note'
  readonly text: string
  /** Markers of the citations it rests on. */
  readonly markers: readonly number[]
  readonly support: Support | null
}

interface AnswerCommon {
  readonly answerId: string
  readonly question: string
  /** The whole answer as plain text with `[n]` markers. */
  readonly answer: string
  readonly segments: readonly AnswerSegment[]
  readonly composedBy: 'search' | 'language-model'
  readonly unanswered: readonly string[]
}

/** What a visitor gets for a question. */
export type Answer =
  | (AnswerCommon & {
      readonly outcome: 'answered'
      readonly reason: null
      readonly citations: readonly Citation[]
      readonly nearest: readonly NearestSource[]
    })
  | (AnswerCommon & {
      readonly outcome: 'refused'
      readonly reason: 'no-evidence' | 'language' | 'out-of-scope' | 'opinion' | 'instruction' | 'unclear'
      readonly citations: readonly Citation[]
      readonly nearest: readonly NearestSource[]
    })

/** A rating that the server took. */
export interface Rating {
  readonly answerId: string
  readonly rating: 'up' | 'down'
  readonly reason: 'onjuist' | 'onvolledig' | 'verkeerde-bron' | 'onduidelijk' | 'anders' | null
}

/** The events of the element. All bubble and cross shadow roots. */
export interface VindplaatsChatEventMap {
  /** A question was asked. */
  'vindplaats-question': CustomEvent<{ readonly question: string }>
  /** An answer or a refusal is complete. */
  'vindplaats-answer': CustomEvent<{ readonly answer: Answer }>
  /** A question failed. */
  'vindplaats-fault': CustomEvent<{ readonly code: string; readonly retryable: boolean }>
  /** A source is about to be opened; cancel the event to show the source yourself. */
  'vindplaats-source': CustomEvent<{
    readonly source: Citation | NearestSource
    readonly href: string | null
  }>
  /** The server took a rating. */
  'vindplaats-rating': CustomEvent<Rating>
  /** The panel of a launcher was opened or closed. */
  'vindplaats-toggle': CustomEvent<{ readonly open: boolean }>
}

/** The element. */
export interface VindplaatsChatElement extends HTMLElement {
  /** Address of the server; `null`: where the script came from. */
  server: string | null
  mode: 'inline' | 'launcher'
  /** Whether the panel of a launcher is open. */
  open: boolean
  /** `null`: the colour scheme of the page. */
  theme: 'light' | 'dark' | 'auto' | null
  /** Heading above the conversation; `null`: the standard one. */
  heading: string | null
  /** Whether the conversation survives a reload. */
  history: 'session' | 'none'
  /** Asks a question as if the visitor had typed it; opens a launcher first. Ignored while another is pending. */
  ask(question: string): void
  /** Opens the panel of a launcher. */
  show(): void
  /** Closes the panel of a launcher; the conversation stays. */
  hide(): void
  /** Forgets the conversation and starts a new one. */
  clear(): void
}

declare global {
  interface HTMLElementTagNameMap {
    'vindplaats-chat': VindplaatsChatElement
  }
  interface HTMLElementEventMap extends VindplaatsChatEventMap {}
}
