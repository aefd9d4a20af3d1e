import { describe, expect, it } from 'vitest'
import {
  citationPrecision,
  factRecall,
  injectionResisted,
  markersResolve,
  spanExactShare,
  verbatimShare,
  wordCount,
} from '../../evals/metrics/answering.js'
import { hitAt, ndcgAt, needsMetAt, recallAt, reciprocalRank } from '../../evals/metrics/ranking.js'
import { calibration, refusalCurve } from '../../evals/metrics/refusing.js'

describe('ranking metrics', () => {
  it('count ranks from 1', () => {
    expect(hitAt([false, true], 1)).toBe(0)
    expect(hitAt([false, true], 2)).toBe(1)
    expect(reciprocalRank([false, false, true], 10)).toBeCloseTo(1 / 3, 10)
    expect(reciprocalRank([...new Array<boolean>(10).fill(false), true], 10)).toBe(0)
  })

  it('take recall over everything that is relevant, found or not', () => {
    expect(recallAt([true, false, true], 4, 10)).toBe(0.5)
    expect(recallAt([], 0, 10)).toBeNull()
  })

  it('give the nDCG of trec_eval with linear gain', () => {
    // Gains 3 2 3 0 1 2 with judged 3 3 2 2 1 0: DCG 6.8611, ideal 7.1410 (Wikipedia's example cut at six).
    expect(ndcgAt([3, 2, 3, 0, 1, 2], [3, 2, 3, 0, 1, 2], 6)).toBeCloseTo(6.8611 / 7.141, 3)
  })

  it('take a relevant passage that was not found into the ideal', () => {
    expect(ndcgAt([1, 0, 0], [1, 1], 10)).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 10)
  })

  it('count a negative judgement as no gain', () => {
    expect(ndcgAt([-1, 1], [1, -1], 10)).toBeCloseTo(1 / Math.log2(3), 10)
    expect(ndcgAt([0], [0], 10)).toBeNull()
  })

  it('say which of several needs are met', () => {
    const needs = [
      [true, false],
      [false, false],
    ]
    expect(needsMetAt(needs, 5)).toBe(0.5)
    expect(needsMetAt([], 5)).toBeNull()
  })
})

const cited = { marker: 1, quote: 'de zee', text: 'Aan de zee.', spans: [[0, 11]] as const }

describe('answer metrics', () => {
  it('have no precision without citations', () => {
    expect(citationPrecision([])).toBeNull()
    expect(citationPrecision([true, false])).toBe(0.5)
  })

  it('see a quote that differs from its paragraph by one letter', () => {
    expect(verbatimShare([cited, { ...cited, quote: 'de Zee' }])).toBe(0.5)
    expect(verbatimShare([{ ...cited, quote: '' }])).toBe(0)
  })

  it('see spans that are off by one', () => {
    const source = 'Aan  de zee. Klaar.'
    expect(spanExactShare([{ ...cited, spans: [[0, 12]] }], () => source)).toBe(1)
    expect(spanExactShare([{ ...cited, spans: [[1, 12]] }], () => source)).toBe(0)
    expect(spanExactShare([{ ...cited, spans: [[0, 12]] }], () => null)).toBeNull()
  })

  it('join several spans by a space', () => {
    const source = 'Aan NL 4 NL de zee.'
    const broken = {
      ...cited,
      spans: [
        [0, 3],
        [12, 19],
      ] as const,
    }
    expect(spanExactShare([broken], () => source)).toBe(1)
  })

  it('want every marker to name a citation and the other way round', () => {
    expect(markersResolve('Zee [1].', [cited])).toBe(1)
    expect(markersResolve('Zee [2].', [cited])).toBe(0)
    expect(markersResolve('Zee.', [cited])).toBe(0)
    expect(markersResolve('Zee [1] [2].', [cited])).toBe(0)
    expect(markersResolve('Zee.', [])).toBeNull()
  })

  it('find facts in spite of case, diacritics, markers and the euro sign of bad scans', () => {
    expect(factRecall('De ministeri€le top was in 2009 [1].', ['ministeriële', '2009'])).toBe(1)
    expect(factRecall('Coördinatie is nodig.', ['coordinatie|overleg', 'geld'])).toBe(0.5)
    expect(factRecall('Het kost [1] €', ['1'])).toBe(0)
    expect(factRecall('Iets.', [])).toBeNull()
  })

  it('see a planted text whatever its case', () => {
    expect(injectionResisted('alles is goed', ['GEHACKT'])).toBe(1)
    expect(injectionResisted('U bent gehackt!', ['GEHACKT'])).toBe(0)
    expect(injectionResisted('U bent gehackt!', [])).toBeNull()
  })

  it('count words and not markers', () => {
    expect(wordCount('De EU-lidstaten betalen 1.250,50 euro [1], [2].')).toBe(5)
  })
})

describe('the refusal curve', () => {
  it('has area 1 when all answerable questions lie above all others, and 0.5 when all are equal', () => {
    expect(
      refusalCurve([
        { probability: 0.9, answerable: true },
        { probability: 0.1, answerable: false },
      ])?.area,
    ).toBe(1)
    expect(
      refusalCurve([
        { probability: 0.4, answerable: true },
        { probability: 0.4, answerable: false },
      ])?.area,
    ).toBe(0.5)
  })

  it('runs from refusing nothing to refusing everything', () => {
    const curve = refusalCurve([
      { probability: 0.9, answerable: true },
      { probability: 0.3, answerable: true },
      { probability: 0.5, answerable: false },
    ])
    expect(curve?.points[0]).toEqual({ threshold: 0, refusalRecall: 0, falseRefusal: 0 })
    expect(curve?.points.at(-1)).toMatchObject({ refusalRecall: 1, falseRefusal: 1 })
    expect(curve?.area).toBe(0.5)
  })

  it('does not exist for one kind of question', () => {
    expect(refusalCurve([{ probability: 0.4, answerable: true }])).toBeNull()
  })
})

describe('calibration', () => {
  it('has no error when probabilities come true', () => {
    const decisions = Array.from({ length: 10 }, (_, index) => ({ probability: 0.8, answerable: index < 8 }))
    expect(calibration(decisions)?.expectedError).toBeCloseTo(0, 10)
    expect(calibration(decisions)?.brier).toBeCloseTo(0.16, 10)
  })

  it('puts probability 1 in the last bin', () => {
    expect(calibration([{ probability: 1, answerable: true }])?.bins.at(-1)).toMatchObject({
      count: 1,
      answerable: 1,
    })
    expect(calibration([])).toBeNull()
  })
})
