/** The page of a document: its text as printed, paragraph by paragraph, with the cited passage marked. */
import type { DocumentContent, Paragraph, PolicyDocument, Span } from '../ingest/corpus.js'
import { Html, html, pageFrame } from './pages/html.js'
import { citedRange, printedText } from './pages/printed-text.js'
import { pageTexts } from './texts.js'

/** What a source page is made of. */
export interface SourcePage {
  readonly document: PolicyDocument
  readonly content: DocumentContent
  /** Cited range of the source text; `null`: nothing is marked. */
  readonly cited: Span | null
  readonly basePath: string
  /** Address of the server for links that leave it, without trailing slash; includes the base path. */
  readonly publicUrl: string
}

/** Deepest heading; the page's title is the first. */
const DEEPEST_HEADING = 6

const monthNames = new Intl.DateTimeFormat('nl-NL', { month: 'long', timeZone: 'UTC' })

/** A date of the catalogue as a reader writes it: "23 mei 2025", "mei 2025", "2025". */
export function readableDate(date: string): string {
  const [year, month, day] = date.split('-')
  if (month === undefined) return date
  const name = monthNames.format(new Date(`${year}-${month}-01T00:00:00Z`))
  return [day === undefined ? null : String(Number(day)), name, year].filter(Boolean).join(' ')
}

/** Where in a document a paragraph stands, as a reference says it: its label, else its page; empty when neither is known. */
const placeOf = ({ label, page }: Paragraph): string =>
  label ?? (page === null ? '' : pageTexts.page(page).toLowerCase())

/**
 * How a text refers to a passage: title, date, number, label, address. Without paragraph it refers to the document, in
 * the form to which `page.js` adds place and anchor.
 */
function reference({ document, publicUrl }: SourcePage, paragraph: Paragraph | null): string {
  const { title, institution, date, documentNumber } = document
  const place = paragraph && placeOf(paragraph)
  const facts = [institution, title, date && readableDate(date), documentNumber, place]
    .filter(Boolean)
    .join(', ')
  const fragment = paragraph ? `#${paragraph.anchor}` : ''
  return `${facts}. ${publicUrl}/documenten/${encodeURIComponent(document.id)}${fragment}`
}

/** The page piece by piece: a law of a thousand articles must not hold up the answers of others. */
export function* sourcePageParts(source: SourcePage): Generator<string> {
  const { document, content, cited, basePath } = source
  const { before, after } = pageFrame(document.title, basePath, document.language)
  const surroundings = findSurroundings(content, cited)
  yield before
  yield html`${renderFacts(source)}
${surroundings.firstCited && renderCitedNote(source, surroundings.firstCited)}
${renderContents(content)}
<article class="document" aria-label="${pageTexts.documentText}" data-reference="${reference(source, null)}" data-done="${pageTexts.copied}" data-failed="${pageTexts.copyFailed}">
`.text
  let lastPage: number | null = null
  for (const paragraph of content.paragraphs) {
    if (paragraph.page !== null && paragraph.page !== lastPage) {
      lastPage = paragraph.page
      yield html`<p class="page-mark" id="pagina-${lastPage}"><span>${pageMark(source.document, lastPage)}</span></p>\n`
        .text
    }
    yield renderParagraph(source, paragraph, surroundings).text
  }
  yield html`</article>
<p class="source-note">${pageTexts.sourceNote}</p>`.text
  yield after
}

function findSurroundings(content: DocumentContent, cited: Span | null): Surroundings {
  const footnotes = new Map<string, Paragraph>()
  const referrers = new Map<string, Paragraph>()
  let firstCited: Paragraph | null = null
  for (const paragraph of content.paragraphs) {
    if (paragraph.kind === 'footnote') footnotes.set(paragraph.id, paragraph)
    for (const id of paragraph.footnotes) if (!referrers.has(id)) referrers.set(id, paragraph)
    if (!firstCited && citedRange(paragraph, content.source, cited)) firstCited = paragraph
  }
  return { footnotes, referrers, firstCited }
}

function renderCitedNote(source: SourcePage, cited: Paragraph): Html {
  return html`<aside class="cited-note"><p>${pageTexts.cited} <a href="#citaat">${pageTexts.toCited}</a></p>
<p><span class="term">${pageTexts.citeThis}:</span> <cite>${reference(source, cited)}</cite></p></aside>`
}

