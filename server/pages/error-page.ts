/** The page that a person sees when something is not there or went wrong. */
import type { Problem } from '../protocol.js'
import { html, page } from './html.js'

/** A problem as a page. */
export function errorPage({ title, detail }: Problem, basePath: string): string {
  return page(title, basePath, html`<h1>${title}</h1><p>${detail}</p>`)
}
