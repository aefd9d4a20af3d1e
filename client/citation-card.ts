/**
 * The card that shows a citation's source while its number is pointed at or focused. It can be pointed at itself, stays
 * until the pointer leaves both, and Escape takes it away (WCAG 1.4.13).
 */
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit'
import type { Citation, Support } from '../server/protocol.js'
import { formatDate, placeOf, type Source } from './format.js'
import { renderPrinted } from './render-printed.js'
import type { Language, WidgetTexts } from './texts.js'

/** Milliseconds of pointing before the card comes, so that it does not flash under a passing pointer. */
const SHOW_DELAY = 180

/** Milliseconds to move the pointer from the number to the card. */
const HIDE_DELAY = 220

/** Distance of the card to the number and to the edges of the window, in CSS pixels. */
const GAP = 8

/** Longest quote shown, in characters; the source panel has all of it. */
const MAXIMUM_QUOTE_LENGTH = 280

const shortened = (text: string): string =>
  text.length <= MAXIMUM_QUOTE_LENGTH
    ? text
    : `${text.slice(0, text.lastIndexOf(' ', MAXIMUM_QUOTE_LENGTH) || MAXIMUM_QUOTE_LENGTH)} …`

const supportOf = (source: Source): Support | null =>
  'support' in source ? (source as Citation).support : null

/** Shows and places the card of one widget. */
export class CitationCard implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }
  #shown: { readonly source: Source; readonly trigger: HTMLElement } | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }) {
    this.#host = host
    host.addController(this)
  }

  get isShown(): boolean {
    return this.#shown !== null
  }

  /** Shows the card of a source beside its number, at once for the keyboard, after a moment for the pointer. */
  show(source: Source, trigger: HTMLElement, now: boolean): void {
    clearTimeout(this.#timer)
    if (this.#shown?.trigger === trigger) return
    const show = (): void => {
      this.#set({ source, trigger })
    }
    if (now) show()
    else this.#timer = setTimeout(show, SHOW_DELAY)
  }

  /** Takes the card away unless the pointer reaches it in time. */
  leave(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.hide(), HIDE_DELAY)
  }

  hide(): void {
    clearTimeout(this.#timer)
    this.#set(null)
  }

  render(texts: WidgetTexts, language: Language): TemplateResult {
    const source = this.#shown?.source
    const details = source
      ? [...(source.date === null ? [] : [formatDate(source.date, language)]), ...placeOf(source, texts)]
      : []
    return html`<div
      id="card" class="card" part="card" role="tooltip" popover="manual"
      @mouseenter=${() => clearTimeout(this.#timer)} @mouseleave=${() => this.leave()}
    >${
      source
        ? html`
          <p class="card-title">${source.title}</p>
          ${details.length === 0 ? nothing : html`<p class="card-details">${details.join(' · ')}</p>`}
          <p class="card-quote" lang="nl" dir="auto">${renderPrinted(shortened(source.quote))}</p>
          ${supportOf(source) === 'niet bevestigd' ? html`<p class="badge">${texts.unconfirmed}</p>` : nothing}
          <p class="card-hint">${texts.citationHint}</p>`
        : nothing
    }</div>`
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    this.#shown = null
  }

  hostUpdated(): void {
    const card = this.#host.renderRoot.querySelector<HTMLElement>('#card')
    if (!card) return
    const trigger = this.#shown?.trigger
    const open = card.matches(':popover-open')
    if (!trigger?.isConnected) {
      if (open) card.hidePopover()
      return
    }
    if (!open) card.showPopover()
    const place = trigger.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = card
    const left = Math.max(GAP, Math.min(place.left - GAP, window.innerWidth - width - GAP))
    const above = place.top - height - GAP
    const top = above >= GAP ? above : Math.min(place.bottom + GAP, window.innerHeight - height - GAP)
    card.style.setProperty('left', `${left}px`)
    card.style.setProperty('top', `${Math.max(GAP, top)}px`)
  }

  #set(shown: { readonly source: Source; readonly trigger: HTMLElement } | null): void {
    if (this.#shown === shown) return
    this.#shown?.trigger.removeAttribute('aria-describedby')
    shown?.trigger.setAttribute('aria-describedby', 'card')
    this.#shown = shown
    this.#host.requestUpdate()
  }
}
