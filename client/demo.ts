/** The behaviour of the demo page: lists the documents, fills in its own address, copies examples, switches colours. */
import type { DocumentSummary } from '../server/protocol.js'
import { copyText } from './clipboard.js'
import { formatDate } from './format.js'
import { ServerApi } from './server-api.js'
import { demoTexts as texts } from './texts.js'

const EXAMPLE_SERVER = 'https://vindplaats.example'

const api = new ServerApi(new URL(/* @vite-ignore */ '.', import.meta.url).href)

const element = (name: string, className: string, ...content: readonly (Node | string)[]): HTMLElement => {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...content)
  return made
}

const documentItem = (document: DocumentSummary): HTMLElement => {
  const address = api.absolute(document.href)
  const title = element('a', '', document.title)
  if (address !== null) title.setAttribute('href', address)
  const facts = [document.institution, document.documentNumber, document.kind].filter(fact => fact !== null)
  const date = document.date === null ? texts.dateUnknown : formatDate(document.date, 'nl')
  return element(
    'li',
    '',
    element('p', 'document-date', date),
    element(
      'div',
      '',
      element('h3', '', title),
      element('p', 'document-facts', facts.join(' · ')),
      ...(document.status === 'ontwerp' ? [element('p', 'document-draft', texts.draft)] : []),
    ),
  )
}

const listDocuments = async (place: HTMLElement): Promise<void> => {
  try {
    const { documents } = await api.documents()
    const newestFirst = [...documents].sort((left, right) =>
      (right.date ?? '').localeCompare(left.date ?? ''),
    )
    place.replaceChildren(
      element('p', 'document-count', texts.documentCount(documents.length)),
      element('ul', 'documents', ...newestFirst.map(documentItem)),
    )
  } catch {
    place.replaceChildren(element('p', '', texts.documentsFailed))
  }
}

const list = document.querySelector<HTMLElement>('#document-list')
if (list) void listDocuments(list)

const server = api.baseUrl.replace(/\/$/, '')
for (const code of document.querySelectorAll('code')) {
  code.textContent = (code.textContent ?? '').replaceAll(EXAMPLE_SERVER, server)
}

for (const button of document.querySelectorAll<HTMLButtonElement>('.copy-code')) {
  button.addEventListener('click', async () => {
    const code = button.closest('.example')?.querySelector('code')?.textContent ?? ''
    button.textContent = (await copyText(code, document.body)) ? texts.codeCopied : texts.codeCopyFailed
    setTimeout(() => {
      button.textContent = texts.copyCode
    }, 2_500)
  })
}

for (const choice of document.querySelectorAll<HTMLInputElement>('input[name="theme"]')) {
  choice.addEventListener('change', () => {
    // The widget has no theme of its own here: it follows the colour scheme of the page.
    document.documentElement.dataset.theme = choice.value
  })
}
