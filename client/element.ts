/**
 * `<vindplaats-chat>`: asks questions of the policy documents on a Vindplaats server and shows the answers with their
 * sources. `docs/widget.md` lists its attributes, events, parts, slots and CSS properties.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Answer, WidgetSettings } from '../server/protocol.js'
import { ChatSession } from './chat-session.js'
import { CitationCard } from './citation-card.js'
import { copyText } from './clipboard.js'
import type { Turn } from './conversation.js'
import { keepFocusInside } from './focus.js'
import { answerAsText, citationAsText, type Source } from './format.js'
import { ConversationHistory, sessionStorageIfAllowed } from './history.js'
import { icons } from './icons.js'
import { LauncherPanel } from './launcher-panel.js'
import { Ratings } from './ratings.js'
import { renderComposer, renderHeader, renderNotice, renderTrouble, renderWelcome } from './render-panel.js'
import { renderSource } from './render-source.js'
import { renderTurn, type TurnContext } from './render-turn.js'
import { NEIGHBOURS, ServerApi } from './server-api.js'
import { SourceDialog } from './source-dialog.js'
import { SourceView } from './source-view.js'
import { styles } from './styles.js'
import { type Language, languageOf, type WidgetTexts, widgetTexts } from './texts.js'
import type { VindplaatsChatElement, VindplaatsChatEventMap } from './widget.js'

/** Longest question, as the wire takes it (`MAXIMUM_QUESTION_LENGTH` of the protocol; a test compares the two). */
export const MAXIMUM_QUESTION_LENGTH = 2_000

/** Width in CSS pixels from which a source stands beside the conversation; below it covers it as a sheet. */
const BESIDE_WIDTH = 820

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
  readonly #sourceDialog = new SourceDialog(this, {
    source: () => this.#sourceView?.source ?? null,
    isLoading: () => this.#sourceView?.open?.surroundings.status === 'loading',
    isBeside: () => this.#beside,
    onStepped: () => this.#announceSource(),
    onClose: () => this.#sourceView?.close(),
    fallback: () => this.#field,
  })
  readonly #ratings = new Ratings(this, {
    session: () => this.#session,
    texts: () => this.#texts,
    turnElement: id => this.#turnElement(id),
    announce: text => this.#announce(text),
    onKept: ({ answerId, rating, reason }) => this.#emit('vindplaats-rating', { answerId, rating, reason }),
  })
  readonly #panel = new LauncherPanel(this, {
    field: () => this.#field,
    onShown: () => {
      this.#measured()
      // A box that was not shown has forgotten how far it was scrolled.
      this.#followed = null
    },
    onHidden: () => {
      this.#sourceView?.close()
      this.#card.hide()
    },
    onCancel: () => this.hide(),
  })
  #api: ServerApi | null = null
  #session: ChatSession | null = null
  #sourceView: SourceView | null = null
  #settings: WidgetSettings | null = null
  #draftFault: string | null = null
  #announcement = ''
  #copied: string | null = null
  #copiedTimer: ReturnType<typeof setTimeout> | undefined
  #beside = false
  /** Whether the panel of a launcher was ever open: nothing is drawn before, and nothing typed is lost after. */
  #wasOpened = false
  /** The question that was brought to the top of the log. */
  #followed: string | null = null
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
    this.#ratings.clear()
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
    this.#session?.resume()
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
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#wasOpened ||= this.open
    if (changed.has('server') && this.#session) {
      this.#session.close()
      this.#session = null
      this.#settings = null
    }
    this.#connect()
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('open')
    if (changed.has('open') && (this.open || before === true)) {
      const hasPanel = this.#panel.toggle(this.open, before === undefined)
      if (hasPanel) this.#emit('vindplaats-toggle', { open: this.open })
    }
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
        @cancel=${this.#panel.cancelled}>${this.#wasOpened ? this.#renderPanel(texts) : nothing}</dialog>
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
          ${renderHeader(texts, {
            heading: this.heading,
            onStartAnew: turns.length === 0 ? null : this.#startAnew,
            onClose: this.mode === 'launcher' ? () => this.hide() : null,
          })}
          <div class="log" part="log" role="region" aria-label=${texts.conversation} tabindex="0">
            ${turns.length === 0 ? renderWelcome(texts, this.#settings?.suggestedQuestions ?? [], question => this.#submit(question)) : nothing}
            <ol class="turns">${repeat(
              turns,
              turn => turn.id,
              turn => this.#renderTurn(turn, texts),
            )}</ol>
          </div>
          ${renderTrouble(texts, session?.trouble ?? 'none')}
          ${renderComposer(texts, {
            isFollowUp: turns.length > 0,
            isPending: session?.pending != null,
            fault: this.#draftFault,
            onSubmit: this.#submitted,
            onStop: this.#stopped,
            onType: this.#draftChanged,
            onFocus: () => session?.prepare(),
          })}
          ${renderNotice(
            texts,
            this.#settings?.composedBy ?? 'unknown',
            this.#api?.absolute(this.#settings?.moreInformationUrl ?? './#over') ?? null,
          )}
        </div>
        <dialog class="source" part="source" aria-labelledby="source-heading" 
          @cancel=${this.#sourceDialog.cancelled} @click=${this.#sourceDialog.clicked}>
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
      onClose: () => view.close(),
      onCopy: () =>
        void this.#copy(citationAsText(source, address, texts, this.#language), source.paragraphId),
      onRetry: () => void view.retry(),
      onReadOn: direction =>
        void (direction === 'before'
          ? this.#sourceDialog.keepPlace(() => view.readOn('before'))
          : view.readOn('after')),
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
      rating: this.#ratings.of(turn.id),
      onOpen: this.#openSource,
      onPreview: (source, trigger, now) => {
        if (!this.#sourceDialog.isReturning) this.#card.show(source, trigger, now)
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
      onRate: this.#ratings.rate,
      onRateDown: (rated, reason, comment) => void this.#ratings.send(rated, 'down', reason, comment),
      onCancelRating: rated => this.#ratings.cancel(rated),
    }
  }

  get #field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea.field')
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

  readonly #submitted = (event: Event): void => {
    event.preventDefault()
    const field = this.#field
    if (field && this.#submit(field.value)) field.value = ''
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
    this.#sourceDialog.openedBy(trigger)
    void this.#sourceView?.show(sources, index, turn.id)
  }

  #announceSource(): void {
    const open = this.#sourceView?.open
    const source = this.#sourceView?.source
    if (!open || !source) return
    this.#announce(`${this.#texts.sourceOf(open.index + 1, open.sources.length)}: ${source.quote}`)
  }

  /** A new question is brought to the top of the log, so that its answer is read from its beginning. */
  #followConversation(): void {
    const last = this.#session?.conversation.turns.at(-1)?.id ?? null
    const log = this.renderRoot.querySelector<HTMLElement>('.log')
    const turn = last === null ? null : this.#turnElement(last)
    if (log && turn && last !== this.#followed && log.clientHeight > 0) {
      log.scrollTop = turn.offsetTop - log.offsetTop
      this.#followed = last
    }
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.isComposing) {
      if (this.#card.isShown) this.#card.hide()
      else if (this.#sourceView?.open) this.#sourceView.close()
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
