/** One question with its answer, what can be done with it, and the rating form, as templates. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Feedback } from '../server/protocol.js'
import type { Turn } from './conversation.js'
import { icons } from './icons.js'
import type { RatingState } from './ratings.js'
import { type AnswerContext, renderAnswer } from './render-answer.js'

/** What a turn needs besides its answer. */
export interface TurnContext extends AnswerContext {
  /** Whether this turn can be asked again now: nothing else is pending. */
  readonly canAsk: boolean
  /** Whether the answer was just copied. */
  readonly copied: boolean
  /** Whether the server keeps answers, and so takes ratings of them. */
  readonly canRate: boolean
  /** Where the rating stands that the visitor is giving to this turn. */
  readonly rating: RatingState
  readonly onRetry: (turn: Turn) => void
  readonly onAdjust: (turn: Turn) => void
  readonly onCopy: (turn: Turn) => void
  readonly onRate: (turn: Turn, rating: Feedback['rating']) => void
  readonly onRateDown: (turn: Turn, reason: Feedback['reason'], comment: string | null) => void
  readonly onCancelRating: (turn: Turn) => void
}

const renderProgress = (turn: Turn, context: TurnContext): TemplateResult => html`<p class="progress">
  <span class="progress-lines" aria-hidden="true"><span></span><span></span><span></span></span>
  ${turn.composedBy === 'language-model' ? context.texts.writing : context.texts.searching}
</p>`

const renderAgain = (turn: Turn, label: string, context: TurnContext): TemplateResult => html`
  <div class="actions">
    ${
      turn.status === 'failed' && turn.fault?.retryable === false
        ? nothing
        : html`<button type="button" class="secondary" ?disabled=${!context.canAsk} @click=${() => context.onRetry(turn)}>
            ${icons.again}${label}</button>`
    }
    <button type="button" class="quiet" @click=${() => context.onAdjust(turn)}>${icons.edit}${context.texts.adjust}</button>
  </div>`

const renderFault = (turn: Turn, context: TurnContext): TemplateResult => {
  const { texts } = context
  const text = texts.faults[turn.fault?.code ?? ''] ?? turn.fault?.message ?? ''
  return html`<div class="fault" part="error">
      ${icons.warning}
      <div><p><strong>${texts.failed}</strong></p><p>${text}</p></div>
    </div>
    ${renderAgain(turn, texts.retry, context)}`
}

const renderRatingForm = (turn: Turn, context: TurnContext): TemplateResult => {
  const { texts } = context
  const reasons = Object.entries(texts.reasons) as [NonNullable<Feedback['reason']>, string][]
  // By click, as in the composer: in a sandboxed frame a form is never submitted.
  const submit = (event: Event): void => {
    event.preventDefault()
    const form = (event.currentTarget as HTMLElement).closest('form')
    if (!form) return
    const fields = new FormData(form)
    const reason = reasons.find(([name]) => name === fields.get('reason'))?.[0] ?? null
    const comment = String(fields.get('comment') ?? '').trim()
    context.onRateDown(turn, reason, comment === '' ? null : comment)
  }
  return html`<form class="rating-form" @submit=${submit}>
    <fieldset>
      <legend>${texts.reasonQuestion}</legend>
      ${reasons.map(
        ([name, label]) =>
          html`<label class="choice"><input type="radio" name="reason" value=${name} />${label}</label>`,
      )}
    </fieldset>
    <label class="label" for="comment-${turn.id}">${texts.comment}</label>
    <p class="hint" id="comment-hint-${turn.id}">${texts.commentHint}</p>
    <textarea id="comment-${turn.id}" name="comment" rows="2" maxlength="1000" aria-describedby="comment-hint-${turn.id}"></textarea>
    <div class="actions">
      <button type="submit" class="secondary" @click=${submit}>${texts.sendRating}</button>
      <button type="button" class="quiet" @click=${() => context.onCancelRating(turn)}>${texts.cancel}</button>
    </div>
  </form>`
}

const renderAnswered = (turn: Turn, context: TurnContext): TemplateResult => {
  const { texts } = context
  const rated = turn.rating?.rating
  const thumb = (rating: Feedback['rating'], label: string): TemplateResult => html`<button
    type="button" class="icon-button" aria-label=${label} title=${label}
    aria-pressed=${rated === rating || (rating === 'down' && context.rating === 'asking')}
    @click=${() => context.onRate(turn, rating)}>${icons[rating]}</button>`
  return html`
    <div class="toolbar">
      <button type="button" class="quiet" @click=${() => context.onCopy(turn)}>
        ${context.copied ? icons.done : icons.copy}${context.copied ? texts.copied : texts.copy}
      </button>
      ${
        context.canRate
          ? html`<span class="thumbs" role="group" aria-label=${texts.ratingQuestion}>
              ${thumb('up', texts.helpful)}${thumb('down', texts.unhelpful)}
            </span>`
          : nothing
      }
    </div>
    ${context.rating === 'asking' ? renderRatingForm(turn, context) : nothing}
    ${context.rating === 'thanked' ? html`<p class="hint">${texts.ratingThanks}</p>` : nothing}
    ${context.rating === 'failed' ? html`<p class="hint">${texts.ratingFailed}</p>` : nothing}
    ${turn.composedBy === null ? nothing : html`<p class="composed-by">${texts.composedBy[turn.composedBy]}</p>`}`
}

/** A question and everything under it. */
export const renderTurn = (turn: Turn, context: TurnContext): TemplateResult => {
  const { texts } = context
  const refused = turn.answer?.outcome === 'refused'
  return html`<li class="turn" part="turn" data-status=${turn.status} data-turn=${turn.id}>
    <h3 class="question" part="question"><span class="asked">${texts.you}</span><span class="question-text" dir="auto">${turn.question}</span></h3>
    <div class="answer ${refused ? 'refused' : ''}" part="answer">
      ${renderAnswer(turn, context)}
      ${turn.status === 'waiting' || turn.status === 'streaming' ? renderProgress(turn, context) : nothing}
      ${turn.status === 'stopped' ? html`<p class="hint">${texts.stopped}</p>${renderAgain(turn, texts.askAgain, context)}` : nothing}
      ${turn.status === 'failed' ? renderFault(turn, context) : nothing}
      ${turn.status === 'answered' ? renderAnswered(turn, context) : nothing}
    </div>
  </li>`
}
