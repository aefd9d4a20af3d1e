import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { evalCaseSchema } from '../../evals/case.js'
import { draftCases, isWorthAsking } from '../../evals/draft.js'
import { agreementOf, type Completion, judgeAnswer, readLabels, readReply } from '../../evals/judge.js'
import { LIBRARY, PARAGRAPHS } from './fake-assistants.js'

const answer = {
  question: 'Hoeveel?',
  expected: '118 miljoen.',
  answer: '118 miljoen. [1]',
  sources: [{ marker: 1, text: '118 miljoen' }],
}

/** A model that gives its replies one after the other and remembers what it was asked. */
function scripted(...replies: readonly string[]): { complete: Completion; asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    complete: async prompt => {
      asked.push(`${prompt.system}\n${prompt.user}`)
      return replies[asked.length - 1] ?? ''
    },
  }
}

describe('the judge', () => {
  it('asks about correctness and about groundedness', async () => {
    const model = scripted('{"oordeel":"juist","reden":"x"}', '{"ondersteund":true}')
    expect(await judgeAnswer(answer, model.complete)).toEqual({ correct: 'juist', grounded: true })
    expect(model.asked[0]).toMatch(/"oordeel".*<verwacht>\n118 miljoen\.\n<\/verwacht>/s)
    expect(model.asked[1]).toMatch(/"ondersteund".*<bron nummer="1">\n118 miljoen\n<\/bron>/s)
  })

  it('asks once more when a verdict cannot be read, and then gives none', async () => {
    const model = scripted('Ik vind het goed.', '{"oordeel":"deels"}', 'ja', 'nee')
    expect(await judgeAnswer(answer, model.complete)).toEqual({ correct: 'deels', grounded: null })
    expect(model.asked).toHaveLength(4)
  })

  it('takes no verdict outside the scale', async () => {
    const model = scripted('{"oordeel":"prima"}', '{"oordeel":5}', '{"ondersteund":"ja"}', '{}')
    expect(await judgeAnswer(answer, model.complete)).toEqual({ correct: null, grounded: null })
  })
})

describe('reading a reply', () => {
  const schema = z.object({ oordeel: z.string() })
  it.each([
    [
      'in a code block with text around it',
      'Zo:\n```json\n{"oordeel": "juist", "reden": "de {haak}"}\n```\nKlaar.',
      'juist',
    ],
    ['after an example of another shape', '{"voorbeeld": 1} {"oordeel": "deels"}', 'deels'],
    ['as the last of two', '{"oordeel": "onjuist"} of toch {"oordeel": "juist"}', 'juist'],
  ])('finds the object %s', (_, text, verdict) => {
    expect(readReply(text, schema)).toEqual({ oordeel: verdict })
  })

  it('gives null when there is none', () => {
    expect(readReply('{"oordeel": ', schema)).toBeNull()
    expect(readReply('', schema)).toBeNull()
  })
})

describe('agreement', () => {
  it('is Cohen’s kappa, as worked out by hand', () => {
    // 50 pairs: both yes 20, both no 15, reader yes and judge no 5, the other way 10. Observed 0.7, by chance 0.5.
    const reader = [...Array(25).fill('ja'), ...Array(25).fill('nee')]
    const judge = [
      ...Array(20).fill('ja'),
      ...Array(5).fill('nee'),
      ...Array(10).fill('ja'),
      ...Array(15).fill('nee'),
    ]
    const agreement = agreementOf(reader, judge)
    expect(agreement.equal).toBeCloseTo(0.7, 10)
    expect(agreement.kappa).toBeCloseTo(0.4, 10)
    expect(agreement.interval?.[0]).toBeLessThan(0.4)
    expect(agreement.interval?.[1]).toBeGreaterThan(0.4)
    expect(agreement.table).toEqual({ ja: { ja: 20, nee: 5 }, nee: { ja: 10, nee: 15 } })
  })

  it('leaves out what the judge did not answer, and is not claimed where chance explains all', () => {
    expect(agreementOf(['ja', 'nee'], [null, null])).toMatchObject({
      pairs: 0,
      leftOut: 2,
      equal: null,
      kappa: null,
    })
    expect(agreementOf(['ja', 'ja'], ['ja', 'ja'])).toMatchObject({ equal: 1, kappa: null, interval: null })
  })
})

describe('the shipped labels', () => {
  it('say who made them, use the whole scale and cite what they judge', async () => {
    const labels = await readLabels('evals/judge/labels.jsonl')
    expect(labels.length).toBeGreaterThanOrEqual(50)
    expect(new Set(labels.map(label => label.correct))).toEqual(new Set(['juist', 'deels', 'onjuist']))
    expect(labels.filter(label => !label.grounded).length).toBeGreaterThanOrEqual(10)
    for (const { labelledBy, answer: text, sources } of labels) {
      expect(labelledBy).not.toBe('')
      for (const [, marker] of text.matchAll(/\[(\d+)\]/g))
        expect(sources.map(source => source.marker)).toContain(Number(marker))
    }
  })
})

describe('drafted cases', () => {
  const paragraph = PARAGRAPHS[6]
  const document = LIBRARY[0]?.document
  if (paragraph === undefined || document === undefined) throw new Error('the library is too small')
  const proposal = {
    group: 'lay',
    question: 'Welke regel geldt er voor opvang?',
    answer: 'Regel noord-7.',
    facts: ['noord-7'],
    quote: paragraph.text.slice(12),
  }
  const draft = (...proposals: readonly unknown[]) =>
    draftCases({ document, paragraph }, scripted(JSON.stringify({ cases: proposals })).complete, 'd-1-')

  it('are cases of the schema, tagged as drafts', async () => {
    const { cases, dropped } = await draft(proposal)
    expect(dropped).toEqual([])
    expect(cases.map(item => evalCaseSchema.parse(item))).toMatchObject([
      { id: 'd-1-1', group: 'lay', documents: ['noord.txt'], gold: [proposal.quote], tags: ['draft'] },
    ])
  })

  it('are dropped with the reason when the quote is not verbatim or the answer does not name its facts', async () => {
    const { cases, dropped } = await draft(
      { ...proposal, quote: 'iets anders' },
      { ...proposal, facts: ['zuid'] },
      proposal,
    )
    expect(cases).toHaveLength(1)
    expect(dropped).toEqual([
      expect.stringMatching(/quotes what does not stand there/),
      expect.stringMatching(/facts that its answer does not name/),
    ])
  })

  it('come to nothing after two unreadable replies', async () => {
    const model = scripted('nee', 'nog steeds niet')
    const { cases, dropped } = await draftCases({ document, paragraph }, model.complete, 'd-1-')
    expect(cases).toEqual([])
    expect(dropped).toHaveLength(1)
    expect(model.asked).toHaveLength(2)
  })

  it('are not asked for where a paragraph says too little', () => {
    expect(isWorthAsking(paragraph)).toBe(false)
    expect(isWorthAsking({ ...paragraph, text: paragraph.text.repeat(2) })).toBe(true)
    expect(isWorthAsking({ ...paragraph, text: paragraph.text.repeat(2), kind: 'heading' })).toBe(false)
  })
})
