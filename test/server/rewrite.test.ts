import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChatModel } from '../../server/chat-model.js'
import { needsRewriting, rewriteQuestion } from '../../server/rewrite.js'
import {
  type Behaviour,
  type ModelServer,
  modelOf,
  reply,
  startModelServer,
} from '../support/model-server.js'

const HISTORY = [
  {
    question: 'Hoeveel geld is er voor migratiesamenwerking begroot?',
    answer: { answer: 'Er is een bedrag begroot dat oploopt tot 118 miljoen euro per jaar in 2029. [1]' },
  },
]

let server: ModelServer
let model: ChatModel

beforeEach(async () => {
  server = await startModelServer()
  model = await modelOf(server)
})
afterEach(() => server.close())

const rewrite = (question: string, history: Parameters<typeof rewriteQuestion>[1]['history'] = HISTORY) =>
  rewriteQuestion(model, { question, history })

describe('a question is rewritten', () => {
  it.each([
    ['that follows another one', { question: 'En uit welke begrotingen komt dat?', history: HISTORY }, true],
    [
      'in another language',
      { question: 'How much money is there for the cooperation with other countries?', history: [] },
      true,
    ],
    ['in Dutch that stands by itself', { question: 'Hoeveel geld is er begroot?', history: [] }, false],
  ])('%s', (_, request, needed) => {
    expect(needsRewriting(request)).toBe(needed)
  })

  it('with the conversation, to one that stands by itself', async () => {
    server.behave(reply('Uit welke begrotingen komt het geld voor migratiesamenwerking?'))
    expect(await rewrite('En uit welke begrotingen komt dat?')).toEqual({
      question: 'Uit welke begrotingen komt het geld voor migratiesamenwerking?',
      prompt: 'rewrite 1',
    })
    const prompt = server.requests[0]?.body.messages.at(-1)?.content
    expect(prompt).toContain('Hoeveel geld is er voor migratiesamenwerking begroot?')
    expect(prompt).toContain('118 miljoen euro')
  })

  it.each([
    ['a label', 'Vraag: Uit welke begrotingen komt het geld voor migratiesamenwerking?'],
    ['quotation marks', '“Uit welke begrotingen komt het geld voor migratiesamenwerking?”'],
    [
      'thinking before it',
      '<think>Wat bedoelt hij?</think>\nUit welke begrotingen komt het geld voor migratiesamenwerking?',
    ],
  ])('and read with %s', async (_, text) => {
    server.behave(reply(text))
    expect((await rewrite('En uit welke begrotingen komt dat?'))?.question).toBe(
      'Uit welke begrotingen komt het geld voor migratiesamenwerking?',
    )
  })

  it('into Dutch', async () => {
    server.behave(reply('Hoeveel geld is er voor de samenwerking met Marokko?'))
    expect((await rewrite('How much money is there for the cooperation with Morocco?', []))?.question).toBe(
      'Hoeveel geld is er voor de samenwerking met Marokko?',
    )
  })
})

describe('a question is searched as it is', () => {
  it.each<[string, Behaviour]>([
    [
      'the model makes up a number',
      reply('Uit welke begrotingen komt de 250 miljoen voor migratiesamenwerking?'),
    ],
    [
      'the model makes up a name',
      reply('Uit welke begrotingen komt het geld voor migratiesamenwerking met Marokko?'),
    ],
    ['the model asks something else', reply('Wanneer begint de zomervakantie van de basisscholen dit jaar?')],
    ['the model answers it', reply('Het geld komt uit twee begrotingen.\nDat staat in de brief.')],
    ['the model writes English', reply('What are the budgets that this money comes from?')],
    ['the model writes markup', reply('<script>alert(1)</script> Uit welke begrotingen komt het geld?')],
    ['the model writes a page', reply('Uit welke begrotingen komt het geld '.repeat(40))],
    ['the model cannot be reached', { kind: 'status', status: 401 }],
    ['the connection breaks', { kind: 'cut', pieces: ['Uit welke'] }],
  ])('when %s', async (_, behaviour) => {
    server.behave(behaviour)
    expect(await rewrite('En uit welke begrotingen komt dat?')).toBeNull()
  })
})

it('is cancelled with the question', async () => {
  server.behave({ kind: 'stall', pieces: [] })
  const cancel = new AbortController()
  const rewriting = rewriteQuestion(model, { question: 'En dat?', history: HISTORY }, cancel.signal)
  await expect.poll(() => server.requests.length).toBe(1)
  cancel.abort()
  await expect(rewriting).rejects.toMatchObject({ code: 'cancelled' })
})
