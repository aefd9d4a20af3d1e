/**
 * An answer as templates. All text goes in as text: nothing the server sends is ever parsed as markup, so that HTML,
 * scripts or Markdown in it are letters on the page.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { classMap } from 'lit/directives/class-map.js'
import type { AnswerSegment, Citation } from '../server/protocol.js'
import { type AnswerBlock, answerBlocks } from './answer-blocks.js'
import type { Turn } from './conversation.js'
import { describeSource, formatDate, placeOf, type Source } from './format.js'
import { icons } from './icons.js'
import { renderPrinted } from './render-printed.js'
import type { Language, WidgetTexts } from './texts.js'

/** What an answer needs to know and whom it tells what happens. */
export interface AnswerContext {
  readonly texts: WidgetTexts
  readonly language: Language
  /** Paragraph id of the source that is open, when it belongs to this turn. */
  readonly openParagraph: string | null
  /** Address of the contact page; `null`: none is configured. */
  readonly contact: string | null
  /** A source is opened; the trigger gets the focus back when it is closed. */
  readonly onOpen: (turn: Turn, sources: readonly Source[], index: number, trigger: HTMLElement) => void
  /** A citation is pointed at (`now` false) or focused (`now` true). */
  readonly onPreview: (source: Source, trigger: HTMLElement, now: boolean) => void
  /** The pointer left (`now` false) or the focus went (`now` true). */
  readonly onPreviewEnd: (now: boolean) => void
}

const renderCitation = (turn: Turn, marker: number, context: AnswerContext): TemplateResult => {
  const { texts, language } = context
  const index = turn.citations.findIndex(candidate => candidate.marker === marker)
  const citation: Citation | undefined = turn.citations[index]
  // While an answer is streamed its number can be there before its source.
  if (!citation) return html`<span class="citation waiting" aria-hidden="true">${marker}</span>`
  const open = (event: Event): void =>
    context.onOpen(turn, turn.citations, index, event.currentTarget as HTMLElement)
  const isOpen = context.openParagraph === citation.paragraphId
  return html`<button
    type="button"
    part="citation"
    class=${classMap({ citation: true, open: isOpen })}
    aria-label=${texts.citation(marker, describeSource(citation, texts, language))}
    aria-haspopup="dialog"
    aria-expanded=${isOpen}
    data-marker=${marker}
    @click=${open}
    @mouseenter=${(event: Event) => context.onPreview(citation, event.currentTarget as HTMLElement, false)}
    @mouseleave=${() => context.onPreviewEnd(false)}
    @focus=${(event: Event) => {
      const trigger = event.currentTarget as HTMLElement
      if (trigger.matches(':focus-visible')) context.onPreview(citation, trigger, true)
    }}
    @blur=${() => context.onPreviewEnd(true)}
  >${marker}</button>`
}

const renderSegment = (
  turn: Turn,
  segment: AnswerSegment,
  context: AnswerContext,
  quoted: boolean,
): TemplateResult => {
  const verbatim = segment.kind === 'quote' || segment.kind === 'list-item'
  const unconfirmed = segment.support === 'niet bevestigd'
  // The unit does not break between its last word and the numbers: a number never stands alone on the next line.
  return html`<span class="unit"><span
      class=${classMap({ segment: true, quoted, unconfirmed })}
      lang=${verbatim ? 'nl' : nothing}
      dir=${verbatim ? 'auto' : nothing}
    >${verbatim ? renderPrinted(segment.text) : segment.text}</span>${segment.markers.map(marker => html`&nbsp;${renderCitation(turn, marker, context)}`)}</span>${
      unconfirmed ? html` <span class="badge">${icons.warning}${context.texts.unconfirmed}</span>` : nothing
    } `
}

/** The text of a remark, with the address of the contact page as a link where the remark ends with it. */
const renderNote = (text: string, contact: string | null): TemplateResult =>
  contact !== null && text.endsWith(contact)
    ? html`${text.slice(0, -contact.length)}<a href=${contact}>${contact}</a>`
    : html`${text}`

const renderBlock = (
  turn: Turn,
  block: AnswerBlock,
  isFirst: boolean,
  context: AnswerContext,
): TemplateResult => {
  // Quotation marks stand around a sentence, not around the introduction of a list that goes on below it.
  const quoted = block.kind === 'quotation' && block.items.length === 0
  const draw = (segment: AnswerSegment): TemplateResult => renderSegment(turn, segment, context, quoted)
  switch (block.kind) {
    case 'value':
      return html`<p class="value">${draw(block.segment)}</p>`
    case 'paragraph':
      return html`<p>${block.segments.map(draw)}</p>`
    case 'note': {
      const text = renderNote(block.segment.text, context.contact)
      // What opens an answer is the answer: a refusal says first that there is none.
      return isFirst
        ? html`<p>${text}</p>`
        : html`<p class="note">${icons.information}<span>${text}</span></p>`
    }
    case 'quotation':
      return html`<blockquote part="quote">
        ${block.sentences.length === 0 ? nothing : html`<p>${block.sentences.map(draw)}</p>`}
        ${block.items.length === 0 ? nothing : html`<ul>${block.items.map(segment => html`<li>${draw(segment)}</li>`)}</ul>`}
      </blockquote>`
  }
}

