import { describe, expect, it } from 'vitest'
import { type Conversation, EMPTY_CONVERSATION } from '../../client/conversation.js'
import { ConversationHistory, parseConversation, serializeConversation } from '../../client/history.js'
import { answered, citation, segment } from '../support/answers.js'

const conversation = (turns = 1, textLength = 10): Conversation => ({
  id: 'c1',
  lastSequence: 7,
  turns: Array.from({ length: turns }, (_, index) => {
    const answer = answered(`Vraag ${index}`, [segment('quote', 'x'.repeat(textLength), [1])], [citation(1)])
    return {
      id: `q${index}`,
      question: answer.question,
      status: 'answered',
      segments: answer.segments,
      citations: answer.citations,
      composedBy: 'search',
      answer,
      fault: null,
      rating: null,
    }
  }),
})

const memory = (): Map<string, string> & Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> => {
  const map = new Map<string, string>()
  return Object.assign(map, {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  })
}

describe('the history of a conversation', () => {
  it('comes back as it was, citations included', () => {
    const storage = memory()
    new ConversationHistory('a', storage).write(conversation(3))
    expect(new ConversationHistory('a', storage).read()).toEqual(conversation(3))
  })

  it('keeps two widgets apart', () => {
    const storage = memory()
    new ConversationHistory('a', storage).write(conversation())
    expect(new ConversationHistory('b', storage).read()).toEqual(EMPTY_CONVERSATION)
  })

  it('leaves nothing behind when it is cleared', () => {
    const storage = memory()
    const history = new ConversationHistory('a', storage)
    history.write(conversation())
    history.write(EMPTY_CONVERSATION)
    expect(storage.size).toBe(0)
  })

  it.each([
    ['no JSON', 'geen JSON{'],
    ['another version', '{"version":99,"conversation":{"id":null,"lastSequence":0,"turns":[]}}'],
    ['no conversation', '{"version":1}'],
    [
      'a turn without a question',
      '{"version":1,"conversation":{"id":"c","lastSequence":1,"turns":[{"id":"q"}]}}',
    ],
    ['turns that are text', '{"version":1,"conversation":{"id":"c","lastSequence":1,"turns":"x"}}'],
    ['a sequence that is no number', '{"version":1,"conversation":{"id":"c","lastSequence":"1","turns":[]}}'],
  ])('reads %s as an empty conversation', (_name, text) => {
    expect(parseConversation(text)).toEqual(EMPTY_CONVERSATION)
  })

  it('reads its first stored form for good', () => {
    const stored =
      '{"version":1,"conversation":{"id":"c1","lastSequence":2,"turns":[{"id":"q1","question":"Hoeveel?","status":"stopped","segments":[{"kind":"quote","text":"Tien.","markers":[1],"support":"letterlijk"}],"citations":[],"composedBy":"search","answer":null,"fault":null,"rating":null}]}}'
    expect(parseConversation(stored).turns[0]?.segments[0]?.text).toBe('Tien.')
  })

  it('drops the oldest turns where the text would be too long for a browser', () => {
    const text = serializeConversation(conversation(40, 100_000))
    expect(text.length).toBeLessThanOrEqual(1_500_000)
    const read = parseConversation(text)
    expect(read.turns.length).toBeGreaterThan(0)
    expect(read.turns.at(-1)?.id).toBe('q39')
  })

  it('goes on in memory when the storage is full or forbidden', () => {
    const refusing = {
      getItem: () => {
        throw new Error('forbidden')
      },
      setItem: () => {
        throw new Error('full')
      },
      removeItem: () => undefined,
    }
    const history = new ConversationHistory('a', refusing)
    expect(() => history.write(conversation())).not.toThrow()
    expect(history.read()).toEqual(EMPTY_CONVERSATION)
    expect(new ConversationHistory('a', null).read()).toEqual(EMPTY_CONVERSATION)
  })
})
