/** A small library and assistants that answer by script, for the tests of the runner. */

import type { LocatedCase } from '../../evals/case.js'
import { evalCaseSchema } from '../../evals/case.js'
import type { EvalTarget } from '../../evals/run-evals.js'
import { bareParagraph, type DocumentContent, type Paragraph } from '../../ingest/corpus.js'
import type { AnswerRecord, AskRequest } from '../../server/assistant.js'
import type { Citation } from '../../server/protocol.js'
import { describedDocument } from '../support/documents.js'

const WORDS = [
  'visum',
  'asiel',
  'grens',
  'terugkeer',
  'arbeid',
  'studie',
  'opvang',
  'vervoer',
  'handel',
  'water',
]

function buildDocument(name: string, paragraphCount: number, furniture: string) {
  const texts = Array.from(
    { length: paragraphCount },
    (_, index) =>
      `Artikel ${index + 1} van ${name}: over ${WORDS[index % WORDS.length]} geldt regel ${name}-${index + 1}.`,
  )
  const source = texts.join(furniture)
  const paragraphs: Paragraph[] = []
  let offset = 0
  for (const [index, text] of texts.entries()) {
    paragraphs.push(bareParagraph(name, `p-${index + 1}`, text, offset))
    offset += text.length + furniture.length
  }
  const document = describedDocument(name, { title: `Nota ${name}` })
  const content: DocumentContent = {
    source,
    paragraphs,
    furniture: [],
    pages: null,
    repairedWords: 0,
    warnings: [],
  }
  return { document, content }
}

/** Two documents of forty paragraphs; in the second a page number stands between all paragraphs. */
export const LIBRARY = [buildDocument('noord', 40, '\n\n'), buildDocument('zuid', 40, '\n 7 \n')]

/** All paragraphs in reading order. */
export const PARAGRAPHS = LIBRARY.flatMap(({ content }) => content.paragraphs)

/** A case with defaults, as if read from line 1 of `test.jsonl`. */
export function makeCase(fields: Readonly<Record<string, unknown>>): LocatedCase {
  return {
    ...evalCaseSchema.parse({ group: 'factual', expect: 'answer', ...fields }),
    location: 'test.jsonl:1',
  }
}

/** One answerable case per paragraph, and as many unanswerable ones as asked. */
export function makeCases(answerable: number, unanswerable: number): readonly LocatedCase[] {
  return [
    ...PARAGRAPHS.slice(0, answerable).map((paragraph, index) =>
      makeCase({
        id: `a-${String(index).padStart(3, '0')}`,
        group: index % 2 === 0 ? 'factual' : 'lay',
        question: `Welke regel geldt in ${paragraph.id}?`,
        documents: [`${paragraph.documentId}.txt`],
        gold: [paragraph.text.slice(0, -1)],
        facts: [`${paragraph.documentId}-${paragraph.anchor.slice(2)}.`],
      }),
    ),
    ...Array.from({ length: unanswerable }, (_, index) =>
      makeCase({ id: `u-${index}`, group: 'unanswerable', expect: 'refuse', question: `Onzin ${index}?` }),
    ),
  ]
}

/** The paragraph a generated question asks for; `null` for an unanswerable one. */
export function askedParagraph(question: string): Paragraph | null {
  return PARAGRAPHS.find(paragraph => question.includes(`${paragraph.id}?`)) ?? null
}

/** A citation of a paragraph, exact in every way. */
export function citationOf(paragraph: Paragraph, marker: number): Citation {
  return {
    marker,
    paragraphId: paragraph.id,
    documentId: paragraph.documentId,
    document: `${paragraph.documentId}.txt`,
    title: paragraph.documentId,
    documentNumber: null,
    date: null,
    label: null,
    page: null,
    headingPath: [],
    quote: paragraph.text,
    text: paragraph.text,
    spans: paragraph.spans.map(([start, end]): [number, number] => [start, end]),
    support: 'letterlijk',
    href: `/documenten/${paragraph.documentId}#${paragraph.anchor}`,
  }
}

/** What a scripted assistant does with a question. */
export interface Script {
  /** Paragraphs found, best first. */
  readonly found: readonly Paragraph[]
  /** Paragraphs cited; `null` refuses. */
  readonly cited: readonly Paragraph[] | null
  readonly text?: string
  readonly probability?: number
}

/** An assistant over the library that answers by script and records what it was asked. */
export interface ScriptedAssistant extends EvalTarget {
  readonly asked: AskRequest[]
}

/** Makes an assistant of a script; a script that throws makes the question end in that fault. */
export function scriptedAssistant(script: (request: AskRequest) => Script): ScriptedAssistant {
  const asked: AskRequest[] = []
  return {
    asked,
    indexVersion: 'index-1',
    modelId: null,
    documents: async () => LIBRARY.map(({ document }) => document),
    document: async id => LIBRARY.find(({ document }) => document.id === id) ?? null,
    close: async () => {},
    ask: async request => {
      asked.push(request)
      return recordOf(request, script(request))
    },
  }
}

function recordOf(request: AskRequest, { found, cited, text, probability }: Script): AnswerRecord {
  const citations = (cited ?? []).map((paragraph, index) => citationOf(paragraph, index + 1))
  const common = {
    answerId: 'answer-1',
    question: request.question,
    segments: [],
    composedBy: 'search' as const,
    unanswered: [],
  }
  const written = text ?? citations.map(citation => `${citation.text} [${citation.marker}]`).join(' ')
  return {
    answer:
      cited === null
        ? {
            ...common,
            outcome: 'refused',
            reason: 'no-evidence',
            answer: text ?? 'Dat staat er niet.',
            citations: [],
            nearest: [],
          }
        : { ...common, outcome: 'answered', reason: null, answer: written, citations, nearest: [] },
    retrieved: found.slice(0, 10).map((paragraph, index) => ({
      rank: index + 1,
      paragraphId: paragraph.id,
      document: `${paragraph.documentId}.txt`,
      text: paragraph.text,
      spans: paragraph.spans.map(([start, end]): [number, number] => [start, end]),
    })),
    trace: {
      understoodQuestion: request.question,
      indexVersion: 'index-1',
      embedder: 'fake:1',
      model: null,
      promptVersion: null,
      timings: { retrieve: 2, compose: 1 },
      details: probability === undefined ? {} : { answerProbability: probability },
    },
    durationMs: 3,
  }
}

/** Finds and cites exactly the paragraph asked for, and refuses everything else. */
export function perfectAssistant(): ScriptedAssistant {
  return scriptedAssistant(({ question }) => {
    const right = askedParagraph(question)
    return right === null
      ? { found: PARAGRAPHS.slice(0, 10), cited: null, probability: 0.05 }
      : { found: [right, ...PARAGRAPHS.slice(0, 9)], cited: [right], probability: 0.95 }
  })
}

/** Cites the paragraph after the right one. */
export function offByOneAssistant(): ScriptedAssistant {
  return scriptedAssistant(({ question }) => {
    const right = askedParagraph(question)
    if (right === null) return { found: [], cited: null }
    const next = PARAGRAPHS[(PARAGRAPHS.indexOf(right) + 1) % PARAGRAPHS.length] ?? right
    return { found: [right, next], cited: [next] }
  })
}
