import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caseFiles, readCases } from '../../evals/case.js'
import { buildCase } from '../../evals/commands/add-case.js'
import { readArguments } from '../../evals/commands/arguments.js'
import { parseSettings } from '../../evals/configured.js'
import { findSeen, readEnrichmentQuestions, tagSeen } from '../../evals/seen.js'
import { citationOf, makeCase, PARAGRAPHS, perfectAssistant } from './fake-assistants.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evals-commands-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('adding a case', () => {
  const library = perfectAssistant()
  const text = PARAGRAPHS[6]?.text ?? ''
  const file = () => join(folder, 'mine.jsonl')

  it('takes it from flags, checks the quote and fills in id, documents and date', async () => {
    const added = await buildCase({ question: 'Wat?', group: 'lay', quote: [text], file: file() }, library)
    expect(added).toMatchObject({ id: 'mine-001', documents: ['noord.txt'], gold: [text], expect: 'answer' })
    expect(added.date).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  it('counts on from the cases in the file', async () => {
    await writeFile(
      file(),
      `${JSON.stringify({ id: 'mine-007', group: 'lay', question: 'Wat?', expect: 'refuse' })}\n`,
    )
    const added = await buildCase({ question: 'Wat?', file: file() }, library)
    expect(added).toMatchObject({ id: 'mine-008', group: 'unanswerable', expect: 'refuse', gold: [] })
    await expect(buildCase({ id: 'mine-007', question: 'Wat?', file: file() }, library)).rejects.toThrow(
      /already/,
    )
    await rm(file())
  })

  it('takes it from a line of the export, which the flags complete', async () => {
    const right = PARAGRAPHS[6]
    if (right === undefined) throw new Error('the library is too small')
    const line = {
      answerId: 'x',
      question: 'Hoe laat?',
      turns: null,
      outcome: 'answered',
      citations: [citationOf(right, 1)],
    }
    const exported = join(folder, 'export.jsonl')
    await writeFile(
      exported,
      [line, { ...line, turns: ['Waar?', 'Hoe laat?'] }].map(item => JSON.stringify(item)).join('\n'),
    )
    const single = await buildCase({ from: `${exported}:1`, group: 'factual', file: file() }, library)
    expect(single).toMatchObject({ question: 'Hoe laat?', gold: [text], documents: ['noord.txt'] })
    const conversation = await buildCase({ from: `${exported}:2`, file: file() }, library)
    expect(conversation).toMatchObject({ turns: ['Waar?', 'Hoe laat?'], group: 'followup' })
    await expect(buildCase({ from: exported, group: 'lay', file: file() }, library)).rejects.toThrow(
      /2 lines; choose one/,
    )
    await expect(buildCase({ from: `${exported}:3`, file: file() }, library)).rejects.toThrow(/no line 3/)
  })

  it('refuses a quote that occurs nowhere and a case without question', async () => {
    await expect(
      buildCase({ question: 'Wat?', group: 'lay', quote: ['nergens'], file: file() }, library),
    ).rejects.toThrow(/occurs in none/)
    await expect(buildCase({ group: 'lay', quote: [text], file: file() }, library)).rejects.toThrow(
      /not complete/,
    )
  })
})

describe('cases that enrichment all but repeats', () => {
  const questions = ['Hoeveel geld gaat er naar visa in 2029?', 'Wie betaalt de opvang van kinderen?']

  it('are found by their stemmed content words, whatever the order and the stop words', () => {
    const cases = [
      makeCase({ id: 'same', question: 'In 2029, hoeveel gaat er aan geld naar een visa?', gold: ['x'] }),
      makeCase({ id: 'other', question: 'Wie betaalt de reis van kinderen naar huis?', gold: ['x'] }),
    ]
    const seen = findSeen(cases, questions)
    expect(seen.map(item => item.id)).toEqual(['same'])
    expect(seen[0]).toMatchObject({ overlap: 1, enrichmentQuestion: questions[0] })
  })

  it('are not those that must be refused: closeness makes these harder', () => {
    const trap = makeCase({ id: 'trap', question: questions[0], group: 'unanswerable', expect: 'refuse' })
    expect(findSeen([trap], questions)).toEqual([])
  })

  it('look at the last turn of a conversation', () => {
    const turns = makeCase({ id: 't', group: 'followup', turns: ['Iets anders?', questions[1]], gold: ['x'] })
    expect(findSeen([turns], questions)).toHaveLength(1)
  })

  it('get the tag in their file, and no other line changes', async () => {
    const file = join(folder, 'seen.jsonl')
    const other = '{"id":"b",  "group":"lay","question":"Iets?","gold":["x"],"expect":"answer"}'
    await writeFile(
      file,
      `${JSON.stringify({ id: 'a', group: 'lay', question: questions[0], gold: ['x'], expect: 'answer' })}\n${other}\n`,
    )
    const cases = await readCases([file])
    expect(await tagSeen(cases, findSeen(cases, questions))).toEqual(['a'])
    const [first, second] = await readCases([file])
    expect(first?.tags).toEqual(['seen'])
    expect(second?.tags).toEqual([])
    expect(await tagSeen(await readCases([file]), findSeen(cases, questions))).toEqual([])
  })

  it('are a small part of the shipped cases', async () => {
    const cases = await readCases(await caseFiles('evals/cases'))
    const seen = findSeen(cases, await readEnrichmentQuestions(['seeds']))
    for (const { id, overlap, question, enrichmentQuestion } of seen)
      console.log(`seen ${overlap.toFixed(2)} ${id}: ${question} | ${enrichmentQuestion}`)
    expect(seen.length).toBeLessThan(cases.length / 20)
  })
})

describe('the command line', () => {
  it('names what is not a setting', () => {
    expect(parseSettings('EMBEDDINGS=ollama:bge-m3,enrichment=off')).toEqual({
      EMBEDDINGS: 'ollama:bge-m3',
      enrichment: 'off',
    })
    expect(() => parseSettings('ENRICHMENT=off')).toThrow(/neither the file of a run nor a setting/)
    expect(() => parseSettings('enrichment=maybe')).toThrow(/neither/)
    expect(() => parseSettings('runs/a.json')).toThrow(/neither/)
  })

  it('lists the flags when one is wrong', () => {
    expect(() => readArguments(['--grup', 'lay'], { group: { type: 'string' } })).toThrow(
      /Known flags: --group/,
    )
  })
})
