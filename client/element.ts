/**
 * `<vindplaats-chat>`: asks questions of the policy documents on a Vindplaats server and shows the answers with their
 * sources. `docs/widget.md` lists its attributes, events, parts, slots and CSS properties.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Answer, Feedback, WidgetSettings } from '../server/protocol.js'
import { ChatSession } from './chat-session.js'
import { CitationCard } from './citation-card.js'
import { copyText } from './clipboard.js'
import type { Turn } from './conversation.js'
import { keepFocusInside } from './focus.js'
import { answerAsText, citationAsText, type Source } from './format.js'
import { ConversationHistory, sessionStorageIfAllowed } from './history.js'
import { icons } from './icons.js'
import { renderSource } from './render-source.js'
import { renderTurn, type TurnContext } from './render-turn.js'
import { NEIGHBOURS, ServerApi } from './server-api.js'
import { SourceView } from './source-view.js'
import { styles } from './styles.js'
import { type Language, languageOf, type WidgetTexts, widgetTexts } from './texts.js'
import type { VindplaatsChatElement, VindplaatsChatEventMap } from './widget.js'

/** Longest question, as the wire takes it (`MAXIMUM_QUESTION_LENGTH` of the protocol; a test compares the two). */
export const MAXIMUM_QUESTION_LENGTH = 2_000

/** Width in CSS pixels from which a source stands beside the conversation; below it covers it as a sheet. */
export const BESIDE_WIDTH = 820

/** Widest window in CSS pixels in which an opened launcher takes the whole screen. */
const SHEET_WINDOW_WIDTH = 600

/** Milliseconds that a button says that its text was copied. */
const COPIED_TIME = 2_500

/** Server that this script came from; a page that bundles the widget itself sets the attribute `server`. */
const SCRIPT_SERVER = new URL(/* @vite-ignore */ '.', import.meta.url).href

/** The chat element. */
export class VindplaatsChat extends LitElement implements VindplaatsChatElement {
  static override readonly styles = styles

  static override readonly properties = {
    server: { type: String },
    mode: { type: String, reflect: true },
    open: { type: Boolean, reflect: true },
    theme: { type: String, reflect: true },
    heading: { type: String },
    history: { type: String },
    lang: { type: String },
  }

  declare server: string | null
  declare mode: 'inline' | 'launcher'
  declare open: boolean
  declare theme: 'light' | 'dark' | 'auto' | null
  declare heading: string | null
  declare history: 'session' | 'none'

  readonly #card = new CitationCard(this)
  #api: ServerApi | null = null
  #session: ChatSession | null = null
  #sourceView: SourceView | null = null
  #settings: WidgetSettings | null = null
  #draftFault: string | null = null
  #announcement = ''
  #copied: string | null = null
  #copiedTimer: ReturnType<typeof setTimeout> | undefined
  #ratings: ReadonlyMap<string, 'asking' | 'thanked' | 'failed'> = new Map()
  #beside = false
  #sourceTrigger: HTMLElement | null = null
  #openerOfPanel: Element | null = null
  #shownSource: Source | null = null
  #shownTurns = 0
  #awaitsSurroundings = false
  #returning = false
  #sizeObserver: ResizeObserver | null = null

  constructor() {
    super()
    this.server = null
    this.mode = 'inline'
    this.open = false
    this.theme = null
    this.heading = null
    this.history = 'session'
  }

  /** Asks a question as if the visitor had typed it; opens the launcher first. Ignored while another is pending. */
  ask(question: string): void {
    this.#connect()
    if (this.mode === 'launcher') this.show()
    this.#submit(question)
  }

  /** Opens the panel of a launcher. */
  show(): void {
    if (this.mode === 'launcher') this.open = true
  }

  /** Closes the panel of a launcher; the conversation stays. */
  hide(): void {
    if (this.mode === 'launcher') this.open = false
  }

