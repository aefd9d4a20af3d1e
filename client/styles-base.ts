/** What every part of the widget builds on: root, type, buttons, and what visitors ask of the looks. */
import { css, unsafeCSS } from 'lit'
import { tokenDeclarations } from './tokens.js'

/** The root of the widget, its colours and type, and a reset against the styles of old pages. */
export const rootStyles = css`
  :host {
    display: block;
    block-size: var(--vindplaats-block-size, min(760px, 92dvh));
    min-block-size: 420px;
    color-scheme: inherit;
  }
  :host([hidden]) {
    display: none !important;
  }
  :host([mode='launcher']) {
    display: contents;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='auto']) {
    color-scheme: light dark;
  }
  .root {
    /* What an old intranet sets on everything (letter-spacing, upper case, 11 px) ends here. */
    all: initial;
    visibility: inherit;
    color-scheme: inherit;
    display: block;
    block-size: 100%;
    ${unsafeCSS(tokenDeclarations())}
    font-family: var(--_font);
    font-size: var(--_font-size);
    line-height: var(--_line-height);
    color: var(--_text);
    -webkit-text-size-adjust: 100%;
  }
  .launcher-root {
    display: contents;
  }
  .launcher-root .launcher,
  .launcher-root .panel {
    font-size: var(--_font-size);
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2, h3, h4, p, ul, ol, blockquote, fieldset, dialog {
    margin: 0;
    padding: 0;
  }
  ul, ol {
    list-style: none;
  }
  fieldset, dialog {
    border: 0;
  }
  a {
    color: var(--_action);
    text-underline-offset: 0.15em;
  }
  a:hover {
    color: var(--_action-hover);
    text-decoration-thickness: 2px;
  }
  button, textarea, input {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    cursor: pointer;
    touch-action: manipulation;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: var(--_focus-width) solid var(--_focus);
    outline-offset: 2px;
  }
  .icon {
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    vertical-align: -0.25em;
  }
  .visually-hidden {
    position: absolute !important;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .label {
    display: block;
    font-family: var(--_font);
    font-size: 0.875em;
    font-weight: 600;
    color: var(--_text-subtle);
  }
  .hint {
    font-size: 0.875em;
    color: var(--_text-subtle);
  }
`

/** Buttons of all ranks. */
export const buttonsStyles = css`
  .primary, .secondary, .quiet, .icon-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4em;
    min-block-size: 2.75em;
    padding: 0.5em 1em;
    border: 1px solid transparent;
    border-radius: var(--_radius);
    background: none;
    font-weight: 600;
    line-height: 1.25;
    text-align: start;
  }
  .primary {
    background: var(--_button);
    color: var(--_button-text);
  }
  .primary:hover {
    background: var(--_button-hover);
  }
  .primary.stop {
    background: none;
    border-color: var(--_control-line);
    color: var(--_text);
  }
  .primary.stop:hover {
    background: var(--_surface-hover);
  }
  .secondary {
    border-color: var(--_action);
    color: var(--_action);
  }
  .secondary:hover {
    background: var(--_action-surface);
    color: var(--_action-hover);
  }
  .secondary:disabled {
    border-color: var(--_control-line);
    color: var(--_text-subtle);
    cursor: not-allowed;
  }
  .quiet {
    min-block-size: 2.25em;
    padding: 0.3em 0.5em;
    color: var(--_action);
    font-size: 0.875em;
    font-weight: 500;
  }
  .quiet:hover, .icon-button:hover {
    background: var(--_surface-hover);
    color: var(--_action-hover);
  }
  .icon-button {
    inline-size: 2.5em;
    min-block-size: 2.5em;
    padding: 0;
    color: var(--_action);
  }
  .icon-button[aria-pressed='true'] {
    background: var(--_button);
    color: var(--_button-text);
  }
  .icon-button[aria-disabled='true'] {
    color: var(--_control-line);
    cursor: default;
    background: none;
  }
`

/** Forced colours and print; the last sheet, since it overrides. */
export const forcedStyles = css`
  @media (forced-colors: active) {
    .citation.open, .icon-button[aria-pressed='true'], mark, .number {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
      border-color: Highlight;
    }
    .target {
      border-inline-start: 4px solid Highlight;
    }
    blockquote, .fault {
      border-inline-start-color: CanvasText;
    }
    .progress-lines span, blockquote li::before {
      forced-color-adjust: none;
      background: CanvasText;
    }
    .mark-line {
      fill: Highlight;
    }
    .icon-button[aria-disabled='true'], .secondary:disabled {
      color: GrayText;
    }
  }
  @media print {
    :host {
      block-size: auto;
    }
    .composer, .toolbar, .source, .launcher, .new {
      display: none !important;
    }
    .log, .panel, .layout, .conversation {
      overflow: visible;
      block-size: auto;
      display: block;
    }
  }
`
