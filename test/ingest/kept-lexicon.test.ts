import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** The modules as a process finds them that has just started. */
async function freshModules() {
  vi.resetModules()
  const { lexicon } = await import('../../ingest/analysis.js')
  const { openKeptLexicon } = await import('../../ingest/kept-lexicon.js')
  return { lexicon, openKeptLexicon }
}

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vindplaats-lexicon-'))
  path = join(folder, 'lexicon.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Keeps the lexicon as a first run does; gives what the file holds. */
async function keep(): Promise<string> {
  await (await freshModules()).openKeptLexicon(path)
  return readFileSync(path, 'utf8')
}

describe('the kept lexicon', () => {
  it('is what the tables give', async () => {
    const made = (await freshModules()).lexicon()
    await keep()
    const { lexicon, openKeptLexicon } = await freshModules()
    await openKeptLexicon(path)
    expect(lexicon()).toEqual(made)
    expect(made.conceptsOf.size).toBeGreaterThan(1_000)
    // In the same order, too: the order of concepts decides what is looked at first.
    expect([...lexicon().termsOf.keys()]).toEqual([...made.termsOf.keys()])
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, -1_000)],
    ['changed', (text: string) => text.replace('migrat', 'mogrot')],
    ['made by other code', (text: string) => `0123456789abcdef${text.slice(16)}`],
  ])('is made anew when it was %s', async (_name, damage) => {
    const text = await keep()
    const damaged = damage(text)
    expect(damaged).not.toBe(text)
    writeFileSync(path, damaged)
    const { lexicon, openKeptLexicon } = await freshModules()
    await openKeptLexicon(path)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(JSON.stringify([...lexicon().conceptsOf])).not.toContain('mogrot')
  })

  it('is made for the run where it cannot be written', async () => {
    const { lexicon, openKeptLexicon } = await freshModules()
    await openKeptLexicon(join(folder, 'missing', 'lexicon.json'))
    expect(lexicon().conceptsOf.size).toBeGreaterThan(1_000)
  })
})
