/** HTML as text in which everything from outside is escaped, and the frame of every page. */
import { pageTexts } from '../texts.js'

/** A piece of HTML that may stand in a page as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = Html | string | number | null | undefined | false | readonly Value[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it stands in HTML, between tags and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => ESCAPES[character] as string)

const render = (value: Value): string => {
  if (value instanceof Html) return value.text
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return value.map(render).join('')
  return escapeHtml(String(value))
}

/** A template whose values are escaped unless they are HTML themselves; `null` and `false` leave nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    parts.map((part, at) => (at === 0 ? part : render(values[at - 1] as Value) + part)).join(''),
  )
}

/** What stands before and after the body of a page. Script and style are files of this server: the strictest policy holds. */
export function pageFrame(
  title: string,
  basePath: string,
  language = 'nl',
): { readonly before: string; readonly after: string } {
  const before = html`<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – ${pageTexts.siteName}</title>
<link rel="icon" href="${basePath}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${basePath}/pagina.css">
<script src="${basePath}/pagina.js" defer></script>
</head>
<body>
<a class="skip" href="#inhoud">${pageTexts.skip}</a>
<header class="site"><a href="${basePath}/">${pageTexts.siteName}</a></header>
<main id="inhoud" tabindex="-1"${language === 'nl' ? null : html` lang="${language}"`}>
`
  const after = html`
</main>
<footer class="site"><a href="${basePath}/">${pageTexts.home}</a></footer>
</body>
</html>
`
  return { before: before.text, after: after.text }
}

/** A whole page. */
export function page(title: string, basePath: string, body: Html): string {
  const { before, after } = pageFrame(title, basePath)
  return before + body.text + after
}
