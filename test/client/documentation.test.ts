import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MAXIMUM_QUESTION_LENGTH, VindplaatsChat } from '../../client/element.js'
import { COLOR_TOKENS, OTHER_TOKENS } from '../../client/tokens.js'
import * as wire from '../../server/protocol.js'

const ROOT = join(import.meta.dirname, '../..')
const CLIENT = join(ROOT, 'client')
const page = readFileSync(join(ROOT, 'docs/widget.md'), 'utf8')
const code = readdirSync(CLIENT)
  .filter(name => name.endsWith('.ts'))
  .map(name => readFileSync(join(CLIENT, name), 'utf8'))
  .join('\n')

/** The rows of all tables under a heading, cells without their marks. */
const rows = (heading: string): string[][] => {
  const section = page.split(/^## /m).find(each => each.startsWith(`${heading}\n`))
  if (!section) throw new Error(`docs/widget.md has no heading "${heading}"`)
  return section
    .split('\n')
    .filter(line => /^\| `/.test(line))
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim().replace(/^`|`$/g, '')),
    )
}

const names = (heading: string): string[] => rows(heading).map(([name = '']) => name)

const found = (pattern: RegExp): string[] =>
  [...new Set([...code.matchAll(pattern)].map(match => match[1] ?? ''))].sort()

describe('docs/widget.md', () => {
  it('lists every attribute, and no other', () => {
    expect(names('Attributes').sort()).toEqual([...VindplaatsChat.observedAttributes].sort())
  })

  it('lists every event the element sends, with the fields of its detail', () => {
    expect(names('Events').sort()).toEqual(found(/#emit\('([\w-]+)'/g))
    for (const [name = '', detail = ''] of rows('Events')) {
      const sent = new RegExp(`#emit\\('${name}', \\{ ([^}]*) \\}`).exec(code)?.[1] ?? ''
      const fields = sent.split(',').map(field => field.split(':')[0]?.trim())
      expect(`{ ${fields.join(', ')} }`).toBe(detail)
    }
  })

  it('lists every method of the published type, and each exists', () => {
    const published = [
      ...readFileSync(join(CLIENT, 'widget.d.ts'), 'utf8').matchAll(/^ {2}(\w+)\(([^)]*)\): void$/gm),
    ].map(([, name, parameters]) => `${name}(${parameters?.split(':')[0] ?? ''})`)
    expect(names('Methods')).toEqual(published)
    for (const method of names('Methods'))
      expect(VindplaatsChat.prototype).toHaveProperty(method.split('(')[0] ?? '')
  })

  it('lists every slot', () => {
    expect(names('Slots').sort()).toEqual(found(/<slot name="([\w-]+)"/g))
  })

  it('lists every part', () => {
    expect(names('Parts').sort()).toEqual(found(/ part="([\w-]+)"/g))
  })

  it('lists every colour with its token and both values', () => {
    const documented = rows('CSS custom properties').filter(([, light]) => light?.startsWith('#'))
    expect(documented).toEqual(
      Object.values(COLOR_TOKENS).map(({ token, light, dark }) => [token, light, dark]),
    )
  })

  it('lists every other custom property that can be set', () => {
    const documented = rows('CSS custom properties')
      .filter(([, light]) => !light?.startsWith('#'))
      .map(([name]) => name)
    expect([...documented].sort()).toEqual(
      [
        ...Object.values(OTHER_TOKENS).map(({ token }) => token),
        ...found(/var\((--vindplaats-[\w-]+)/g),
      ].sort(),
    )
  })

  it('tells the standard value that the code has', () => {
    for (const [name = '', , standard = ''] of rows('CSS custom properties')) {
      if (!name.startsWith('--vindplaats-') || !/^[\w(]/.test(standard) || standard.includes('serif'))
        continue
      expect(code).toContain(`var(${name}, ${standard})`)
    }
  })

  it('shows an example that names the tag and the stable file', () => {
    expect(page).toContain('/widget.js"></script>')
    expect(page).toContain('<vindplaats-chat></vindplaats-chat>')
  })
})

describe('the widget', () => {
  it('takes questions as long as the wire does', () => {
    expect(MAXIMUM_QUESTION_LENGTH).toBe(wire.MAXIMUM_QUESTION_LENGTH)
  })
})
