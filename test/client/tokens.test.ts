import { describe, expect, it } from 'vitest'
import { COLOR_TOKENS, CONTRAST_PAIRS, type ColorName, tokenDeclarations } from '../../client/tokens.js'

/** Relative luminance as WCAG 2.2 defines it. */
const luminance = (color: string): number => {
  const channels = [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16) / 255)
  const [red = 0, green = 0, blue = 0] = channels.map(value =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right)
  return (light + 0.05) / (dark + 0.05)
}

describe('the theme', () => {
  it.each(CONTRAST_PAIRS.flatMap(pair => [[...pair, 'light'] as const, [...pair, 'dark'] as const]))(
    '%s on %s reaches %d in the %s theme',
    (front, back, ratio, theme) => {
      expect(contrast(COLOR_TOKENS[front][theme], COLOR_TOKENS[back][theme])).toBeGreaterThanOrEqual(ratio)
    },
  )

  it('checks every colour but the hairlines, which carry no meaning', () => {
    const checked = new Set(CONTRAST_PAIRS.flat())
    const unchecked = (Object.keys(COLOR_TOKENS) as ColorName[]).filter(name => !checked.has(name))
    expect(unchecked).toEqual(['line'])
  })

  it('lets every colour be overridden by a token of NL Design System', () => {
    for (const { token, light, dark } of Object.values(COLOR_TOKENS)) {
      expect(token).toMatch(/^--(basis|nl)-/)
      expect(tokenDeclarations()).toContain(`var(${token}, light-dark(${light}, ${dark}))`)
    }
  })
})
