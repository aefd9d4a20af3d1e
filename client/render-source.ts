/** The source panel as templates: the cited paragraph highlighted, its neighbours around it, as the page was printed. */
import { html, nothing, type TemplateResult } from 'lit'
import { classMap } from 'lit/directives/class-map.js'
import type { SourceParagraph } from '../server/protocol.js'
import { formatDate, placeOf, type Source } from './format.js'
import { icons } from './icons.js'
import { renderPrinted } from './render-printed.js'
import type { OpenSource, Surroundings } from './source-view.js'
import type { Language, WidgetTexts } from './texts.js'

/** What the panel needs to know and whom it tells what happens. */
export interface SourceContext {
  readonly texts: WidgetTexts
  readonly language: Language
  /** Absolute address of the source page at this paragraph; `null` when there is none. */
  readonly address: string | null
  /** Whether the reference was just copied. */
  readonly copied: boolean
  readonly onStep: (by: -1 | 1) => void
  readonly onClose: () => void
  readonly onCopy: () => void
  readonly onRetry: () => void
  readonly onReadOn: (direction: 'before' | 'after') => void
}

interface Printed {
  readonly kind: string
  readonly label: string | null
  readonly text: string
}

const renderParagraph = (paragraph: Printed, quote: string | null, texts: WidgetTexts): TemplateResult => {
  // The label stands in the margin, unless it is printed in the text itself.
  const label =
    paragraph.label !== null && !paragraph.text.startsWith(paragraph.label) ? paragraph.label : null
  return html`<div
    class=${classMap({ printed: true, target: quote !== null, [paragraph.kind]: true })}
    tabindex=${quote === null ? nothing : '-1'}
    role=${quote === null ? nothing : 'group'}
    aria-label=${quote === null ? nothing : texts.cited}
  >
    ${label === null ? nothing : html`<span class="printed-label">${label}</span>`}
    <p lang="nl" dir="auto">${renderPrinted(paragraph.text, quote)}</p>
  </div>`
}

const renderRow = (
  paragraphs: readonly SourceParagraph[],
  cited: string,
  quote: string,
  texts: WidgetTexts,
): readonly TemplateResult[] =>
  paragraphs.map((paragraph, index) => {
    const page = paragraph.page
    const turned = index > 0 && page !== null && page !== paragraphs[index - 1]?.page
    return html`${turned ? html`<p class="page-mark"><span>${texts.page(page)}</span></p>` : nothing}
      ${renderParagraph(paragraph, paragraph.id === cited ? quote : null, texts)}`
  })

const renderReady = (
  source: Source,
  around: Extract<Surroundings, { status: 'ready' }>,
  context: SourceContext,
): TemplateResult => {
  const { texts } = context
  const shown = [...around.before, around.paragraph, ...around.after]
  const shownIds = new Set(shown.map(paragraph => paragraph.id))
  const footnotes = around.footnotes.filter(footnote => !shownIds.has(footnote.id))
  return html`
    ${
      around.atStart
        ? html`<p class="edge">${texts.startOfDocument}</p>`
        : html`<button type="button" class="quiet read-on" @click=${() => context.onReadOn('before')}>${texts.earlier}</button>`
    }
    ${renderRow(shown, source.paragraphId, source.quote, texts)}
    ${
      around.atEnd
        ? html`<p class="edge">${texts.endOfDocument}</p>`
        : html`<button type="button" class="quiet read-on" @click=${() => context.onReadOn('after')}>${texts.later}</button>`
    }
    ${
      footnotes.length === 0
        ? nothing
        : html`<div class="footnotes"><h4 class="label">${texts.footnotes}</h4>
            ${footnotes.map(footnote => renderParagraph(footnote, null, texts))}</div>`
    }`
}

const renderSurroundings = (source: Source, around: Surroundings, context: SourceContext): TemplateResult => {
  const { texts } = context
  if (around.status === 'ready') return renderReady(source, around, context)
  const alone = { kind: 'text', label: source.label, text: source.text }
  return html`${renderParagraph(alone, source.quote, texts)}
    ${
      around.status === 'loading'
        ? html`<p class="edge">${texts.loadingSource}</p>`
        : html`<p class="edge">${texts.sourceFailed}
            <button type="button" class="quiet" @click=${context.onRetry}>${texts.retry}</button></p>`
    }`
}

/** Everything inside the source panel. */
export const renderSource = (open: OpenSource, source: Source, context: SourceContext): TemplateResult => {
  const { texts, language } = context
  const total = open.sources.length
  const position = 'marker' in source ? texts.sourceOf(open.index + 1, total) : texts.nearSource
  const details = [
    ...(source.date === null ? [] : [formatDate(source.date, language)]),
    ...(source.documentNumber === null ? [] : [source.documentNumber]),
    ...placeOf(source, texts),
  ]
  return html`
    <header class="source-header">
      <div class="source-bar">
        <p class="source-position">
          ${'marker' in source ? html`<span class="number">${source.marker}</span>` : nothing}${position}
        </p>
        ${
          total < 2
            ? nothing
            : html`
          <button type="button" class="icon-button" aria-label=${texts.previousCitation} title=${texts.previousCitation}
            aria-disabled=${open.index === 0} @click=${() => context.onStep(-1)}>${icons.previous}</button>
          <button type="button" class="icon-button" aria-label=${texts.nextCitation} title=${texts.nextCitation}
            aria-disabled=${open.index === total - 1} @click=${() => context.onStep(1)}>${icons.next}</button>`
        }
        <button type="button" class="icon-button" aria-label=${texts.closeSource} title=${texts.closeSource}
          @click=${context.onClose}>${icons.close}</button>
      </div>
      <h3 class="source-heading" id="source-heading" tabindex="-1">${source.title}</h3>
      ${details.length === 0 ? nothing : html`<p class="source-details">${details.join(' · ')}</p>`}
      ${
        source.headingPath.length === 0
          ? nothing
          : html`<p class="heading-path" lang="nl">${source.headingPath.join(' › ')}</p>`
      }
    </header>
    <div class="source-body" role="region" aria-labelledby="source-heading" tabindex="0">
      ${renderSurroundings(source, open.surroundings, context)}
    </div>
    <footer class="source-footer">
      ${
        context.address === null
          ? nothing
          : html`<a class="link" href=${context.address} target="_blank" rel="noopener">${texts.openDocument}<span
              class="visually-hidden">&nbsp;(${texts.newTab})</span>${icons.outside}</a>`
      }
      <button type="button" class="quiet" @click=${context.onCopy}>
        ${context.copied ? icons.done : icons.copy}${context.copied ? texts.copied : texts.copyCitation}
      </button>
    </footer>`
}