const renderSourceLine = (source: Source, context: AnswerContext): TemplateResult => {
  const { texts, language } = context
  const details = [
    ...(source.date === null ? [] : [formatDate(source.date, language)]),
    ...placeOf(source, texts),
  ]
  return html`<span class="source-title">${source.title}</span>${
    details.length === 0 ? nothing : html` <span class="source-details">${details.join(' · ')}</span>`
  }`
}

/** The citations of each document, documents and citations in the order of their markers. */
const byDocument = (citations: readonly Citation[]): readonly (readonly Citation[])[] => {
  const groups = new Map<string, Citation[]>()
  for (const citation of citations) {
    const group = groups.get(citation.documentId)
    if (group) group.push(citation)
    else groups.set(citation.documentId, [citation])
  }
  return [...groups.values()]
}

const renderPlace = (turn: Turn, citation: Citation, context: AnswerContext): TemplateResult => {
  const { texts } = context
  const place = placeOf(citation, texts).join(' · ') || citation.headingPath.at(-1) || texts.readParagraph
  return html`<button
    type="button"
    class=${classMap({ place: true, open: context.openParagraph === citation.paragraphId })}
    aria-haspopup="dialog"
    @click=${(event: Event) =>
      context.onOpen(
        turn,
        turn.citations,
        turn.citations.indexOf(citation),
        event.currentTarget as HTMLElement,
      )}
  ><span class="visually-hidden">${texts.sourceMarker(citation.marker)}: </span><span class="number" aria-hidden="true">${citation.marker}</span><span class="place-text">${place}</span></button>`
}

const renderSources = (turn: Turn, context: AnswerContext): TemplateResult => html`
  <div class="sources" part="sources">
    <h4 class="label">${context.texts.sources}</h4>
    <ul>
      ${byDocument(turn.citations).map(citations => {
        const [first] = citations
        if (!first) return nothing
        const details = [
          ...(first.date === null ? [] : [formatDate(first.date, context.language)]),
          ...(first.documentNumber === null ? [] : [first.documentNumber]),
        ]
        return html`<li>
          <p class="source-line"><span class="source-title" lang="nl">${first.title}</span>
            ${details.length === 0 ? nothing : html`<span class="source-details">${details.join(' · ')}</span>`}</p>
          <div class="places">${citations.map(citation => renderPlace(turn, citation, context))}</div>
        </li>`
      })}
    </ul>
  </div>`

const renderNearest = (
  turn: Turn,
  nearest: readonly Source[],
  context: AnswerContext,
): TemplateResult => html`
  <div class="nearest">
    <h4 class="label">${context.texts.nearest}</h4>
    <ul>
      ${nearest.map(
        (source, index) => html`<li>
          <button
            type="button"
            class=${classMap({ near: true, open: context.openParagraph === source.paragraphId })}
            aria-haspopup="dialog"
            @click=${(event: Event) => context.onOpen(turn, nearest, index, event.currentTarget as HTMLElement)}
          >
            <span class="near-quote" lang="nl" dir="auto">${renderPrinted(source.quote)}</span>
            <span class="near-source">${renderSourceLine(source, context)}</span>
          </button>
        </li>`,
      )}
    </ul>
  </div>`

/** What is known of an answer: streamed so far, complete, or a refusal with what may have been meant. */
export const renderAnswer = (turn: Turn, context: AnswerContext): TemplateResult => {
  const { texts } = context
  const { answer } = turn
  const unconfirmed = turn.segments.some(segment => segment.support === 'niet bevestigd')
  return html`
    ${answerBlocks(turn.segments).map((block, index) => renderBlock(turn, block, index === 0, context))}
    ${answer?.outcome === 'refused' && turn.segments.length === 0 ? html`<p>${answer.answer}</p>` : nothing}
    ${unconfirmed ? html`<p class="note">${icons.warning}<span>${texts.unconfirmedExplanation}</span></p>` : nothing}
    ${answer?.outcome === 'refused' && answer.nearest.length > 0 ? renderNearest(turn, answer.nearest, context) : nothing}
    ${turn.status !== 'streaming' && turn.citations.length > 0 ? renderSources(turn, context) : nothing}
  `
}
