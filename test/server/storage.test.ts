import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServerFault } from '../../server/faults.js'
import type { Answer } from '../../server/protocol.js'
import { Storage } from '../../server/storage.js'
import type { StoredAnswer } from '../../server/storage-format.js'

const DAY = 86_400_000
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const newFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'vindplaats-storage-'))
  folders.push(folder)
  return join(folder, 'data', 'vindplaats.sqlite')
}

const answer = (answerId: string, question = 'Hoeveel is begroot?'): Answer => ({
  answerId,
  question,
  answer: `Het antwoord op ${question} [1]`,
  segments: [],
  composedBy: 'search',
  outcome: 'refused',
  reason: 'no-evidence',
  citations: [],
  unanswered: [],
  nearest: [],
})

const answered = (answerId: string, question: string): Answer =>
  ({
    ...answer(answerId, question),
    outcome: 'answered',
    reason: null,
    citations: [{ marker: 1 }],
  }) as unknown as Answer

const stored = (given: Answer, rest: Partial<StoredAnswer> = {}): StoredAnswer => ({
  answer: given,
  conversationId: null,
  questionId: null,
  sequence: null,
  askedAt: Date.now(),
  channel: 'http',
  caller: 'open',
  durationMs: 1,
  retrieved: ['begroting#p-1'],
  trace: {
    understoodQuestion: given.question,
    indexVersion: 'i1',
    embedder: 'e',
    model: null,
    promptVersion: null,
    timings: {},
    details: {},
  },
  ...rest,
})

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as ServerFault).code
  }
}

/** Whether a text stands anywhere in the files of the database. */
const standsOnDisk = (file: string, text: string) =>
  readdirSync(join(file, '..')).some(name => readFileSync(join(file, '..', name)).includes(text))

describe('a kept answer', () => {
  it('comes back exactly as it was given, also from another process', () => {
    const file = newFile()
    const storage = new Storage({ file, retentionDays: 30 })
    const given = stored(answer('a1'), {
      conversationId: 'c1',
      questionId: 'q1',
      sequence: 5,
      channel: 'socket',
    })
    storage.saveAnswer(given)
    storage.close()
    const again = new Storage({ file, retentionDays: 30 })
    expect(again.answer('a1')).toEqual(given)
    expect(again.answer('onbekend')).toBeNull()
    again.close()
  })

  it('is the first one to its question', () => {
    const storage = new Storage({ file: newFile(), retentionDays: 30 })
    const place = { conversationId: 'c1', questionId: 'q1', sequence: 5 }
    storage.saveAnswer(stored(answer('a1'), place))
    storage.saveAnswer(stored(answer('a2'), place))
    expect(storage.conversation('c1', 10).map(one => one.answer.answerId)).toEqual(['a1'])
    storage.close()
  })

  it('loses the details of a trace that is too long, not itself', () => {
    const storage = new Storage({ file: newFile(), retentionDays: 30 })
    const given = stored(answer('a1'))
    storage.saveAnswer({ ...given, trace: { ...given.trace, details: { long: 'a'.repeat(300_000) } } })
    expect(storage.answer('a1')).toEqual({ ...given, trace: { ...given.trace, details: { omitted: true } } })
    storage.close()
  })
})

describe('a conversation', () => {
  it('gives its newest answers, oldest first, and those after a number', () => {
    const storage = new Storage({ file: newFile(), retentionDays: 30 })
    for (const at of [1, 2, 3, 4]) {
      const place = {
        conversationId: 'c1',
        questionId: `q${at}`,
        sequence: at * 5,
        askedAt: Date.now() - 100 + at,
      }
      storage.saveAnswer(stored(answer(`a${at}`), place))
    }
    const ids = (answers: readonly StoredAnswer[]) => answers.map(one => one.answer.answerId)
    expect(ids(storage.conversation('c1', 2))).toEqual(['a3', 'a4'])
    expect(ids(storage.answersAfter('c1', 5, 2))).toEqual(['a2', 'a3'])
    expect(ids(storage.conversation('c2', 2))).toEqual([])
    storage.close()
  })
})

describe('feedback', () => {
  it('replaces the earlier rating of the same answer', () => {
    const storage = new Storage({ file: newFile(), retentionDays: 30 })
    storage.saveAnswer(stored(answer('a1')))
    storage.saveFeedback({ answerId: 'a1', rating: 'down', reason: 'onjuist', comment: 'Klopt niet.' })
    storage.saveFeedback({ answerId: 'a1', rating: 'up', reason: null, comment: null })
    expect([...storage.ratedAnswers()].map(({ feedback }) => feedback)).toEqual([
      { rating: 'up', reason: null, comment: null },
    ])
    storage.close()
  })

  it('on what is not kept is refused with a code', () => {
    const now = { value: Date.now() }
    const storage = new Storage({ file: newFile(), retentionDays: 1, now: () => now.value })
    const feedback = { answerId: 'a1', rating: 'up', reason: null, comment: null } as const
    expect(codeOf(() => storage.saveFeedback(feedback))).toBe('not-found')
    storage.saveAnswer(stored(answer('a1')))
    now.value += 2 * DAY
    expect(codeOf(() => storage.saveFeedback(feedback))).toBe('answer-expired')
    storage.close()
    const off = new Storage({ file: newFile(), retentionDays: 0 })
    expect(codeOf(() => off.saveFeedback(feedback))).toBe('storage-off')
    off.close()
  })
})

