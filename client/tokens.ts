/**
 * The theme: our own values under the names of NL Design System. An organisation that defines a token on its page
 * overrides ours; its own, proprietary theme is not shipped here.
 */

/** One colour: the token that overrides it, and what stands where no token is defined. */
export interface ColorToken {
  /** Custom property as NL Design System names it. */
  readonly token: `--basis-${string}` | `--nl-${string}`
  readonly light: string
  readonly dark: string
}

/** The colours by the name that the style sheets use, `--_<name>`. */
export const COLOR_TOKENS = {
  surface: { token: '--basis-color-default-bg-document', light: '#ffffff', dark: '#11181f' },
  'surface-subtle': { token: '--basis-color-default-bg-subtle', light: '#f2f5f8', dark: '#1a232c' },
  'surface-hover': { token: '--basis-color-default-bg-hover', light: '#e4ebf1', dark: '#26323d' },
  text: { token: '--basis-color-default-color-default', light: '#17212b', dark: '#e9eef2' },
  'text-subtle': { token: '--basis-color-default-color-subtle', light: '#4c5a68', dark: '#acb9c5' },
  line: { token: '--basis-color-default-border-subtle', light: '#cfd8e0', dark: '#33414e' },
  'control-line': { token: '--basis-color-default-border-default', light: '#667686', dark: '#7d8e9e' },
  action: { token: '--basis-color-action-1-color-default', light: '#0d4a7c', dark: '#93c5f2' },
  'action-hover': { token: '--basis-color-action-1-color-hover', light: '#08345a', dark: '#bfddf8' },
  'action-surface': { token: '--basis-color-action-1-bg-subtle', light: '#e8f1f8', dark: '#16293a' },
  button: { token: '--nl-button-primary-background-color', light: '#0d4a7c', dark: '#93c5f2' },
  'button-text': { token: '--nl-button-primary-color', light: '#ffffff', dark: '#0c1a26' },
  'button-hover': { token: '--nl-button-primary-hover-background-color', light: '#08345a', dark: '#bfddf8' },
  highlight: { token: '--basis-color-highlight-bg-default', light: '#ffe46b', dark: '#5f4c00' },
  'highlight-text': { token: '--basis-color-highlight-color-default', light: '#17212b', dark: '#fff6d6' },
  'highlight-line': { token: '--basis-color-highlight-border-default', light: '#b98a00', dark: '#d9ae1f' },
  warning: { token: '--basis-color-warning-bg-subtle', light: '#fff4d9', dark: '#33270a' },
  'warning-text': { token: '--basis-color-warning-color-default', light: '#6b4200', dark: '#ffd98a' },
  'warning-line': { token: '--basis-color-warning-border-default', light: '#a86c00', dark: '#c9942c' },
  negative: { token: '--basis-color-negative-bg-subtle', light: '#fdeeec', dark: '#3a1715' },
  'negative-text': { token: '--basis-color-negative-color-default', light: '#98201a', dark: '#ffb4ab' },
  'negative-line': { token: '--basis-color-negative-border-default', light: '#b3261e', dark: '#e5736a' },
  focus: { token: '--basis-focus-outline-color', light: '#17212b', dark: '#ffffff' },
} as const satisfies Record<string, ColorToken>

/** Name of a colour in the style sheets. */
export type ColorName = keyof typeof COLOR_TOKENS

/** Every pair of colours that touch, with the contrast WCAG 2.2 asks: 4.5 for text, 3 for what must be seen. */
export const CONTRAST_PAIRS: readonly (readonly [front: ColorName, back: ColorName, ratio: 3 | 4.5])[] = [
  ['text', 'surface', 4.5],
  ['text', 'surface-subtle', 4.5],
  ['text', 'surface-hover', 4.5],
  ['text', 'action-surface', 4.5],
  ['text-subtle', 'surface', 4.5],
  ['text-subtle', 'surface-subtle', 4.5],
  ['text-subtle', 'surface-hover', 4.5],
  ['action', 'surface', 4.5],
  ['action', 'surface-subtle', 4.5],
  ['action', 'surface-hover', 4.5],
  ['action', 'action-surface', 4.5],
  ['action-hover', 'surface-hover', 4.5],
  ['action-hover', 'action-surface', 4.5],
  ['button-text', 'button', 4.5],
  ['button-text', 'button-hover', 4.5],
  ['button', 'surface', 3],
  ['highlight-text', 'highlight', 4.5],
  ['highlight-line', 'surface', 3],
  ['warning-text', 'warning', 4.5],
  ['warning-text', 'surface', 4.5],
  ['warning-line', 'surface', 3],
  ['negative-text', 'negative', 4.5],
  ['negative-text', 'surface', 4.5],
  ['negative-line', 'surface', 3],
  ['control-line', 'surface', 3],
  ['control-line', 'surface-subtle', 3],
  ['focus', 'surface', 3],
  ['focus', 'surface-subtle', 3],
  ['focus', 'action-surface', 3],
]

/** Everything that is no colour, in the same way: name in the style sheets, token, our value. */
export const OTHER_TOKENS = {
  font: {
    token: '--basis-text-font-family-default',
    value: "'Noto Sans', 'Segoe UI', system-ui, 'Liberation Sans', Arial, sans-serif",
  },
  'heading-font': { token: '--basis-heading-font-family', value: 'var(--_font)' },
  'quote-font': {
    token: '--vindplaats-quote-font-family',
    value: "'Source Serif 4', 'Noto Serif', Charter, Georgia, 'Liberation Serif', serif",
  },
  // Not `1rem`: old pages set the root to 62.5 %. `medium` is what the visitor chose in the browser.
  'font-size': { token: '--basis-text-font-size-md', value: 'medium' },
  'line-height': { token: '--basis-text-line-height-md', value: '1.5' },
  radius: { token: '--basis-border-radius-md', value: '4px' },
  'focus-width': { token: '--basis-focus-outline-width', value: '3px' },
} as const

/** The declarations that define every `--_<name>`, for the rule of the widget's root. */
export const tokenDeclarations = (): string =>
  [
    ...Object.entries(COLOR_TOKENS).map(
      ([name, { token, light, dark }]) => `--_${name}: var(${token}, light-dark(${light}, ${dark}));`,
    ),
    ...Object.entries(OTHER_TOKENS).map(([name, { token, value }]) => `--_${name}: var(${token}, ${value});`),
  ].join('\n')
