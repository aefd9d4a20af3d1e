/**
 * The dialog a source stands in: beside the conversation where there is room, else a sheet over the page. It opens and
 * closes as the state says, gives the focus back, and brings the quoted words into view.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Source } from './format.js'

/** What the dialog needs to know. */
export interface SourceDialogOptions {
  /** The source that is open; `null`: none. */
  readonly source: () => Source | null
  /** Whether the text around it is still being fetched. */
  readonly isLoading: () => boolean
  readonly isBeside: () => boolean
  /** Another source is shown than before, while the dialog stays open. */
  readonly onStepped: () => void
  readonly onClose: () => void
  /** Gets the focus when what opened the dialog is gone. */
  readonly fallback: () => HTMLElement | null
}

/** Share of the visible text above the quoted words: they stand high, with some of what precedes them. */
const SHARE_ABOVE_QUOTE = 0.25

/** Keeps the dialog of one widget in step with its state. */
export class SourceDialog implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }
  readonly #options: SourceDialogOptions
  #trigger: HTMLElement | null = null
  #shown: Source | null = null
  #wasLoading = false
  #isReturning = false

  constructor(
    host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment },
    options: SourceDialogOptions,
  ) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  /** Whether the focus is being given back at this moment; what gets it was not chosen by the visitor. */
  get isReturning(): boolean {
    return this.#isReturning
  }

  /** What gets the focus back when the dialog is closed. */
  openedBy(trigger: HTMLElement): void {
    this.#trigger = trigger
  }

  hostUpdated(): void {
    const dialog = this.#dialog
    const source = dialog ? this.#options.source() : null
    const stepped = source !== this.#shown
    if (dialog) this.#openOrClose(dialog, source !== null)
    if (dialog && source) {
      if (stepped && this.#shown) this.#options.onStepped()
      // Once for the source alone, and again when the text around it has pushed it down.
      if (stepped || this.#wasLoading) this.#scrollToQuote(dialog)
    }
    this.#wasLoading = this.#options.isLoading()
    this.#shown = source
  }

  /** Runs something that adds text above, without moving the line that is being read. */
  async keepPlace(change: () => Promise<void>): Promise<void> {
    const body = this.#dialog?.querySelector('.source-body')
    const fromBottom = body ? body.scrollHeight - body.scrollTop : 0
    await change()
    await this.#host.updateComplete
    if (body) body.scrollTop = body.scrollHeight - fromBottom
  }

  /** The browser wants to close the dialog, for the back gesture of a phone: the state decides. */
  readonly cancelled = (event: Event): void => {
    event.preventDefault()
    this.#options.onClose()
  }

  /** A tap on the dimmed page above the sheet closes it. */
  readonly clicked = (event: MouseEvent): void => {
    const dialog = this.#dialog
    if (!dialog || event.target !== dialog || !dialog.matches(':modal')) return
    if (event.clientY < dialog.getBoundingClientRect().top) this.#options.onClose()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#host.renderRoot.querySelector('dialog.source')
  }

  #openOrClose(dialog: HTMLDialogElement, wanted: boolean): void {
    const isBeside = this.#options.isBeside()
    if (wanted && dialog.open && dialog.matches(':modal') === isBeside) dialog.close()
    if (wanted && !dialog.open) {
      if (isBeside) dialog.show()
      else dialog.showModal()
      dialog.querySelector<HTMLElement>('#source-heading')?.focus({ preventScroll: true })
    } else if (!wanted && dialog.open) {
      this.#isReturning = true
      dialog.close()
      const target = this.#trigger?.isConnected ? this.#trigger : this.#options.fallback()
      target?.focus()
      this.#isReturning = false
    }
  }

  #scrollToQuote(dialog: HTMLDialogElement): void {
    const body = dialog.querySelector<HTMLElement>('.source-body')
    const quote = dialog.querySelector('.target mark') ?? dialog.querySelector('.target')
    if (!body || !quote) return
    // Not `scrollIntoView`: that would scroll the page of the host as well.
    const offset = quote.getBoundingClientRect().top - body.getBoundingClientRect().top
    body.scrollTop += offset - body.clientHeight * SHARE_ABOVE_QUOTE
  }
}