describe('retention', () => {
  it('really deletes: the words are gone from every file, and the permalink says expired', async () => {
    const file = newFile()
    const now = { value: Date.now() }
    const storage = new Storage({ file, retentionDays: 30, now: () => now.value })
    const secret = 'Mijn-heel-persoonlijke-vraag'
    for (let at = 0; at < 1_200; at++) {
      storage.saveAnswer(
        stored(answer(`old-${at}`, `${secret} ${at} ${'x'.repeat(500)}`), { askedAt: now.value }),
      )
    }
    storage.saveFeedback({ answerId: 'old-1', rating: 'down', reason: null, comment: `${secret} ook hier` })
    storage.audit('feedback-given', 'open', { rating: 'down' })
    now.value += 20 * DAY
    storage.saveAnswer(stored(answer('new'), { askedAt: now.value }))
    now.value += 11 * DAY
    expect(storage.answer('old-1')).toBe('expired')
    expect(standsOnDisk(file, secret)).toBe(true)
    const before = statSync(file).size
    expect(await storage.purge()).toEqual({ answers: 1_200, auditLines: 1 })
    expect(standsOnDisk(file, secret)).toBe(false)
    expect(statSync(file).size).toBeLessThan(before / 4)
    expect(storage.answer('old-1')).toBe('expired')
    expect(storage.answer('new')).toMatchObject({ answer: { answerId: 'new' } })
    expect([...storage.ratedAnswers()]).toHaveLength(1)
    now.value += 400 * DAY
    await storage.purge()
    expect(storage.answer('old-1')).toBeNull()
    storage.close()
  })

  it('of 0 days stores nothing, and deletes what stood there', async () => {
    const file = newFile()
    const keeping = new Storage({ file, retentionDays: 30 })
    keeping.saveAnswer(stored(answer('a1', 'Bewaarde vraag')))
    keeping.audit('server-started', 'server')
    keeping.close()
    const storage = new Storage({ file, retentionDays: 0 })
    await storage.purge()
    storage.saveAnswer(stored(answer('a2', 'Nieuwe vraag')))
    storage.audit('server-started', 'server')
    expect(storage.keepsAnswers).toBe(false)
    expect(storage.answer('a1')).toBeNull()
    expect(storage.answer('a2')).toBeNull()
    expect(storage.auditLines()).toEqual([])
    expect(standsOnDisk(file, 'Bewaarde vraag')).toBe(false)
    storage.close()
  })

  it('can be overtaken for one answer, as when a visitor asks for it', () => {
    const file = newFile()
    const storage = new Storage({ file, retentionDays: 30 })
    storage.saveAnswer(stored(answer('a1', 'Vergeet mij nu')))
    expect(storage.forgetAnswer('a1')).toBe(true)
    expect(storage.forgetAnswer('a1')).toBe(false)
    expect(storage.answer('a1')).toBe('expired')
    expect(standsOnDisk(file, 'Vergeet mij nu')).toBe(false)
    storage.close()
  })
})

describe('the export', () => {
  it('gives refused, incomplete and badly rated answers first, then the newest', () => {
    const storage = new Storage({ file: newFile(), retentionDays: 30 })
    const now = Date.now()
    const save = (given: Answer, age: number) => storage.saveAnswer(stored(given, { askedAt: now - age }))
    save(answered('good-old', 'a'), 500)
    save(answered('good-new', 'b'), 100)
    save(answered('rated-down', 'c'), 900)
    save(answer('refused', 'd'), 800)
    save({ ...answered('incomplete', 'e'), unanswered: ['en voor wie'] } as Answer, 700)
    storage.saveFeedback({ answerId: 'rated-down', rating: 'down', reason: null, comment: null })
    storage.saveFeedback({ answerId: 'good-new', rating: 'up', reason: null, comment: null })
    expect([...storage.ratedAnswers()].map(one => one.answer.answerId)).toEqual([
      'incomplete',
      'refused',
      'rated-down',
      'good-new',
      'good-old',
    ])
    storage.close()
  })
})

describe('the file', () => {
  it('is copied while it is in use, and the copy opens', async () => {
    const file = newFile()
    const storage = new Storage({ file, retentionDays: 30 })
    storage.saveAnswer(stored(answer('a1')))
    const copy = `${file}.backup`
    await storage.backup(copy)
    storage.saveAnswer(stored(answer('a2')))
    storage.close()
    const restored = new Storage({ file: copy, retentionDays: 30 })
    expect(restored.answer('a1')).not.toBeNull()
    expect(restored.answer('a2')).toBeNull()
    restored.close()
  })

  it('of the first released format opens and keeps what it holds', () => {
    const file = newFile()
    new Storage({ file, retentionDays: 30 }).close()
    rmSync(file)
    const old = new Database(file)
    old.exec(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'storage-format-1.sql'), 'utf8'))
    old.close()
    const storage = new Storage({ file, retentionDays: 30, now: () => 1_767_225_700_000 })
    expect(storage.answer('answer-of-format-1')).toMatchObject({
      answer: { question: 'Wat is de Praagse verklaring?' },
    })
    expect([...storage.ratedAnswers()][0]?.feedback?.rating).toBe('up')
    storage.close()
  })

  it('that is damaged or from a newer version is a fault that says what to do', () => {
    const damaged = newFile()
    new Storage({ file: damaged, retentionDays: 30 }).close()
    writeFileSync(damaged, 'This is no database, although it is long enough to be taken for one.'.repeat(50))
    expect(() => new Storage({ file: damaged, retentionDays: 30 })).toThrow(/damaged: restore a backup/)
    const newer = newFile()
    new Storage({ file: newer, retentionDays: 30 }).close()
    const database = new Database(newer)
    database.pragma('user_version = 99')
    database.close()
    expect(() => new Storage({ file: newer, retentionDays: 30 })).toThrow(/format 99.*Upgrade/)
  })
})
