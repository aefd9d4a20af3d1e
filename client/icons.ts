/** The few icons, drawn as SVG in the page: no request, no font, coloured like the text beside them. */
import { type SVGTemplateResult, svg } from 'lit'

const icon = (path: SVGTemplateResult): SVGTemplateResult => svg`
  <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${path}</svg>`

/** All icons by what they stand for. */
export const icons = {
  /** The mark of Vindplaats: lines of text, one of them highlighted. */
  mark: svg`
    <svg class="icon mark" viewBox="0 0 24 24" width="24" height="24" fill="none" aria-hidden="true" focusable="false">
      <rect class="mark-line" x="2" y="9" width="20" height="6" rx="1"/>
      <path d="M4 5h16M4 12h13M4 19h10" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>`,
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  add: icon(svg`<path d="M12 5v14M5 12h14"/>`),
  send: icon(svg`<path d="M5 12h14M13 6l6 6-6 6"/>`),
  stop: icon(svg`<rect x="6" y="6" width="12" height="12" rx="1" fill="currentColor"/>`),
  copy: icon(svg`<rect x="9" y="9" width="11" height="11" rx="1"/><path d="M5 15H4V4h11v1"/>`),
  done: icon(svg`<path d="M5 13l4 4L19 7"/>`),
  up: icon(svg`<path d="M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2 3l-.8 3H19l-1.5 8c-.2 1.2-1 2-2.5 2H7"/>`),
  down: icon(svg`<path d="M17 13V4h3v9zM17 13l-4 7c-1.5 0-2.5-1-2-3l.8-3H5l1.5-8C6.700 4.8 7.5 4 9 4h8"/>`),
  again: icon(svg`<path d="M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4"/>`),
  edit: icon(svg`<path d="M4 20h4L19 9l-4-4L4 16z"/>`),
  previous: icon(svg`<path d="M15 5l-7 7 7 7"/>`),
  next: icon(svg`<path d="M9 5l7 7-7 7"/>`),
  outside: icon(svg`<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>`),
  warning: icon(svg`<path d="M12 3l10 18H2zM12 10v5M12 18v.1"/>`),
  information: icon(svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v.1"/>`),
} as const