/** The number of a page; of a PDF with a link that opens the official file there. */
function pageMark({ url, file }: PolicyDocument, page: number): Html | string {
  const isPdf = /\.pdf$/i.test(file) && url !== null && /^https?:\/\/[^#]+[./]pdf$/i.test(url)
  return isPdf
    ? html`<a href="${url}#page=${page}" rel="noopener noreferrer">${pageTexts.page(page)}</a>`
    : pageTexts.page(page)
}

function renderFacts({ document }: SourcePage): Html {
  const fact = (term: string, value: string | null, field: keyof PolicyDocument) =>
    value !== null &&
    html`<div><dt>${term}</dt><dd>${value}${
      document.generalKnowledge.includes(field) &&
      html` <small>(${pageTexts.notInDocument.toLowerCase()})</small>`
    }</dd></div>`
  const { url } = document
  const isDraft = document.status === 'ontwerp'
  return html`<header class="document-head" lang="nl">
<h1>${document.title}</h1>
${isDraft && html`<p class="badge">${pageTexts.draft}</p>`}
<dl>
${fact(pageTexts.institution, document.institution, 'institution')}
${fact(pageTexts.date, document.date && readableDate(document.date), 'date')}
${fact(pageTexts.documentNumber, document.documentNumber, 'documentNumber')}
${fact(pageTexts.kind, document.kind, 'kind')}
${fact(pageTexts.status, isDraft ? null : document.status, 'status')}
${
  url !== null &&
  /^https?:\/\//.test(url) &&
  html`<div><dt>${pageTexts.officialSource}</dt><dd><a href="${url}" rel="noopener noreferrer">${url}</a></dd></div>`
}
</dl>
</header>`
}

function renderContents({ paragraphs }: DocumentContent): Html | null {
  const headings = paragraphs.filter(({ kind }) => kind === 'heading')
  if (headings.length < 2) return null
  return html`<details class="contents"><summary>${pageTexts.contents}</summary><ul>
${headings.map(
  ({ anchor, text, headingPath }) =>
    html`<li class="depth-${Math.min(headingPath.length, 4)}"><a href="#${anchor}">${plain(text)}</a></li>`,
)}
</ul></details>`
}

const plain = (text: string) => text.replace(/^#{1,6}\s+/, '').replaceAll('**', '')

/** The number that a footnote's text begins with in print, where its label says "voetnoot 16". */
const noteNumber = (label: string) => /^voetnoot (\S+)$/.exec(label)?.[1] ?? label

interface Surroundings {
  readonly footnotes: ReadonlyMap<string, Paragraph>
  readonly referrers: ReadonlyMap<string, Paragraph>
  readonly firstCited: Paragraph | null
}

function renderParagraph(
  source: SourcePage,
  paragraph: Paragraph,
  { footnotes, referrers, firstCited }: Surroundings,
): Html {
  const { anchor, kind, label, text } = paragraph
  const notes = paragraph.footnotes.flatMap(id => {
    const note = footnotes.get(id)
    const name = note?.label ?? pageTexts.footnotes.toLowerCase()
    return note ? [{ label: note.label, href: `#${note.anchor}`, title: pageTexts.footnote(name) }] : []
  })
  const shown = printedText(paragraph, {
    source: source.content.source,
    cited: source.cited,
    isFirstCited: paragraph === firstCited,
    footnotes: notes,
  })
  const unlinked = notes.filter(({ href }) => !shown.text.includes(`href="${href}"`))
  const referrer = referrers.get(paragraph.id)
  const tools = html`<span class="tools"><a class="permalink" href="#${anchor}" title="${pageTexts.permalink}" aria-label="${pageTexts.permalink}">¶</a><button type="button" class="copy" hidden data-place="${placeOf(paragraph)}">${pageTexts.copy}</button></span>`
  // The name of an article stands in its heading and the number of its part in the text.
  const printsLabel =
    label !== null &&
    !/^(?:enig )?artikel\b/.test(label) &&
    !text.startsWith(label) &&
    !text.startsWith(noteNumber(label))
  const inner = html`${printsLabel && html`<span class="label">${label}</span> `}${shown}${unlinked.map(
    ({ href, title, label: name }) => html` <a class="note" href="${href}" title="${title}">${name}</a>`,
  )}${referrer && html` <a class="back" href="#${referrer.anchor}" title="${pageTexts.backToText}">↩</a>`}`
  if (kind !== 'heading')
    return html`<div class="paragraph ${kind}" id="${anchor}"><p>${inner}</p>${tools}</div>\n`
  const depth = Math.min(paragraph.headingPath.length + 2, DEEPEST_HEADING)
  return html`<div class="paragraph heading" id="${anchor}">${new Html(`<h${depth}>`)}${inner}${new Html(`</h${depth}>`)}${tools}</div>\n`
}
