/** The demo page as HTML, made when the client is built: the words come from `texts.ts`, the file names from the build. */
import { demoTexts as texts } from './texts.js'

/** What the page must know of the build. */
export interface WidgetBuild {
  /** Immutable file name of the widget. */
  readonly file: string
  /** Its hash for Subresource Integrity. */
  readonly integrity: string
}

/** Address that stands in the examples until the page knows its own. */
const EXAMPLE_SERVER = 'https://vindplaats.example'

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)

const MARK = `<svg class="brand-mark" viewBox="0 0 24 24" width="32" height="32" aria-hidden="true" focusable="false"><rect class="brand-mark-line" x="2" y="9" width="20" height="6" rx="1"/><path d="M4 5h16M4 12h13M4 19h10" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>`

const example = (heading: string, code: string): string => `
        <div class="example">
          <div class="example-bar">
            <h3>${escapeHtml(heading)}</h3>
            <button type="button" class="copy-code">${escapeHtml(texts.copyCode)}</button>
          </div>
          <pre tabindex="0" role="region" aria-label="${escapeHtml(heading)}"><code>${escapeHtml(code)}</code></pre>
        </div>`

const themeChoice = (value: string, label: string, checked: boolean): string =>
  `<label><input type="radio" name="theme" value="${value}"${checked ? ' checked' : ''}><span>${escapeHtml(label)}</span></label>`

/** The whole page. */
export const renderDemoPage = ({ file, integrity }: WidgetBuild): string => `<!doctype html>
<html lang="nl">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(texts.title)}</title>
    <meta name="description" content="${escapeHtml(texts.description)}">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="demo.css">
    <script type="module" src="${file}" integrity="${integrity}" crossorigin="anonymous"></script>
    <script type="module" src="demo.js"></script>
  </head>
  <body>
    <header class="site">
      <a class="skip" href="#vraag">${escapeHtml(texts.skip)}</a>
      <div class="width">
        <a class="brand" href="#top">${MARK}<span>${escapeHtml(texts.brand)}</span></a>
        <nav aria-label="${escapeHtml(texts.navigation)}">
          <ul>
            <li><a href="#vraag">${escapeHtml(texts.navigationAsk)}</a></li>
            <li><a href="#documenten">${escapeHtml(texts.navigationDocuments)}</a></li>
            <li><a href="#over">${escapeHtml(texts.navigationAbout)}</a></li>
            <li><a href="#insluiten">${escapeHtml(texts.navigationEmbed)}</a></li>
            <li><a href="#api">${escapeHtml(texts.navigationApi)}</a></li>
          </ul>
        </nav>
      </div>
    </header>
    <main id="top">
      <section class="hero">
        <div class="width">
          <h1>${escapeHtml(texts.headingStart)} <mark>${escapeHtml(texts.headingMarked)}</mark></h1>
          <p class="lead">${escapeHtml(texts.lead)}</p>
        </div>
      </section>
      <section class="chat" id="vraag" aria-label="${escapeHtml(texts.ask)}" tabindex="-1">
        <div class="width">
          <vindplaats-chat id="demo"></vindplaats-chat>
          <noscript><p>${escapeHtml(texts.noScript)} <a href="v1/documents">${escapeHtml(texts.apiDocuments)}</a></p></noscript>
        </div>
      </section>
      <section id="documenten">
        <div class="width">
          <h2>${escapeHtml(texts.documents)}</h2>
          <p class="section-lead">${escapeHtml(texts.documentsLead)}</p>
          <div id="document-list" aria-live="polite"><p>${escapeHtml(texts.documentsLoading)}</p></div>
        </div>
      </section>
      <section id="over" class="tinted">
        <div class="width">
          <h2>${escapeHtml(texts.about)}</h2>
          <ol class="steps">${texts.steps
            .map(
              step => `
            <li><h3>${escapeHtml(step.heading)}</h3><p>${escapeHtml(step.text)}</p></li>`,
            )
            .join('')}
          </ol>
          <h3 class="limits-heading">${escapeHtml(texts.limitsHeading)}</h3>
          <ul class="limits">${texts.limits.map(limit => `<li>${escapeHtml(limit)}</li>`).join('')}</ul>
        </div>
      </section>
      <section id="insluiten">
        <div class="width">
          <h2>${escapeHtml(texts.embed)}</h2>
          <p class="section-lead">${escapeHtml(texts.embedLead)}</p>
          ${example(
            texts.embedInline,
            `<script type="module" src="${EXAMPLE_SERVER}/widget.js"></script>\n<vindplaats-chat></vindplaats-chat>`,
          )}
          ${example(
            texts.embedLauncher,
            `<script type="module" src="${EXAMPLE_SERVER}/widget.js"></script>\n<vindplaats-chat mode="launcher"></vindplaats-chat>`,
          )}
          ${example(
            texts.embedPinned,
            `<script type="module" src="${EXAMPLE_SERVER}/${file}"\n  integrity="${integrity}"\n  crossorigin="anonymous"></script>\n<vindplaats-chat></vindplaats-chat>`,
          )}
        </div>
      </section>
      <section id="api" class="tinted">
        <div class="width">
          <h2>${escapeHtml(texts.api)}</h2>
          <p class="section-lead">${escapeHtml(texts.apiLead)}</p>
          ${example(
            'POST /v1/answers',
            `curl ${EXAMPLE_SERVER}/v1/answers \\\n  --header 'content-type: application/json' \\\n  --data '{"question": "Wanneer kwamen de ministers in Praag bijeen?"}'`,
          )}
          <p class="links"><a href="v1/openapi.json">${escapeHtml(texts.apiLink)}</a> <a href="v1/documents">${escapeHtml(texts.apiDocuments)}</a></p>
        </div>
      </section>
    </main>
    <footer class="site-footer">
      <div class="width">
        <p>${escapeHtml(texts.footer)}</p>
        <fieldset class="theme"><legend>${escapeHtml(texts.theme)}</legend>
          ${themeChoice('auto', texts.themeAuto, true)}${themeChoice('light', texts.themeLight, false)}${themeChoice('dark', texts.themeDark, false)}
        </fieldset>
      </div>
    </footer>
  </body>
</html>
`

/** The icon of the page: the mark of Vindplaats. */
export const DEMO_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="4" fill="#0d4a7c"/><rect x="3" y="9" width="18" height="6" rx="1" fill="#ffe46b"/><path d="M5 6h14M5 12h11M5 18h8" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/><path d="M5 12h11" stroke="#17212b" stroke-width="2" stroke-linecap="round"/></svg>
`