  /** Forgets the conversation and starts a new one. */
  clear(): void {
    this.#sourceView?.close()
    this.#session?.clear()
    this.#ratings = new Map()
    this.requestUpdate()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    window.addEventListener('online', this.#networkChanged)
    window.addEventListener('offline', this.#networkChanged)
    window.addEventListener('pagehide', this.#pageLeft)
    window.addEventListener('resize', this.#measured)
    this.#sizeObserver = new ResizeObserver(this.#measured)
    this.#sizeObserver.observe(this)
    if (this.hasUpdated) this.#connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('online', this.#networkChanged)
    window.removeEventListener('offline', this.#networkChanged)
    window.removeEventListener('pagehide', this.#pageLeft)
    window.removeEventListener('resize', this.#measured)
    this.#sizeObserver?.disconnect()
    clearTimeout(this.#copiedTimer)
    this.#session?.close()
    this.#session = null
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('server') && this.#session) {
      this.#session.close()
      this.#session = null
      this.#settings = null
    }
    this.#connect()
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('open') && (this.open || changed.get('open') === true)) this.#panelToggled()
    this.#placeSource()
    this.#followConversation()
  }

  protected override render(): TemplateResult {
    const texts = this.#texts
    if (this.mode !== 'launcher') {
      return html`<div class="root" lang=${this.#language} @keydown=${this.#pressed}>
        <section class="panel" part="panel" aria-labelledby="heading">${this.#renderPanel(texts)}</section>
      </div>`
    }
    return html`<div class="root launcher-root" lang=${this.#language} @keydown=${this.#pressed}>
      <button type="button" class="launcher" part="launcher" aria-haspopup="dialog" aria-expanded=${this.open}
        @click=${() => (this.open ? this.hide() : this.show())}>${icons.mark}<span>${texts.launcher}</span></button>
      <dialog class="panel" part="panel" popover="manual" aria-labelledby="heading"
        @cancel=${this.#cancelled}>${this.open ? this.#renderPanel(texts) : nothing}</dialog>
    </div>`
  }

  get #language(): Language {
    return languageOf(this.lang || 'nl')
  }

  get #texts(): WidgetTexts {
    return widgetTexts[this.#language]
  }

  #renderPanel(texts: WidgetTexts): TemplateResult {
    const session = this.#session
    const turns = session?.conversation.turns ?? []
    const source = this.#sourceView?.source
    return html`
      <div class="layout ${source && this.#beside ? 'with-source' : ''}">
        <div class="conversation">
          <header class="header" part="header">
            ${icons.mark}
            <h2 class="heading" part="heading" id="heading"><slot name="heading">${this.heading ?? texts.heading}</slot></h2>
            ${
              turns.length === 0
                ? nothing
                : html`<button type="button" class="quiet new" @click=${this.#startAnew}>${icons.add}<span>${texts.newConversation}</span></button>`
            }
            ${
              this.mode === 'launcher'
                ? html`<button type="button" class="icon-button" aria-label=${texts.close} title=${texts.close}
                    @click=${() => this.hide()}>${icons.close}</button>`
                : nothing
            }
          </header>
          <div class="log" part="log" role="region" aria-label=${texts.conversation} tabindex="0">
            ${turns.length === 0 ? this.#renderWelcome(texts) : nothing}
            <ol class="turns">${repeat(
              turns,
              turn => turn.id,
              turn => this.#renderTurn(turn, texts),
            )}</ol>
          </div>
          ${this.#renderTrouble(texts)}
          ${this.#renderComposer(texts, turns.length > 0)}
          ${this.#renderNotice(texts)}
        </div>
        <dialog class="source" part="source" aria-labelledby="source-heading" @cancel=${this.#cancelled} @click=${this.#sheetClicked}>
          ${this.#renderSourcePanel(texts)}
        </dialog>
      </div>
      ${this.#card.render(texts, this.#language)}
      <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="true">${this.#announcement}</div>`
  }

  /** A turn, drawn anew only when something of it changed: a long conversation must not make a new answer slow. */
  #renderTurn(turn: Turn, texts: WidgetTexts): unknown {
    const context = this.#turnContext(turn, texts)
    const { openParagraph, copied, rating, canRate, contact, canAsk } = context
    return guard([turn, texts, openParagraph, copied, rating, canRate, contact, canAsk], () =>
      renderTurn(turn, context),
    )
  }

  #renderWelcome(texts: WidgetTexts): TemplateResult {
    const suggestions = this.#settings?.suggestedQuestions ?? []
    return html`<div class="welcome" part="welcome">
      <slot name="welcome"><h3>${texts.welcomeHeading}</h3><p>${texts.welcome}</p></slot>
      ${
        suggestions.length === 0
          ? nothing
          : html`<h4 class="label">${texts.suggestions}</h4>
            <ul class="suggestions">${suggestions.map(
              question => html`<li><button type="button" class="suggestion" part="suggestion" lang="nl"
                @click=${() => this.#submit(question)}><span>${question}</span>${icons.send}</button></li>`,
            )}</ul>`
      }
    </div>`
  }

  #renderTrouble(texts: WidgetTexts): TemplateResult | typeof nothing {
    const trouble = this.#session?.trouble ?? 'none'
    if (trouble === 'none') return nothing
    const text = trouble === 'slow' ? texts.slow : texts.offline
    return html`<p class="trouble" part="trouble">${icons.warning}<span>${text}</span></p>`
  }

  #renderComposer(texts: WidgetTexts, followUp: boolean): TemplateResult {
    const pending = this.#session?.pending ?? null
    return html`<form class="composer" part="composer" @submit=${this.#submitted} novalidate>
      <label class="label" for="question">${followUp ? texts.fieldFollowUp : texts.field}</label>
      ${this.#draftFault === null ? nothing : html`<p class="field-fault" id="question-fault">${icons.warning}${this.#draftFault}</p>`}
      <div class="composer-row">
        <textarea id="question" class="field" part="field" rows="1" autocomplete="off" enterkeyhint="send"
          placeholder=${texts.placeholder}
          aria-invalid=${this.#draftFault === null ? nothing : 'true'}
          aria-describedby=${this.#draftFault === null ? nothing : 'question-fault'}
          @keydown=${this.#typed} @focus=${() => this.#session?.prepare()}
          @input=${this.#draftChanged}></textarea>
        ${
          pending
            ? html`<button type="button" class="primary stop" part="stop" @click=${this.#stopped}>${icons.stop}<span>${texts.stop}</span></button>`
            : html`<button type="submit" class="primary" part="submit" @click=${this.#submitted}>${icons.send}<span>${texts.send}</span></button>`
        }
      </div>
    </form>`
  }

  #renderNotice(texts: WidgetTexts): TemplateResult {
    const address = this.#api?.absolute(this.#settings?.moreInformationUrl ?? './#over') ?? null
    return html`<div class="notice" part="notice">
      <p><strong>${texts.notice}</strong> ${texts.noticeBy[this.#settings?.composedBy ?? 'unknown']}
        ${address === null ? nothing : html`<a href=${address} target="_blank" rel="noopener">${texts.noticeLink}<span class="visually-hidden">&nbsp;(${texts.newTab})</span></a>`}</p>
      <slot name="notice"></slot>
    </div>`
  }

  #renderSourcePanel(texts: WidgetTexts): TemplateResult | typeof nothing {
    const view = this.#sourceView
    const source = view?.source
    if (!view?.open || !source) return nothing
    const address = this.#api?.absolute(source.href) ?? null
    return renderSource(view.open, source, {
      texts,
      language: this.#language,
      address,
      copied: this.#copied === source.paragraphId,
      onStep: by => void view.step(by),
      onClose: () => this.#closeSource(),
      onCopy: () =>
        void this.#copy(citationAsText(source, address, texts, this.#language), source.paragraphId),
      onRetry: () => void view.retry(),
      onReadOn: direction => void this.#readOn(direction),
    })
  }

  #turnContext(turn: Turn, texts: WidgetTexts): TurnContext {
    const open = this.#sourceView?.open
    return {
      texts,
      language: this.#language,
      openParagraph: open?.turnId === turn.id ? (this.#sourceView?.source?.paragraphId ?? null) : null,
      canAsk: turn.status === 'answered' || !this.#session?.pending,
      contact: this.#settings?.contactUrl ?? null,
      canRate: this.#settings?.answersKept ?? true,
      copied: this.#copied === turn.id,
      rating: this.#ratings.get(turn.id) ?? 'none',
      onOpen: this.#openSource,
      onPreview: (source, trigger, now) => {
        if (!this.#returning) this.#card.show(source, trigger, now)
      },
      onPreviewEnd: now => (now ? this.#card.hide() : this.#card.leave()),
      onRetry: asked => {
        this.#session?.retry(asked.id)
        this.#field?.focus()
      },
      onAdjust: this.#adjust,
      onCopy: asked => {
        if (!asked.answer) return
        const absolute = (href: string): string | null => this.#api?.absolute(href) ?? null
        const link = this.#settings?.answersKept ? this.#api?.answerPage(asked.answer.answerId) : undefined
        void this.#copy(answerAsText(asked.answer, link ?? null, absolute, texts, this.#language), asked.id)
      },
      onRate: this.#rate,
      onRateDown: (rated, reason, comment) => void this.#sendRating(rated, 'down', reason, comment),
      onCancelRating: rated => {
        this.#setRating(rated.id, null)
        this.#turnElement(rated.id)?.querySelector<HTMLElement>('.thumbs button:last-child')?.focus()
      },
    }
  }

  get #field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea.field')
  }

  get #sourceDialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog.source')
  }

  #turnElement(id: string): HTMLElement | null {
    return this.renderRoot.querySelector(`[data-turn="${id}"]`)
  }

  /** Place among the widgets of the page: the same after a reload, and for a widget that is made anew. */
  get #ordinal(): number {
    const root = this.getRootNode()
    return root instanceof Element || root instanceof Document || root instanceof ShadowRoot
      ? [...root.querySelectorAll(this.localName)].indexOf(this)
      : 0
  }

  #connect(): void {
    if (this.#session || !this.isConnected) return
    const api = new ServerApi(this.server ? new URL(this.server, document.baseURI).href : SCRIPT_SERVER)
    const place = this.id || String(this.#ordinal)
    const history = new ConversationHistory(
      `vindplaats:${api.baseUrl}:${place}`,
      this.history === 'none' ? null : sessionStorageIfAllowed(),
    )
    this.#api = api
    this.#sourceView = new SourceView(
      (documentId, anchor) => api.paragraph(documentId, anchor),
      NEIGHBOURS,
      () => this.requestUpdate(),
    )
    this.#session = new ChatSession({
      connect: () => api.openSocket(),
      history,
      onChange: () => this.requestUpdate(),
      onFinished: turn => this.#finished(turn),
      isOnline: () => navigator.onLine,
    })
    this.#loadSettings()
  }

  #loadSettings(): void {
    this.#api?.settings().then(
      settings => {
        this.#settings = settings
        this.requestUpdate()
      },
      // Without settings there are no suggestions; they are asked for again with the next question.
      () => undefined,
    )
  }

  #submit(text: string): boolean {
    const question = text.trim()
    const texts = this.#texts
    this.#draftFault =
      question === ''
        ? texts.questionEmpty
        : question.length > MAXIMUM_QUESTION_LENGTH
          ? texts.questionTooLong(question.length, MAXIMUM_QUESTION_LENGTH)
          : this.#session?.pending
            ? texts.busy
            : null
    this.requestUpdate()
    if (this.#draftFault !== null) {
      this.#field?.focus()
      return false
    }
    if (this.#settings === null) this.#loadSettings()
    this.#session?.ask(question)
    this.#emit('vindplaats-question', { question })
    this.#announce(texts.searching)
    this.#field?.focus({ preventScroll: true })
    return true
  }

  /** A click does not wait for the form: in a sandboxed frame a form is never submitted. */
  readonly #submitted = (event: Event): void => {
    event.preventDefault()
    const field = this.#field
    if (field && this.#submit(field.value)) field.value = ''
  }

  readonly #typed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    this.#submitted(event)
  }

  readonly #draftChanged = (): void => {
    if (this.#draftFault === null) return
    this.#draftFault = null
    this.requestUpdate()
  }

  readonly #stopped = (event: MouseEvent): void => {
    // The second half of a double click on "ask" lands on "stop", which stands in its place by then.
    if (event.detail > 1) return
    this.#session?.stop()
    this.#announce(this.#texts.stoppedStatus)
    this.#field?.focus({ preventScroll: true })
  }

  readonly #startAnew = (): void => {
    this.clear()
    this.#field?.focus()
  }

  readonly #adjust = (turn: Turn): void => {
    const field = this.#field
    if (!field) return
    field.value = turn.question
    field.focus()
  }

  #finished(turn: Turn): void {
    const { texts, answer, fault } = { texts: this.#texts, answer: turn.answer, fault: turn.fault }
    if (answer) {
      this.#announce(texts.answerReady(this.#spoken(answer), answer.citations.length))
      this.#emit('vindplaats-answer', { answer })
    } else if (fault) {
      this.#announce(`${texts.failed}. ${texts.faults[fault.code] ?? fault.message}`)
      this.#emit('vindplaats-fault', { code: fault.code, retryable: fault.retryable })
    }
  }

  #spoken(answer: Answer): string {
    const text = answer.segments.map(segment => segment.text).join(' ')
    return text === '' ? answer.answer : text
  }

  #announce(text: string): void {
    // The same words twice are no change, and no change is not read.
    this.#announcement = text === this.#announcement ? `${text}\u00a0` : text
    this.requestUpdate()
  }

  readonly #rate = (turn: Turn, rating: Feedback['rating']): void => {
    if (rating === 'up') {
      void this.#sendRating(turn, 'up', null, null)
      return
    }
    const asking = this.#ratings.get(turn.id) === 'asking'
    this.#setRating(turn.id, asking ? null : 'asking')
    void this.updateComplete.then(() =>
      this.#turnElement(turn.id)?.querySelector<HTMLElement>('.rating-form input')?.focus(),
    )
  }

  async #sendRating(
    turn: Turn,
    rating: Feedback['rating'],
    reason: Feedback['reason'],
    comment: string | null,
  ): Promise<void> {
    const session = this.#session
    if (!turn.answer || !session) return
    const feedback: Feedback = { answerId: turn.answer.answerId, rating, reason, comment }
    if (rating === 'down')
      this.#turnElement(turn.id)?.querySelector<HTMLElement>('.thumbs button:last-child')?.focus()
    this.#setRating(turn.id, null)
    const accepted = await session.rate(turn.id, feedback)
    this.#setRating(turn.id, accepted ? 'thanked' : 'failed')
    this.#announce(accepted ? this.#texts.ratingThanks : this.#texts.ratingFailed)
    if (accepted) this.#emit('vindplaats-rating', { answerId: feedback.answerId, rating, reason })
  }

  #setRating(turnId: string, rating: 'asking' | 'thanked' | 'failed' | null): void {
    const ratings = new Map(this.#ratings)
    if (rating === null) ratings.delete(turnId)
    else ratings.set(turnId, rating)
    this.#ratings = ratings
    this.requestUpdate()
  }

  async #copy(text: string, what: string): Promise<void> {
    const copied = await copyText(text, this.renderRoot)
    this.#announce(copied ? this.#texts.copied : this.#texts.copyFailed)
    if (!copied) return
    this.#copied = what
    this.requestUpdate()
    clearTimeout(this.#copiedTimer)
    this.#copiedTimer = setTimeout(() => {
      this.#copied = null
      this.requestUpdate()
    }, COPIED_TIME)
  }

  readonly #openSource = (
    turn: Turn,
    sources: readonly Source[],
    index: number,
    trigger: HTMLElement,
  ): void => {
    const source = sources[index]
    if (!source) return
    this.#card.hide()
    const href = this.#api?.absolute(source.href) ?? null
    // A page that shows sources itself cancels the event.
    if (!this.#emit('vindplaats-source', { source, href })) return
    this.#sourceTrigger = trigger
    void this.#sourceView?.show(sources, index, turn.id)
  }

  #closeSource(): void {
    this.#sourceView?.close()
  }

  async #readOn(direction: 'before' | 'after'): Promise<void> {
    const body = this.#sourceDialog?.querySelector('.source-body')
    if (!body) return
    const fromBottom = body.scrollHeight - body.scrollTop
    await this.#sourceView?.readOn(direction)
    await this.updateComplete
    // What is added above pushes the text down; the reader's line stays where it was.
    if (direction === 'before') body.scrollTop = body.scrollHeight - fromBottom
  }

  /** Opens and closes the source's dialog as the state says, and brings the highlighted words into view. */
  #placeSource(): void {
    const dialog = this.#sourceDialog
    const source = this.#sourceView?.source ?? null
    if (!dialog) {
      this.#shownSource = null
      return
    }
    const modal = dialog.matches(':modal')
    if (source && dialog.open && modal === this.#beside) dialog.close()
    if (source && !dialog.open) {
      if (this.#beside) dialog.show()
      else dialog.showModal()
      dialog.querySelector<HTMLElement>('#source-heading')?.focus({ preventScroll: true })
    } else if (!source && dialog.open) {
      // Coming back from the source is no wish to see its card.
      this.#returning = true
      dialog.close()
      const trigger = this.#sourceTrigger?.isConnected ? this.#sourceTrigger : this.#field
      trigger?.focus()
      this.#returning = false
    }
    const around = this.#sourceView?.open?.surroundings.status
    const changed = source !== this.#shownSource
    if (source && changed && this.#shownSource) this.#announceSource()
    if (source && (changed || this.#awaitsSurroundings)) this.#scrollToQuote(dialog)
    this.#awaitsSurroundings = around === 'loading'
    this.#shownSource = source
  }

  #announceSource(): void {
    const open = this.#sourceView?.open
    const source = this.#sourceView?.source
    if (!open || !source) return
    this.#announce(`${this.#texts.sourceOf(open.index + 1, open.sources.length)}: ${source.quote}`)
  }

  #scrollToQuote(dialog: HTMLDialogElement): void {
    const body = dialog.querySelector<HTMLElement>('.source-body')
    const quote = dialog.querySelector('.target mark') ?? dialog.querySelector('.target')
    if (!body || !quote) return
    const offset = quote.getBoundingClientRect().top - body.getBoundingClientRect().top
    body.scrollTop += offset - body.clientHeight / 4
  }

  /** A new question is brought to the top of the log, so that its answer is read from its beginning. */
  #followConversation(): void {
    const turns = this.#session?.conversation.turns ?? []
    const log = this.renderRoot.querySelector<HTMLElement>('.log')
    if (!log) {
      this.#shownTurns = 0
      return
    }
    const last = turns.at(-1)
    if (turns.length > this.#shownTurns && last) {
      const element = this.#turnElement(last.id)
      if (element) log.scrollTop = element.offsetTop - log.offsetTop
    }
    this.#shownTurns = turns.length
  }

  #panelToggled(): void {
    const panel = this.renderRoot.querySelector<HTMLDialogElement>('dialog.panel')
    if (!panel) return
    if (this.open) {
      this.#openerOfPanel = document.activeElement
      if (window.innerWidth <= SHEET_WINDOW_WIDTH) {
        panel.removeAttribute('popover')
        panel.showModal()
      } else {
        panel.setAttribute('popover', 'manual')
        panel.showPopover()
      }
      this.#measured()
      this.#field?.focus()
    } else {
      if (panel.matches(':popover-open')) panel.hidePopover()
      if (panel.open) panel.close()
      this.#sourceView?.close()
      this.#card.hide()
      const opener = this.#openerOfPanel
      if (opener instanceof HTMLElement && opener !== document.body && opener !== this) opener.focus()
      else this.renderRoot.querySelector<HTMLElement>('.launcher')?.focus()
    }
    this.#emit('vindplaats-toggle', { open: this.open })
  }

  /** The browser wants to close a dialog, by Escape or by the back gesture of a phone: the state decides. */
  readonly #cancelled = (event: Event): void => {
    event.preventDefault()
    if (event.target === this.#sourceDialog) this.#closeSource()
    else this.hide()
  }

  /** A tap on the dimmed page above a sheet closes it. */
  readonly #sheetClicked = (event: MouseEvent): void => {
    const dialog = this.#sourceDialog
    if (!dialog || event.target !== dialog || !dialog.matches(':modal')) return
    if (event.clientY < dialog.getBoundingClientRect().top) this.#closeSource()
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.isComposing) {
      if (this.#card.isShown) this.#card.hide()
      else if (this.#sourceView?.open) this.#closeSource()
      else if (this.mode === 'launcher' && this.open) this.hide()
      else return
      event.preventDefault()
      event.stopPropagation()
      return
    }
    const sheet = this.renderRoot.querySelector<HTMLElement>('dialog.source:modal')
    const panel =
      sheet ?? (this.mode === 'launcher' ? this.renderRoot.querySelector<HTMLElement>('dialog.panel') : null)
    if (panel && this.renderRoot instanceof ShadowRoot) keepFocusInside(event, panel, this.renderRoot)
  }

  readonly #networkChanged = (): void => this.#session?.networkChanged()

  readonly #pageLeft = (): void => this.#session?.store()

  readonly #measured = (): void => {
    const width = this.mode === 'launcher' ? window.innerWidth : this.clientWidth
    const beside = width >= BESIDE_WIDTH
    if (beside === this.#beside) return
    this.#beside = beside
    this.requestUpdate()
  }

  #emit<Name extends keyof VindplaatsChatEventMap>(
    name: Name,
    detail: VindplaatsChatEventMap[Name]['detail'],
  ): boolean {
    return this.dispatchEvent(
      new CustomEvent(name, {
        detail,
        bubbles: true,
        composed: true,
        cancelable: name === 'vindplaats-source',
      }),
    )
  }
}
