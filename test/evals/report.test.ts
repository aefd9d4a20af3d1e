import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Thresholds } from '../../evals/gate.js'
import { compareTexts, markPieces } from '../../evals/page/difference.js'
import { html, table } from '../../evals/page/html.js'
import { writeReport } from '../../evals/report.js'
import { runEvals } from '../../evals/run-evals.js'
import {
  makeCase,
  makeCases,
  offByOneAssistant,
  PARAGRAPHS,
  perfectAssistant,
  scriptedAssistant,
} from './fake-assistants.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evals-report-'))
})
afterAll(() => rm(folder, { recursive: true }))

const none = { minimum: {}, maximum: {} }
const thresholds: Thresholds = {
  headline: { minimum: { 'recall@1': 0.5 }, maximum: {} },
  attacks: none,
  benign: none,
}

async function page(options: Parameters<typeof runEvals>[0]): Promise<string> {
  const journal = join(folder, `run-${Math.random()}.jsonl`)
  await runEvals({ ...options, journal })
  const target = join(folder, 'report', 'index.html')
  await writeReport({ journal, target, runsFolder: folder, thresholds, baseline: null })
  return readFile(target, 'utf8')
}

describe('templates', () => {
  it('escape everything that is not HTML already', () => {
    const evil = '<script>alert("x")</script>&\''
    expect(html`<p title="${evil}">${[evil, null, false, 3, html`<b>${'<'}</b>`]}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;3<b>&lt;</b></p>',
    )
  })

  it('give a table a caption and headings with a scope', () => {
    const text = table(
      'Cijfers',
      ['a', 'b'],
      [
        ['rij', '1.5'],
        ['rij 2', 'tekst'],
      ],
    ).text
    expect(text).toContain('<caption>Cijfers</caption>')
    expect(text).toContain('<th scope="row">rij</th><td class="figure">1.5</td>')
    expect(text).toContain('<td>tekst</td>')
  })
})

describe('differences', () => {
  it('are the words outside the longest common subsequence', () => {
    const [left, right] = compareTexts('de raad wil snel een plan', 'de raad vraagt een groot plan')
    expect(left.filter(piece => !piece.shared).map(piece => piece.text)).toEqual(['wil snel'])
    expect(right.filter(piece => !piece.shared).map(piece => piece.text)).toEqual(['vraagt', 'groot'])
    expect(markPieces(left).text).toBe('de raad <mark>wil snel</mark> een plan')
  })

  it('are none between equal texts and all between unlike ones', () => {
    expect(compareTexts('een  twee', 'een twee')[0]).toEqual([{ text: 'een twee', shared: true }])
    expect(compareTexts('een', 'twee')).toEqual([
      [{ text: 'een', shared: false }],
      [{ text: 'twee', shared: false }],
    ])
    expect(compareTexts('', 'twee')[0]).toEqual([])
  })
})

describe('the report', () => {
  it('is one self-contained page: no address is fetched from anywhere', async () => {
    const text = await page({ cases: makeCases(10, 3), assistant: perfectAssistant() })
    expect(text).toMatch(/^<!DOCTYPE html>/)
    expect(text).toContain("default-src 'none'")
    expect(text.match(/(?:src|href)="(?!#)[^"]*"/g)).toBeNull()
    expect(text).not.toMatch(/@import|url\(/)
  })

  it('shows the versions that took part, which are known only after the first answer', async () => {
    expect(await page({ cases: makeCases(2, 0), assistant: perfectAssistant(), commit: 'abc123' })).toMatch(
      /<dt>commit<\/dt><dd>abc123<\/dd>.*<dt>embedder<\/dt><dd>fake:1<\/dd>/s,
    )
  })

  it('puts the cases that are not right first, each with gold beside cited', async () => {
    const text = await page({ cases: makeCases(4, 1), assistant: offByOneAssistant() })
    expect(text.indexOf('data-verdict="wrong"')).toBeLessThan(text.indexOf('data-verdict="right"'))
    expect(text.match(/gold: noord#p-\d+/g)).toHaveLength(4)
    expect(text).toContain('<mark>')
    expect(text.match(/class="case"/g)).toHaveLength(5)
  })

  it('draws the refusal curve with the operating point only when there are probabilities', async () => {
    const withCurve = await page({ cases: makeCases(10, 5), assistant: perfectAssistant() })
    expect(withCurve).toContain('operating point of this run')
    const without = await page({ cases: makeCases(4, 1), assistant: offByOneAssistant() })
    expect(without).toContain('This run has no probabilities')
  })

  it('says whether the gate is passed', async () => {
    expect(await page({ cases: makeCases(4, 0), assistant: perfectAssistant() })).toContain(
      'The gate is passed',
    )
    const bad = scriptedAssistant(() => ({ found: [], cited: null }))
    expect(await page({ cases: makeCases(4, 0), assistant: bad })).toMatch(
      /recall@1: 0\.00 is below the minimum/,
    )
  })

  it('never lets text of a document or an answer become markup', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    const text = await page({
      cases: [
        makeCase({ id: 'x', question: evil, answer: evil, gold: [PARAGRAPHS[0]?.text], facts: [evil] }),
      ],
      assistant: scriptedAssistant(() => ({
        found: PARAGRAPHS.slice(0, 1),
        cited: PARAGRAPHS.slice(0, 1),
        text: evil,
      })),
    })
    expect(text).not.toContain('<img')
    expect(text).toContain('&lt;img src=x')
  })
})
