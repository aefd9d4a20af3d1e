/** The looks of sources: panel and sheet, printed paragraphs, the card at a number; and of the launcher. */
import { css } from 'lit'

/** The source panel and the card. */
export const sourceStyles = css`
  .source {
    color: var(--_text);
    background: var(--_surface);
    font-size: inherit;
  }
  .source[open] {
    display: flex;
    flex-direction: column;
  }
  .with-source .source[open] {
    position: static;
    inline-size: auto;
    max-inline-size: none;
    block-size: 100%;
    max-block-size: none;
    min-block-size: 0;
    min-inline-size: 0;
    border-inline-start: 1px solid var(--_line);
  }
  .source:modal {
    position: fixed;
    inset: auto 0 0 0;
    inline-size: 100%;
    max-inline-size: none;
    block-size: 90dvh;
    max-block-size: none;
    border-block-start: 4px solid var(--_highlight-line);
    border-start-start-radius: calc(var(--_radius) * 2);
    border-start-end-radius: calc(var(--_radius) * 2);
  }
  .source::backdrop {
    background: rgb(10 20 30 / 55%);
  }
  .source-header {
    padding: 0.4em 0.75em 0.75em 1.25em;
    border-block-end: 1px solid var(--_line);
  }
  .source-bar {
    display: flex;
    align-items: center;
    min-block-size: 2.7em;
  }
  .source-position {
    flex: 1;
    display: flex;
    align-items: center;
    gap: 0.5em;
    font-size: 0.875em;
    font-weight: 600;
    color: var(--_text-subtle);
  }
  .source-heading {
    font-family: var(--_heading-font);
    font-size: 1.0625em;
    line-height: 1.3;
    padding-inline-end: 0.5em;
    overflow-wrap: anywhere;
  }
  .source-header .source-details, .heading-path {
    font-size: 0.875em;
    color: var(--_text-subtle);
  }
  .heading-path {
    margin-block-start: 0.2em;
  }
  .source-body {
    position: relative;
    flex: 1;
    min-block-size: 6em;
    overflow-y: auto;
    overscroll-behavior: contain;
    overflow-anchor: none;
    padding: 1em 1.25em 2em;
    scrollbar-width: thin;
    scrollbar-color: var(--_control-line) transparent;
  }
  .printed {
    position: relative;
    padding: 0.35em 0.75em;
    margin-inline: -0.75em;
    font-family: var(--_quote-font);
    font-size: 1.03125em;
    line-height: 1.6;
    overflow-wrap: anywhere;
  }
  .printed + .printed {
    margin-block-start: 0.35em;
  }
  .printed.heading {
    font-weight: 700;
    font-family: var(--_font);
    font-size: 1em;
    margin-block-start: 0.75em;
  }
  .printed.list-item {
    padding-inline-start: 2em;
  }
  .printed.footnote, .footnotes .printed {
    font-size: 0.9375em;
  }
  .printed-label {
    float: inline-start;
    margin-inline-end: 0.6em;
    font-family: var(--_font);
    font-size: 0.875em;
    font-weight: 600;
    line-height: 1.8;
    color: var(--_text-subtle);
  }
  .target {
    background: var(--_surface-subtle);
    box-shadow: inset 4px 0 0 var(--_highlight-line);
  }
  .target:dir(rtl) {
    box-shadow: inset -4px 0 0 var(--_highlight-line);
  }
  mark {
    background: var(--_highlight);
    color: var(--_highlight-text);
    -webkit-box-decoration-break: clone;
    box-decoration-break: clone;
    padding: 0.08em 0;
  }
  .page-mark {
    display: flex;
    align-items: center;
    gap: 0.75em;
    margin-block: 0.75em;
    font-size: 0.8125em;
    color: var(--_text-subtle);
  }
  .page-mark::before, .page-mark::after {
    content: '';
    flex: 1;
    border-block-start: 1px dashed var(--_line);
  }
  .edge {
    padding-block: 0.5em;
    font-size: 0.875em;
    color: var(--_text-subtle);
  }
  .footnotes {
    margin-block-start: 1.5em;
    padding-block-start: 0.75em;
    border-block-start: 1px solid var(--_line);
  }
  .source-footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.25em 1em;
    padding: 0.5em 1.25em;
    border-block-start: 1px solid var(--_line);
    background: var(--_surface-subtle);
  }
  .link {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    min-block-size: 2.25em;
    font-size: 0.875em;
    font-weight: 500;
  }
  .card {
    position: fixed;
    inset: auto;
    margin: 0;
    inline-size: max-content;
    max-inline-size: min(26em, calc(100vw - 16px));
    padding: 0.75em 0.9em;
    border: 1px solid var(--_control-line);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    box-shadow: 0 4px 18px rgb(10 20 30 / 22%);
    font-size: 0.875em;
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .card-title {
    font-weight: 700;
  }
  .card-details, .card-hint {
    color: var(--_text-subtle);
  }
  .card-quote {
    margin-block: 0.5em;
    padding-inline-start: 0.65em;
    border-inline-start: 3px solid var(--_highlight-line);
    font-family: var(--_quote-font);
    font-size: 1.0625em;
  }
  .card-hint {
    font-size: 0.9286em;
  }
`

/** The button in the corner and the panel it opens. */
export const launcherStyles = css`
  .launcher {
    position: fixed;
    inset-block-end: var(--vindplaats-launcher-inset, 24px);
    inset-inline-end: var(--vindplaats-launcher-inset, 24px);
    z-index: var(--vindplaats-z-index, 1000);
    display: inline-flex;
    align-items: center;
    gap: 0.6em;
    min-block-size: 3.25em;
    padding: 0.6em 1.25em;
    border: 2px solid var(--_surface);
    border-radius: calc(var(--_radius) + 2px);
    background: var(--_button);
    color: var(--_button-text);
    font-weight: 700;
    box-shadow: 0 4px 18px rgb(10 20 30 / 30%);
  }
  /* The opened panel stands over its button. */
  :host([open]) .launcher {
    visibility: hidden;
  }
  .launcher:hover {
    background: var(--_button-hover);
  }
  .launcher .mark-line {
    fill: var(--_highlight-line);
  }
  .launcher-root .panel:not(:popover-open):not([open]) {
    display: none;
  }
  .launcher-root .panel {
    position: fixed;
    inset: auto var(--vindplaats-launcher-inset, 24px) var(--vindplaats-launcher-inset, 24px) auto;
    inline-size: min(28em, calc(100vw - 2 * var(--vindplaats-launcher-inset, 24px)));
    block-size: min(46em, calc(100dvh - 2 * var(--vindplaats-launcher-inset, 24px)));
    box-shadow: 0 8px 40px rgb(10 20 30 / 30%);
  }
  .launcher-root .panel:has(.with-source) {
    inline-size: min(66em, calc(100vw - 2 * var(--vindplaats-launcher-inset, 24px)));
  }
  .launcher-root .panel:modal {
    inset: 0;
    inline-size: 100vw;
    block-size: 100dvh;
    border: 0;
    border-radius: 0;
  }
  .launcher-root .panel::backdrop {
    background: none;
  }
`
