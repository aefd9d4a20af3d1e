/** The looks of the conversation: panel, header, greeting, questions, answers, composer. */
import { css } from 'lit'

/** The panel and what stands around the conversation. */
export const layoutStyles = css`
  .panel {
    display: block;
    block-size: 100%;
    inline-size: 100%;
    max-inline-size: none;
    max-block-size: none;
    color: var(--_text);
    background: var(--_surface);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    overflow: hidden;
    container: panel / inline-size;
  }
  .layout {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
    block-size: 100%;
  }
  .layout.with-source {
    grid-template-columns: minmax(0, 1fr) minmax(0, min(46%, 40em));
  }
  .conversation {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    block-size: 100%;
  }
  .header {
    display: flex;
    align-items: center;
    gap: 0.5em;
    min-block-size: 3.5em;
    padding: 0.4em 0.75em 0.4em 1.25em;
    border-block-end: 1px solid var(--_line);
  }
  .heading {
    flex: 1;
    min-inline-size: 0;
    font-family: var(--_heading-font);
    font-size: 1.0625em;
    font-weight: 700;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .mark-line {
    fill: var(--_highlight);
  }
  .header > .mark {
    inline-size: 1.6em;
    block-size: 1.6em;
    color: var(--_action);
  }
  .log {
    flex: 1 1 auto;
    min-block-size: 8em;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--_control-line) transparent;
  }
  .log:focus-visible, .source-body:focus-visible {
    outline-offset: -3px;
  }
  .welcome {
    padding: 1.5em 1.25em 1em;
    max-inline-size: 52em;
    margin-inline: auto;
  }
  .welcome h3 {
    font-family: var(--_heading-font);
    font-size: 1.5em;
    line-height: 1.25;
    margin-block-end: 0.35em;
  }
  .welcome p {
    color: var(--_text-subtle);
    max-inline-size: 38em;
  }
  .welcome .label {
    margin-block: 1.25em 0.5em;
  }
  .suggestions {
    border-block-start: 1px solid var(--_line);
  }
  .suggestions li {
    border-block-end: 1px solid var(--_line);
  }
  .suggestion {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1em;
    inline-size: 100%;
    min-block-size: 3em;
    padding: 0.65em 0.5em;
    border: 0;
    background: none;
    color: var(--_action);
    font-weight: 500;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .suggestion:hover {
    background: var(--_action-surface);
    color: var(--_action-hover);
  }
  .suggestion .icon {
    transition: transform 0.15s;
  }
  .suggestion:hover .icon {
    transform: translateX(3px);
  }
  .trouble {
    display: flex;
    gap: 0.6em;
    align-items: flex-start;
    padding-block: 0.6em;
    background: var(--_warning);
    color: var(--_warning-text);
    border-block-start: 1px solid var(--_warning-line);
    font-size: 0.9375em;
  }
  .composer {
    padding-block: 0.75em 0.5em;
    border-block-start: 1px solid var(--_line);
    background: var(--_surface-subtle);
  }
  .composer .label {
    margin-block-end: 0.3em;
    color: var(--_text);
  }
  /* On a wide panel everything stands in one column, the width of a comfortable line. */
  .composer, .notice, .trouble {
    padding-inline: max(1.25em, calc((100% - 49.5em) / 2));
  }
  .composer-row {
    display: flex;
    align-items: flex-end;
    gap: 0.6em;
  }
  textarea {
    inline-size: 100%;
    min-block-size: 2.75em;
    padding: 0.6em 0.75em;
    background: var(--_surface);
    border: 1px solid var(--_control-line);
    border-radius: var(--_radius);
    resize: none;
  }
  .field {
    flex: 1;
    min-inline-size: 0;
    field-sizing: content;
    max-block-size: 8.5em;
    overflow-wrap: anywhere;
  }
  textarea::placeholder {
    color: var(--_text-subtle);
    opacity: 1;
  }
  textarea[aria-invalid] {
    border: 2px solid var(--_negative-line);
  }
  .field-fault {
    display: flex;
    gap: 0.4em;
    margin-block-end: 0.35em;
    color: var(--_negative-text);
    font-weight: 600;
    font-size: 0.9375em;
  }
  .notice {
    padding-block: 0 0.6em;
    background: var(--_surface-subtle);
    color: var(--_text-subtle);
  }
  .notice p {
    font-size: 0.8125em;
  }
  .notice strong {
    font-weight: 600;
  }
  @container panel (max-inline-size: 30em) {
    .header, .composer, .notice, .trouble {
      padding-inline: 0.9em;
    }
    .composer .primary span, .new span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    .composer .primary {
      padding-inline: 0.75em;
    }
    .welcome, .turn {
      padding-inline: 0.9em !important;
    }
  }
`

