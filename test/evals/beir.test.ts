import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { askAll, passageDocuments, readBeir, runBeir } from '../../evals/beir.js'
import { readConfiguration } from '../../server/configuration.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beir-'))
})
afterAll(() => rm(folder, { recursive: true }))

const CORPUS = [
  {
    _id: 'p1',
    title: 'Artikel 1',
    text: 'De burgemeester verleent een vergunning voor een evenement.',
    metadata: { section: 'a' },
  },
  {
    _id: 'p2',
    title: 'Artikel 1',
    text: 'Een aanvraag wordt acht weken tevoren ingediend.',
    metadata: { section: 'a' },
  },
  { _id: 'p3', title: 'Artikel 2', text: 'Honden zijn aangelijnd op de boulevard.' },
  { _id: 4, text: 'Het is verboden te vissen zonder geldige visakte.' },
]
const QUERIES = [
  { _id: 'q1', text: 'Mag mijn hond los op de boulevard?' },
  { _id: 'q2', text: 'Heb ik een visakte nodig om te vissen?' },
  { _id: 'q3', text: 'niet beoordeeld' },
]
const QRELS = 'query-id\tcorpus-id\tscore\nq1\tp3\t1\nq2\t4\t2\nq2\tp1\t0\n'

async function write(name: string, parts: { corpus?: string; queries?: string; qrels?: string } = {}) {
  const target = join(folder, name)
  await mkdir(join(target, 'qrels'), { recursive: true })
  const jsonLines = (items: readonly unknown[]) => items.map(item => `${JSON.stringify(item)}\n`).join('')
  await writeFile(join(target, 'corpus.jsonl'), parts.corpus ?? jsonLines(CORPUS))
  await writeFile(join(target, 'queries.jsonl'), parts.queries ?? jsonLines(QUERIES))
  await writeFile(join(target, 'qrels', 'test.tsv'), parts.qrels ?? QRELS)
  return target
}

describe('reading a data set in BEIR format', () => {
  it('takes ids that are numbers, titles that are absent and judgements of 0', async () => {
    const dataset = await readBeir(await write('good'))
    expect(dataset.passages.map(passage => passage._id)).toEqual(['p1', 'p2', 'p3', '4'])
    expect(dataset.judgements.get('q2')?.get('4')).toBe(2)
    expect(dataset.judgements.get('q2')?.get('p1')).toBe(0)
  })

  it.each([
    ['a broken line', { corpus: '{"_id": "p1"\n' }, /corpus\.jsonl:1: is not valid JSON/],
    ['a passage without text', { corpus: '{"_id": "p1"}\n' }, /corpus\.jsonl:1: .*text/s],
    [
      'a passage that stands twice',
      { corpus: '{"_id":"a","text":"x"}\n{"_id":"a","text":"y"}\n' },
      /:2: the passage "a" stands twice/,
    ],
    ['a judgement with two columns', { qrels: 'q1\tp1\n' }, /test\.tsv:1: expected three columns/],
    ['a judgement of an unknown question', { qrels: 'q9\tp1\t1\n' }, /"q9" is judged and not in queries/],
    ['no judgements', { qrels: 'query-id\tcorpus-id\tscore\n' }, /no passages or no judgements/],
  ])('fails by file and line on %s', async (name, parts, message) => {
    await expect(readBeir(await write(name.replaceAll(' ', '-'), parts))).rejects.toThrow(message)
  })

  it('fails on a folder that is not there', async () => {
    await expect(readBeir(join(folder, 'absent'))).rejects.toThrow(/corpus\.jsonl cannot be read/)
  })
})

describe('passages as paragraphs', () => {
  it('make each passage exactly one paragraph, siblings in one document, with spans that reproduce it', () => {
    const documents = passageDocuments([
      { _id: 'x/1', title: 'T', text: 'Eerste  zin.\n\nTweede zin.', metadata: { section: 's' } },
      { _id: 'x/2', title: '', text: 'Derde zin.', metadata: { section: 's' } },
      { _id: 'y', text: 'Los.' },
    ])
    expect(documents.map(({ content }) => content.paragraphs.length)).toEqual([2, 1])
    expect(documents[0]?.content.paragraphs.map(paragraph => paragraph.headingPath)).toEqual([['T'], []])
    for (const { content } of documents)
      for (const { text, spans } of content.paragraphs)
        expect(spans.map(([start, end]) => content.source.slice(start, end)).join(' ')).toBe(text)
  })
})

describe('the measures', () => {
  it('equal those of trec_eval on a ranking worked out by hand', async () => {
    const dataset = {
      passages: [],
      queries: new Map([
        ['q1', 'een'],
        ['q2', 'twee'],
        ['q3', 'drie'],
      ]),
      judgements: new Map([
        [
          'q1',
          new Map([
            ['a', 1],
            ['b', 1],
          ]),
        ],
        [
          'q2',
          new Map([
            ['c', 2],
            ['d', 1],
          ]),
        ],
        ['q3', new Map([['e', 0]])],
      ]),
    }
    const rankings: Record<string, string[]> = { een: ['x', 'a', 'y', 'b'], twee: ['d', 'c'], drie: ['e'] }
    const figures = await askAll(dataset, async text => rankings[text] ?? [])
    const first = (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3))
    const second = (1 + 2 / Math.log2(3)) / (2 + 1 / Math.log2(3))
    expect(figures['ndcg@10']).toBeCloseTo((first + second) / 2, 10)
    expect(figures['recall@10']).toBe(1)
    expect(figures['mrr@10']).toBe(0.75)
    expect(figures['success@1']).toBe(0.5)
    // A question without a relevant passage measures nothing, as in trec_eval.
    expect(figures.queries).toBe(2)
  })

  it('look no further than rank 10 for recall@10 and rank 100 for recall@100', async () => {
    const ranking = Array.from({ length: 100 }, (_, index) => `p${index + 1}`)
    const dataset = {
      passages: [],
      queries: new Map([['q', 'vraag']]),
      judgements: new Map([
        [
          'q',
          new Map([
            ['p11', 1],
            ['p100', 1],
            ['p101', 1],
            ['p10', 1],
          ]),
        ],
      ]),
    }
    const figures = await askAll(dataset, async () => ranking)
    expect(figures['recall@10']).toBe(0.25)
    expect(figures['recall@100']).toBe(0.75)
    expect(figures.intervals['recall@10']).toBeNull()
  })
})

describe('a whole run', () => {
  it('finds the passages with the search of the assistant and leaves no folder behind', async () => {
    const temporary = await mkdtemp(join(folder, 'temporary-'))
    vi.stubEnv('TMPDIR', temporary)
    const figures = await runBeir(await readBeir(await write('run')), readConfiguration({}))
    expect(figures['success@1']).toBe(1)
    expect(figures['ndcg@10']).toBe(1)
    expect(figures.passages).toBe(4)
    expect(figures.queriesPerSecond).toBeGreaterThan(0)
    expect(await readdir(temporary)).toEqual([])
    vi.unstubAllEnvs()
  })

  it('prints one JSON object with the documented keys', async () => {
    const target = await write('json')
    const { stdout } = await promisify(execFile)('npx', ['tsx', 'evals/run.ts', 'beir', target, '--json'])
    const figures = JSON.parse(stdout)
    for (const key of ['ndcg@10', 'recall@10', 'recall@100', 'mrr@10', 'success@1']) {
      expect(figures[key], key).toBeTypeOf('number')
      expect(figures.intervals[key], key).toHaveLength(2)
    }
    expect(figures.queriesPerSecond).toBeTypeOf('number')
  })
})
