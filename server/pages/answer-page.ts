/** The page of a kept answer: as it was given, with the quotes it rests on. */
import type { AnswerSegment, Citation, NearestSource } from '../protocol.js'
import { readableDate } from '../source-page.js'
import type { StoredAnswer } from '../storage-format.js'
import { pageTexts } from '../texts.js'
import { type Html, html, page } from './html.js'

/** A kept answer as a page. */
export function renderAnswerPage({ answer, askedAt }: StoredAnswer, basePath: string): string {
  const asked = readableDate(new Date(askedAt).toISOString().slice(0, 10))
  return page(
    answer.question,
    basePath,
    html`<article class="answer">
<p class="term">${pageTexts.question}</p>
<h1>${answer.question}</h1>
<p class="asked">${pageTexts.askedOn(asked)}. ${pageTexts.asGiven}</p>
<h2>${pageTexts.answer}</h2>
${renderSegments(answer.segments)}
${
  answer.unanswered.length > 0 &&
  html`<p>${pageTexts.unanswered}:</p><ul>${answer.unanswered.map(part => html`<li>${part}</li>`)}</ul>`
}
<p class="notice">${answer.composedBy === 'search' ? pageTexts.composedBySearch : pageTexts.composedByModel}</p>
${
  answer.citations.length > 0 &&
  html`<h2>${pageTexts.sources}</h2><ol class="sources">${answer.citations.map(citation => renderSource(citation, citation.marker))}</ol>`
}
${
  answer.nearest.length > 0 &&
  html`<h2>${pageTexts.nearest}</h2><ul class="sources">${answer.nearest.map(source => renderSource(source, null))}</ul>`
}
</article>`,
  )
}

function renderSegments(segments: readonly AnswerSegment[]): Html {
  const blocks: Html[] = []
  let items: Html[] = []
  const endList = () => {
    if (items.length > 0) blocks.push(html`<ul>${items}</ul>`)
    items = []
  }
  for (const segment of segments) {
    const shown = html`${segment.text}${segment.support === 'niet bevestigd' && html` <em>(${pageTexts.notSupported})</em>`}${segment.markers.map(
      marker =>
        html` <a class="marker" href="#bron-${marker}" aria-label="${pageTexts.source(marker)}">[${marker}]</a>`,
    )}`
    if (segment.kind === 'list-item') {
      items.push(html`<li>${shown}</li>`)
      continue
    }
    endList()
    blocks.push(
      segment.kind === 'quote' ? html`<blockquote><p>${shown}</p></blockquote>` : html`<p>${shown}</p>`,
    )
  }
  endList()
  return html`${blocks}`
}

function renderSource(source: Citation | NearestSource, marker: number | null): Html {
  const { title, date, documentNumber, label, page: pageNumber, quote, href } = source
  const place = [
    date && readableDate(date),
    documentNumber,
    label,
    pageNumber && pageTexts.page(pageNumber).toLowerCase(),
  ]
  return html`<li${marker !== null && html` id="bron-${marker}" value="${marker}"`}><a href="${href}">${title}</a>, ${place
    .filter(Boolean)
    .join(', ')}<blockquote><p>${quote}</p></blockquote></li>`
}
