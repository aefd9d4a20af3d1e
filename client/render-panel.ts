/** What stands around the conversation as templates: header, greeting, trouble with the connection, composer, notice. */
import { html, nothing, type TemplateResult } from 'lit'
import type { WidgetSettings } from '../server/protocol.js'
import type { Trouble } from './chat-session.js'
import { icons } from './icons.js'
import type { WidgetTexts } from './texts.js'

/** What the header needs. */
export interface HeaderContext {
  /** `null`: the standard heading. */
  readonly heading: string | null
  /** `null`: nothing was said yet. */
  readonly onStartAnew: (() => void) | null
  /** `null`: the panel cannot be closed. */
  readonly onClose: (() => void) | null
}

/** The bar above the conversation. */
export const renderHeader = (texts: WidgetTexts, context: HeaderContext): TemplateResult => html`
  <header class="header" part="header">
    ${icons.mark}
    <h2 class="heading" part="heading" id="heading"><slot name="heading">${context.heading ?? texts.heading}</slot></h2>
    ${
      context.onStartAnew === null
        ? nothing
        : html`<button type="button" class="quiet new" @click=${context.onStartAnew}>${icons.add}<span>${texts.newConversation}</span></button>`
    }
    ${
      context.onClose === null
        ? nothing
        : html`<button type="button" class="icon-button" aria-label=${texts.close} title=${texts.close}
            @click=${context.onClose}>${icons.close}</button>`
    }
  </header>`

/** The greeting before the first question, with questions to begin with. */
export const renderWelcome = (
  texts: WidgetTexts,
  suggestions: readonly string[],
  onAsk: (question: string) => void,
): TemplateResult => html`
  <div class="welcome" part="welcome">
    <slot name="welcome"><h3>${texts.welcomeHeading}</h3><p>${texts.welcome}</p></slot>
    ${
      suggestions.length === 0
        ? nothing
        : html`<h4 class="label">${texts.suggestions}</h4>
          <ul class="suggestions">${suggestions.map(
            question => html`<li><button type="button" class="suggestion" part="suggestion" lang="nl"
              @click=${() => onAsk(question)}><span>${question}</span>${icons.send}</button></li>`,
          )}</ul>`
    }
  </div>`

/** What is wrong with the connection, if anything. */
export const renderTrouble = (texts: WidgetTexts, trouble: Trouble): TemplateResult | typeof nothing =>
  trouble === 'none'
    ? nothing
    : html`<p class="trouble" part="trouble">${icons.warning}<span>${texts[trouble]}</span></p>`

/** What the composer needs and whom it tells what happens. */
export interface ComposerContext {
  readonly isFollowUp: boolean
  readonly isPending: boolean
  /** What is wrong with the question as typed; `null`: nothing. */
  readonly fault: string | null
  /** Gets the event of the form, the button or the Enter key. */
  readonly onSubmit: (event: Event) => void
  readonly onStop: (event: MouseEvent) => void
  readonly onType: () => void
  readonly onFocus: () => void
}

/** The form to ask with. */
export const renderComposer = (texts: WidgetTexts, context: ComposerContext): TemplateResult => {
  const { fault, onSubmit } = context
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) onSubmit(event)
  }
  // The button is heard by its click as well: in a sandboxed frame a form is never submitted.
  return html`<form class="composer" part="composer" @submit=${onSubmit} novalidate>
    <label class="label" for="question">${context.isFollowUp ? texts.fieldFollowUp : texts.field}</label>
    ${fault === null ? nothing : html`<p class="field-fault" id="question-fault">${icons.warning}${fault}</p>`}
    <div class="composer-row">
      <textarea id="question" class="field" part="field" rows="1" autocomplete="off" enterkeyhint="send"
        placeholder=${texts.placeholder}
        aria-invalid=${fault === null ? nothing : 'true'}
        aria-describedby=${fault === null ? nothing : 'question-fault'}
        @keydown=${pressed} @focus=${context.onFocus} @input=${context.onType}></textarea>
      ${
        context.isPending
          ? html`<button type="button" class="primary stop" part="stop" @click=${context.onStop}>${icons.stop}<span>${texts.stop}</span></button>`
          : html`<button type="submit" class="primary" part="submit" @click=${onSubmit}>${icons.send}<span>${texts.send}</span></button>`
      }
    </div>
  </form>`
}

/**
 * The fixed notice that a computer answers and who writes the text (AI Act, article 50).
 *
 * @param address Page with more information; `null`: none.
 */
export const renderNotice = (
  texts: WidgetTexts,
  composedBy: WidgetSettings['composedBy'] | 'unknown',
  address: string | null,
): TemplateResult => html`
  <div class="notice" part="notice">
    <p><strong>${texts.notice}</strong> ${texts.noticeBy[composedBy]}
      ${address === null ? nothing : html`<a href=${address} target="_blank" rel="noopener">${texts.noticeLink}<span class="visually-hidden">&nbsp;(${texts.newTab})</span></a>`}</p>
    <slot name="notice"></slot>
  </div>`
