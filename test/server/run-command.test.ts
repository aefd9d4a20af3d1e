import { execFile } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** A copy of the project, because the tests change sources and builds. */
let project: string
let builds: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'vindplaats-run-'))
  builds = join(project, 'build')
  for (const name of ['client', 'ingest', 'prompts', 'server', 'package.json', 'package-lock.json'])
    cpSync(join(ROOT, name), join(project, name), { recursive: true })
  rmSync(join(project, 'client', 'dist'), { recursive: true, force: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  mkdirSync(join(project, 'seeds'))
  writeFileSync(join(project, 'seeds', 'nota.txt'), 'De gemeente geeft in 2031 twaalf miljoen euro uit.\n')
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

const startNode = (parameters: readonly string[]) =>
  new Promise<{ code: number | null; output: string; said: string }>(done => {
    const child = execFile(
      process.execPath,
      parameters,
      { cwd: project, env: { PATH: process.env.PATH } },
      (_error, output, said) => done({ code: child.exitCode, output, said }),
    )
  })

/** Runs a command as the scripts of package.json do. */
const run = (...parameters: string[]) => startNode(['server/commands/run.mjs', ...parameters])

const onlyBuild = () => {
  const names = readdirSync(builds)
  expect(names).toHaveLength(1)
  return join(builds, names[0] as string)
}

describe('run.mjs', () => {
  beforeEach(() => rmSync(builds, { recursive: true, force: true }))

  it('builds once, and keeps the build while no source changes', async () => {
    expect(await run('keys', 'website')).toMatchObject({ code: 0, said: '' })
    const command = join(onlyBuild(), 'keys.js')
    writeFileSync(command, `console.log('from the build')\n${readFileSync(command, 'utf8')}`)
    // A new date without new content, as copying gives.
    utimesSync(join(project, 'server', 'access.ts'), new Date(), new Date())
    expect((await run('keys', 'website')).output).toMatch(/^from the build\nKey/)

    appendFileSync(join(project, 'server', 'access.ts'), '\n')
    expect((await run('keys', 'website')).output).toMatch(/^Key/)
    expect(readdirSync(builds)).toHaveLength(2)
  })

  it('deletes builds that have been outdated for more than a day', async () => {
    for (const [name, days] of [
      ['old', 2],
      ['recent', 0.5],
    ] as const) {
      const date = new Date(Date.now() - days * 86_400_000)
      mkdirSync(join(builds, name), { recursive: true })
      utimesSync(join(builds, name), date, date)
    }
    await run('keys', 'website')
    expect(readdirSync(builds)).toHaveLength(2)
    expect(readdirSync(builds)).toContain('recent')
  })

  it('builds one whole folder when two are started at once', async () => {
    const both = await Promise.all([run('keys', 'one'), run('keys', 'two')])
    for (const each of both) expect(each).toMatchObject({ code: 0, said: '' })
    expect(readdirSync(onlyBuild())).toContain('keys.js')
  })

  it('builds every command that package.json has, and the widget', async () => {
    expect(await run('build')).toMatchObject({ code: 0, said: '' })
    const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
    const named = Object.values<string>(scripts).flatMap(script => /run\.mjs (\w+)/.exec(script)?.[1] ?? [])
    expect(named).toContain('start')
    const files = readdirSync(onlyBuild())
    expect(files).toEqual(
      expect.arrayContaining(named.filter(name => name !== 'build').map(name => `${name}.js`)),
    )
    const widget = join(project, 'client', 'dist', 'widget.js')
    appendFileSync(widget, '// kept')
    await run('build')
    expect(readFileSync(widget, 'utf8')).toMatch(/\/\/ kept$/)
    appendFileSync(join(project, 'client', 'demo.css'), '\n')
    await run('build')
    expect(readFileSync(widget, 'utf8')).not.toMatch(/\/\/ kept$/)
  })

  it('runs from the sources where nothing can be written, and says so', async () => {
    writeFileSync(builds, 'a file in the place of the folder')
    const { code, output, said } = await run('keys', 'website')
    expect(code).toBe(0)
    expect(output).toMatch(/^Key/)
    expect(said).toContain('The commands could not be built')
    expect((await run('build')).code).toBe(1)
  })

  it('gives parameters and exit codes on', async () => {
    expect(await run('ask', '--unknown')).toMatchObject({ code: 1, output: '' })
    expect((await run('ask', '--help')).output).toMatch(/^Use: npm run ask/)
    expect(await run('nothing')).toMatchObject({ code: 1, said: expect.stringContaining('"nothing"') })
  })

  it('makes the same index built as from the sources', async () => {
    const built = JSON.parse((await run('ingest', '--json')).output)
    expect(built).toMatchObject({ written: true, documents: [{ status: 'ok' }] })
    const parameters = ['--import', 'tsx', 'server/commands/ingest.ts', '--json']
    const translated = JSON.parse((await startNode(parameters)).output)
    expect(translated).toMatchObject({ written: false, documents: [{ status: 'ok' }] })
  })
})