/** Questions and answers. */
export const turnsStyles = css`
  .turn {
    padding: 1.5em 1.25em;
    max-inline-size: 52em;
    margin-inline: auto;
  }
  .turn + .turn {
    border-block-start: 1px solid var(--_line);
  }
  .question {
    margin-block-end: 1em;
    font-family: var(--_heading-font);
    font-size: 1em;
    line-height: 1.35;
  }
  .asked {
    display: block;
    font-size: 0.8125em;
    font-weight: 500;
    color: var(--_text-subtle);
  }
  .question-text {
    display: block;
    font-size: 1.1875em;
    font-weight: 700;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .answer {
    overflow-wrap: anywhere;
  }
  .answer > * + * {
    margin-block-start: 0.75em;
  }
  .value {
    font-size: 1.375em;
    font-weight: 700;
    line-height: 1.35;
  }
  .answer > blockquote + p {
    margin-block-start: 1.15em;
  }
  blockquote {
    padding: 0.1em 0 0.1em 1em;
    border-inline-start: 4px solid var(--_highlight-line);
    font-family: var(--_quote-font);
    font-size: 1.09375em;
    line-height: 1.55;
  }
  .unit {
    white-space: nowrap;
  }
  .segment {
    white-space: normal;
  }
  .segment.quoted::before {
    content: '‘';
  }
  .segment.quoted::after {
    content: '’';
  }
  blockquote ul {
    margin-block-start: 0.4em;
  }
  blockquote li {
    position: relative;
    padding-inline-start: 1.25em;
    margin-block-start: 0.35em;
  }
  blockquote li::before {
    content: '';
    position: absolute;
    inset-inline-start: 0.2em;
    inset-block-start: 0.66em;
    inline-size: 0.4em;
    block-size: 0.4em;
    background: var(--_highlight-line);
  }
  .citation {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-inline-size: 24px;
    min-block-size: 24px;
    padding: 0 0.35em;
    margin: 0;
    vertical-align: 0.05em;
    border: 1px solid var(--_action);
    border-block-end-width: 3px;
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_action);
    font-family: var(--_font);
    font-size: 0.8125rem;
    font-size: max(0.78em, 12px);
    font-weight: 700;
    font-style: normal;
    line-height: 1;
    font-variant-numeric: tabular-nums;
  }
  button.citation:hover {
    background: var(--_action-surface);
    color: var(--_action-hover);
  }
  .citation.open {
    background: var(--_highlight);
    color: var(--_highlight-text);
    border-color: var(--_highlight-line);
  }
  .citation.waiting {
    border-style: dashed;
    border-color: var(--_control-line);
    color: var(--_text-subtle);
  }
  .unconfirmed {
    text-decoration: underline dotted var(--_warning-line) 2px;
    text-underline-offset: 0.25em;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 0.3em;
    padding: 0.05em 0.5em;
    border: 1px solid var(--_warning-line);
    border-radius: var(--_radius);
    background: var(--_warning);
    color: var(--_warning-text);
    font-family: var(--_font);
    font-size: 0.8125em;
    font-weight: 600;
    white-space: nowrap;
  }
  .note {
    display: flex;
    gap: 0.55em;
    color: var(--_text-subtle);
    font-size: 0.9375em;
  }
  .note ul {
    list-style: disc;
    padding-inline-start: 1.2em;
  }
  .sources, .nearest {
    padding-block-start: 0.4em;
  }
  .sources .label, .nearest .label {
    margin-block-end: 0.35em;
  }
  .source-line {
    font-size: 0.9375em;
    line-height: 1.4;
  }
  .sources li + li {
    margin-block-start: 0.6em;
  }
  .places {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35em;
    margin-block-start: 0.3em;
  }
  .place {
    display: inline-flex;
    align-items: center;
    gap: 0.45em;
    max-inline-size: 100%;
    min-block-size: 2.25em;
    padding: 0.2em 0.65em 0.2em 0.35em;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_action);
    font-size: 0.875em;
    line-height: 1.25;
    text-align: start;
  }
  .place:hover, .place.open {
    border-color: var(--_action);
    background: var(--_action-surface);
    color: var(--_action-hover);
  }
  .place-text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .number {
    flex: none;
    min-inline-size: 1.5em;
    padding-inline: 0.25em;
    border-radius: 2px;
    background: var(--_highlight);
    color: var(--_highlight-text);
    font-size: 0.875em;
    font-weight: 700;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .source-title {
    font-weight: 600;
  }
  .source-details {
    color: var(--_text-subtle);
  }
  .near {
    display: block;
    inline-size: 100%;
    padding: 0.75em 0.9em;
    margin-block-start: 0.5em;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    text-align: start;
  }
  .near:hover, .near.open {
    border-color: var(--_action);
    background: var(--_action-surface);
  }
  .near-quote {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
    font-family: var(--_quote-font);
    line-height: 1.5;
  }
  .near-source {
    display: block;
    margin-block-start: 0.35em;
    font-size: 0.875em;
    color: var(--_text-subtle);
  }
  .near-source .source-title {
    font-weight: 500;
  }
  .help {
    color: var(--_text-subtle);
  }
  .fault {
    display: flex;
    gap: 0.65em;
    padding: 0.75em 0.9em;
    border-inline-start: 4px solid var(--_negative-line);
    background: var(--_negative);
    color: var(--_text);
  }
  .fault .icon {
    color: var(--_negative-text);
    margin-block-start: 0.1em;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5em;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25em 0.5em;
    margin-inline-start: -0.4em;
  }
  .thumbs {
    display: inline-flex;
    margin-inline-start: auto;
  }
  .composed-by {
    font-size: 0.8125em;
    color: var(--_text-subtle);
    margin-block-start: 0.25em !important;
  }
  .rating-form {
    padding: 1em;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface-subtle);
  }
  .rating-form legend {
    font-weight: 600;
    margin-block-end: 0.4em;
  }
  .rating-form .label {
    margin-block-start: 0.8em;
    color: var(--_text);
  }
  .rating-form textarea {
    margin-block: 0.35em 0.75em;
    resize: vertical;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 0.6em;
    min-block-size: 2em;
  }
  .choice input {
    inline-size: 1.25em;
    block-size: 1.25em;
    margin: 0;
    accent-color: var(--_action);
  }
  .progress {
    display: flex;
    align-items: center;
    gap: 0.75em;
    color: var(--_text-subtle);
  }
  .progress-lines {
    display: grid;
    gap: 4px;
    inline-size: 1.75em;
  }
  .progress-lines span {
    block-size: 3px;
    background: var(--_control-line);
  }
  .progress-lines span:nth-child(2) {
    inline-size: 80%;
  }
  .progress-lines span:nth-child(3) {
    inline-size: 55%;
  }
  @media (prefers-reduced-motion: no-preference) {
    /* A marker goes over the lines one after another: somebody is reading. */
    .progress-lines span {
      animation: reading 1.5s infinite;
    }
    .progress-lines span:nth-child(2) {
      animation-delay: 0.3s;
    }
    .progress-lines span:nth-child(3) {
      animation-delay: 0.6s;
    }
    @keyframes reading {
      0%, 60%, 100% { background: var(--_control-line); }
      20%, 35% { background: var(--_highlight-line); }
    }
    .log { scroll-behavior: smooth; }
  }
  @media (prefers-reduced-motion: reduce) {
    .suggestion .icon { transition: none; }
  }
`
