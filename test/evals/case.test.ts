import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caseFiles, evalCaseSchema, needsAll, readCases } from '../../evals/case.js'
import { resolveCases } from '../../evals/gold.js'
import { LIBRARY, makeCase, PARAGRAPHS, perfectAssistant } from './fake-assistants.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evals-'))
})
afterAll(() => rm(folder, { recursive: true }))

const good = { id: 'a-1', group: 'lay', question: 'Wat?', gold: ['citaat'], expect: 'answer' }

async function read(...lines: readonly unknown[]) {
  const file = join(folder, 'cases.jsonl')
  await writeFile(
    file,
    lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
  return readCases([file])
}

describe('reading cases', () => {
  it('fills in what may be absent', async () => {
    const [evalCase] = await read(good)
    expect(evalCase).toMatchObject({ documents: [], alternatives: [], facts: [], tags: [], canaries: [] })
    expect(evalCase?.location).toMatch(/cases\.jsonl:1$/)
  })

  it.each([
    ['JSON that breaks off', '{"id": "a-1"', /cases\.jsonl:1 is not valid JSON/],
    ['an unknown group', { ...good, group: 'easy' }, /\(a-1\): "group"/],
    ['a misspelt field', { ...good, golds: [] }, /\(a-1\): .*golds/],
    ['neither question nor turns', { ...good, question: undefined }, /needs either "question" or "turns"/],
    ['both question and turns', { ...good, turns: ['a', 'b'] }, /needs either "question" or "turns"/],
    ['one turn only', { ...good, question: undefined, turns: ['a'] }, /"turns"/],
    ['an empty question', { ...good, question: ' ' }, /"question"/],
    ['an answer without a quote', { ...good, gold: [] }, /"gold" must hold a quote/],
    ['a refusal with a quote', { ...good, expect: 'refuse' }, /"gold" must be empty/],
    ['an id with a space', { ...good, id: 'a 1' }, /"id" must be/],
    ['a date that is none', { ...good, date: '2025-02-30' }, /"date"/],
    ['no id', { ...good, id: undefined }, /without id/],
  ])('fails by file, line and id on %s', async (_, line, message) => {
    await expect(read(line)).rejects.toThrow(message)
  })

  it('fails on an id that is used twice, naming both places', async () => {
    await expect(read(good, good)).rejects.toThrow(/:2 \(a-1\): the id is used at .*:1/)
  })

  it('names all faults at once', async () => {
    await expect(read('{', { ...good, group: 'x' }, { ...good, id: 'ok' })).rejects.toThrow(
      /2 faults in the case files/,
    )
  })

  it('skips empty lines and a byte order mark', async () => {
    expect(await read(`\uFEFF${JSON.stringify(good)}`, '', { ...good, id: 'a-2' })).toHaveLength(2)
  })

  it('fails on a file that does not exist', async () => {
    await expect(readCases([join(folder, 'absent.jsonl')])).rejects.toThrow(/cannot be read/)
  })

  it('needs all quotes for the group multi unless the case says otherwise', () => {
    expect(needsAll(evalCaseSchema.parse({ ...good, group: 'multi' }))).toBe(true)
    expect(needsAll(evalCaseSchema.parse(good))).toBe(false)
    expect(needsAll(evalCaseSchema.parse({ ...good, group: 'multi', allNeeded: false }))).toBe(false)
  })
})

describe('resolving quotes', () => {
  const library = perfectAssistant()
  const noord = PARAGRAPHS[0]
  const resolve = async (fields: Readonly<Record<string, unknown>>) =>
    resolveCases([makeCase({ id: 'r-1', question: 'Wat?', ...fields })], library)

  it('finds the paragraph whatever its white space', async () => {
    const { cases } = await resolve({ documents: ['noord.txt'], gold: ['Artikel  3 van\nnoord: over grens'] })
    expect(cases[0]?.gold[0]?.places.map(place => place.paragraphId)).toEqual(['noord#p-3'])
  })

  it('takes every paragraph that holds the quote', async () => {
    const { cases } = await resolve({ documents: [], gold: ['over grens geldt regel'] })
    expect(cases[0]?.gold[0]?.places).toHaveLength(8)
  })

  it('fails by name when a quote occurs nowhere', async () => {
    await expect(resolve({ documents: ['noord.txt'], gold: ['dit staat er niet'] })).rejects.toThrow(
      /test\.jsonl:1 \(r-1\): the quote "dit staat er niet" occurs in none of its documents/,
    )
  })

  it('fails when a quote stands in another document than the case names', async () => {
    await expect(resolve({ documents: ['zuid.txt'], gold: [noord?.text] })).rejects.toThrow(/occurs in none/)
  })

  it('fails on a document that the index does not hold', async () => {
    await expect(resolve({ documents: ['oost.txt'], gold: [noord?.text] })).rejects.toThrow(
      /"oost.txt" is not in the index/,
    )
  })

  it('gives a quote over the end of a paragraph to the one that holds the most of it, and says so', async () => {
    const { cases, remarks } = await resolve({
      documents: ['noord.txt'],
      gold: ['regel noord-1. Artikel 2 van noord: over asiel geldt'],
    })
    expect(cases[0]?.gold[0]).toMatchObject({ crossing: true, places: [{ paragraphId: 'noord#p-2' }] })
    expect(remarks[0]).toMatch(/runs over the end of noord#p-2/)
  })

  it('finds such a quote also where a page number stands in between', async () => {
    const { cases } = await resolve({
      documents: ['zuid.txt'],
      gold: ['over visum geldt regel zuid-1. Artikel 2 van'],
    })
    expect(cases[0]?.gold[0]?.places[0]?.paragraphId).toBe('zuid#p-1')
  })

  it('works for a library whose paragraphs reproduce their source', () => {
    for (const { content } of LIBRARY)
      for (const paragraph of content.paragraphs)
        expect(content.source.slice(...(paragraph.spans[0] ?? [0, 0]))).toBe(paragraph.text)
  })
})

describe('the shipped case files', () => {
  it('can be read', async () => {
    const cases = await readCases(await caseFiles('evals/cases'))
    expect(cases.length).toBeGreaterThanOrEqual(88)
  })
})
