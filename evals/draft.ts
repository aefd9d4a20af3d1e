/** Cases proposed by a chat model, paragraph by paragraph. They are drafts: a person reviews each before it becomes a case. */
import { z } from 'zod'
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import { loadPrompt } from '../prompts/load.js'
import type { EvalCase } from './case.js'
import { collapse } from './gold.js'
import { type Completion, readReply } from './judge.js'
import { factRecall } from './metrics/answering.js'

/** Tag of cases that no person has reviewed. */
const DRAFT_TAG = 'draft'

/** Shortest paragraph that is worth a question, in characters. */
const SHORTEST = 80

/** Requests for one paragraph. */
const ATTEMPTS = 2

const replySchema = z.object({
  cases: z.array(
    z.object({
      group: z.enum(['factual', 'paraphrase', 'lay']),
      question: z.string().trim().min(3).max(500),
      answer: z.string().trim().min(1).max(1_000),
      facts: z.array(z.string().trim().min(1)).max(5),
      quote: z.string().trim().min(1),
    }),
  ),
})

/** A paragraph to draft from. */
export interface DraftSource {
  readonly document: PolicyDocument
  readonly paragraph: Paragraph
}

/** What came of one paragraph. */
export interface Drafted {
  readonly cases: readonly EvalCase[]
  /** Why proposals were dropped, one line each. */
  readonly dropped: readonly string[]
}

/** Whether a paragraph says enough to ask about. */
export function isWorthAsking({ kind, text }: Paragraph): boolean {
  return ['text', 'list-item', 'footnote', 'table-row'].includes(kind) && text.length >= SHORTEST
}

/**
 * Asks for cases about one paragraph. A proposal whose quote is not verbatim, or whose own answer does not name its facts,
 * is dropped: what cannot be checked is no case.
 *
 * @param idPrefix ids are this with a number
 */
export async function draftCases(
  { document, paragraph }: DraftSource,
  complete: Completion,
  idPrefix: string,
  signal?: AbortSignal,
): Promise<Drafted> {
  const prompt = loadPrompt('draft-case').render({
    document: document.title,
    heading: paragraph.headingPath.join(' / '),
    paragraph: collapse(paragraph.text),
  })
  let reply: z.infer<typeof replySchema> | null = null
  for (let attempt = 1; reply === null && attempt <= ATTEMPTS; attempt++)
    reply = readReply(await complete(prompt, signal), replySchema)
  if (reply === null) return { cases: [], dropped: [`${paragraph.id}: the model gave no readable reply`] }
  const cases: EvalCase[] = []
  const dropped: string[] = []
  const text = collapse(paragraph.text)
  for (const { group, question, answer, facts, quote } of reply.cases) {
    if (!text.includes(collapse(quote))) {
      dropped.push(`${paragraph.id}: "${question}" quotes what does not stand there`)
      continue
    }
    if ((factRecall(answer, facts) ?? 1) < 1) {
      dropped.push(`${paragraph.id}: "${question}" lists facts that its answer does not name`)
      continue
    }
    cases.push({
      id: `${idPrefix}${cases.length + 1}`,
      group,
      question,
      documents: [document.file],
      gold: [collapse(quote)],
      alternatives: [],
      answer,
      facts,
      expect: 'answer',
      tags: [DRAFT_TAG],
      canaries: [],
    })
  }
  return { cases, dropped }
}
