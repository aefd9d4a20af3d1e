/** Questions that need their conversation, or that are in another language, as one Dutch question to search with. */
import { tokenize } from '../ingest/analysis.js'
import { loadPrompt } from '../prompts/load.js'
import type { ChatModel, ModelTokens } from './chat-model.js'
import { ServerFault } from './faults.js'
import { countLanguageWords } from './language.js'
import { carriesOnlyFactsOf } from './verify.js'

/** A question in its conversation. */
export interface RewriteRequest {
  readonly question: string
  /** Oldest first. */
  readonly history: readonly {
    readonly question: string
    readonly answer: { readonly answer: string } | null
  }[]
}

/** A question that stands by itself. */
export interface RewrittenQuestion {
  readonly question: string
  /** Name and version of the prompt. */
  readonly prompt: string
}

/** Earlier turns that are sent; older ones are rarely meant. */
const MOST_TURNS = 3
/** Longest beginning of an earlier answer that is sent, in UTF-16 units. */
const LONGEST_ANSWER = 600
/** Longest rewritten question, in UTF-16 units. */
const LONGEST_QUESTION = 400
/** Most tokens of a reply. */
const QUESTION_TOKENS = 200
/** Longest wait, in milliseconds: the question can be searched without. */
const LONGEST_WAIT = 15_000

/** Whether a question has to be rewritten before it can be searched. */
export function needsRewriting({ question, history }: RewriteRequest): boolean {
  return history.length > 0 || countLanguageWords(question).isForeign
}

/**
 * Has the model write the question so that it stands by itself, in Dutch.
 *
 * @param tokens where the tokens that it takes are added
 * @returns `null` when the model fails, or writes what cannot be the question: several lines, another language, or a
 *   number or name that the conversation does not hold. The conversation is then carried over without a model.
 * @throws {ServerFault} `cancelled`
 */
export async function rewriteQuestion(
  model: ChatModel,
  request: RewriteRequest,
  signal?: AbortSignal,
  tokens?: ModelTokens,
): Promise<RewrittenQuestion | null> {
  const prompt = loadPrompt('rewrite')
  const turns = request.history.slice(-MOST_TURNS).map(({ question, answer }) => ({
    question,
    answer: answer?.answer.slice(0, LONGEST_ANSWER) ?? '',
  }))
  const wait = AbortSignal.timeout(LONGEST_WAIT)
  let reply: string
  try {
    reply = await model.complete(prompt.render({ question: request.question, turns }), {
      signal: signal ? AbortSignal.any([signal, wait]) : wait,
      maximumTokens: QUESTION_TOKENS,
      tokens,
    })
  } catch (fault) {
    if (signal?.aborted || !(fault instanceof ServerFault)) throw fault
    return null
  }
  const conversation = [request.question, ...turns.flatMap(({ question, answer }) => [question, answer])]
  const question = acceptQuestion(reply, conversation)
  return question === null ? null : { question, prompt: prompt.id }
}

function acceptQuestion(reply: string, conversation: readonly string[]): string | null {
  const lines = reply
    .replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .split('\n')
    .map(line =>
      line.replace(/^\s*(?:\*\*)?(?:zelfstandige |herschreven )?vraag(?:\*\*)?\s*:\s*/i, '').trim(),
    )
    .filter(line => line !== '')
  const [line = ''] = lines
  const question = line.replace(/^["“'‘*]+|["”'’*]+$/g, '').trim()
  if (lines.length !== 1 || question === '' || question.length > LONGEST_QUESTION) return null
  if (/[<>{}[\]]/.test(question) || countLanguageWords(question).isForeign) return null
  const said = conversation.join(' \n ')
  // A translation has other words and other names of countries; in Dutch, what is new was made up.
  if (countLanguageWords(conversation[0] ?? '').isForeign) return question
  return carriesOnlyFactsOf(question, said) && sharesWords(question, said) ? question : null
}

/** Least share of the words of a rewritten question that the conversation holds. */
const LEAST_SHARED = 0.6

function sharesWords(question: string, said: string): boolean {
  const known = new Set(tokenize(said))
  const words = tokenize(question)
  return words.filter(word => known.has(word)).length >= LEAST_SHARED * words.length
}
