import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const COMPILER = join(ROOT, 'node_modules/.bin/tsc')

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vindplaats-types-'))
  cpSync(join(ROOT, 'client/widget.d.ts'), join(folder, 'widget.d.ts'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Compiles a page's script beside the published types, with nothing else of this project in reach. */
const compile = (source: string): string => {
  writeFileSync(join(folder, 'page.ts'), source)
  const options = ['--noEmit', '--strict', '--lib', 'ES2022,DOM', '--module', 'ESNext', '--types', '']
  const { stdout } = spawnSync(
    COMPILER,
    [...options, '--moduleResolution', 'bundler', 'page.ts', 'widget.d.ts'],
    { cwd: folder, encoding: 'utf8' },
  )
  return stdout.trim()
}

const HEAD = `import type { Answer } from './widget.js'\nconst chat = document.createElement('vindplaats-chat')\n`

describe('the published types', () => {
  it('are enough by themselves to use the element, its events and its answers', () => {
    expect(
      compile(`${HEAD}
        chat.mode = 'launcher'
        chat.ask('Hoeveel?')
        const seen: Answer[] = []
        chat.addEventListener('vindplaats-answer', event => {
          seen.push(event.detail.answer)
          for (const citation of event.detail.answer.citations) console.log(citation.marker, citation.quote)
        })
        document.querySelector('vindplaats-chat')?.addEventListener('vindplaats-source', event => event.preventDefault())`),
    ).toBe('')
  })

  it.each([
    ["chat.mode = 'popup'", 'TS2322'],
    ['chat.ask()', 'TS2554'],
    ['chat.vraag()', 'TS2339'],
    ["chat.addEventListener('vindplaats-answer', event => event.detail.antwoord)", 'TS2339'],
  ])('refuse %s', (line, code) => {
    expect(compile(HEAD + line)).toContain(code)
  })

  it('say what the wire says and what the element is', () => {
    const { stdout } = spawnSync(COMPILER, ['--noEmit', '--pretty', 'false'], { cwd: ROOT, encoding: 'utf8' })
    const ours = stdout.split('\n').filter(line => /^(client\/|test\/support\/type-agreement)/.test(line))
    expect(ours).toEqual([])
  })
})
