import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CarefulClient } from '../../evals/bench/careful-client.js'
import type { Answer } from '../../server/protocol.js'
import { Storage } from '../../server/storage.js'
import { startChild } from '../support/child-service.js'
import { ChatClient, eventually, runService } from '../support/running-service.js'

/** Numbers that look random and are the same every time (a linear congruential generator). */
const randomly = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

describe('clients that drop at random', () => {
  it('get every question answered exactly once, with every event once and in order', async () => {
    const running = await runService({ environment: { MAXIMUM_SOCKETS_PER_ADDRESS: '1000' } })
    running.assistant.pace = 15
    const random = randomly(7)
    const clients = Array.from({ length: 20 }, () => new CarefulClient(() => running.url))
    const dropping = setInterval(() => {
      for (const client of clients) if (random() < 0.15) client.drop()
    }, 20)
    const questions = 12
    await Promise.all(
      clients.map(async client => {
        for (let at = 0; at < questions; at++) {
          const end = await client.ask(at % 2 === 0 ? `traag ${at}` : `Hoeveel ${at}`)
          expect(end).toHaveProperty('answerId')
        }
      }),
    )
    clearInterval(dropping)
    expect(running.assistant.asked).toHaveLength(clients.length * questions)
    expect(Math.max(...clients.map(({ connections }) => connections))).toBeGreaterThan(3)
    for (const client of clients) {
      expect([...client.ends.values()]).toEqual(Array(questions).fill(1))
      expect(client.sequences.size).toBe(1)
      for (const seen of client.sequences.values()) {
        expect(seen).toEqual(Array.from({ length: questions * 5 }, (_, at) => at + 1))
      }
      client.close()
    }
    await running.stop()
  })
})

describe('kill -9 under load', () => {
  it('loses no answer that was given and no rating that was acknowledged, and clients go on', async () => {
    let child = await startChild({ LOG_LEVEL: 'silent' })
    const { dataDirectory } = child
    const given = new Map<string, Answer>()
    const rated = new Set<string>()
    let isOver = false
    const clients = Array.from({ length: 20 }, () => new CarefulClient(() => child.url))
    const working = clients.map(async client => {
      for (let at = 0; !isOver; at++) {
        const end = await client.ask(at % 3 === 0 ? `traag ${at}` : `Hoeveel ${at}`)
        if (!('answerId' in end)) throw new Error(`Not answered: ${end.code}`)
        given.set(end.answerId, end)
        void client.rate(end.answerId).then(() => rated.add(end.answerId))
      }
    })
    for (let round = 0; round < 3; round++) {
      const [givenBefore, ratedBefore] = [given.size, rated.size]
      await eventually(() => given.size > givenBefore + 30 && rated.size > ratedBefore + 20)
      await child.end('SIGKILL')
      child = await startChild({ LOG_LEVEL: 'silent' }, dataDirectory)
    }
    isOver = true
    await Promise.all(working)
    for (const client of clients) {
      expect(Math.max(...client.ends.values())).toBe(1)
      client.close()
    }
    await child.end()
    const storage = new Storage({ file: join(dataDirectory, 'vindplaats.sqlite'), retentionDays: 30 })
    for (const [answerId, answer] of given) expect(storage.answer(answerId)).toMatchObject({ answer })
    const kept = new Set(
      [...storage.ratedAnswers()].filter(one => one.feedback).map(one => one.answer.answerId),
    )
    expect(rated.size).toBeGreaterThan(60)
    for (const answerId of rated) expect(kept.has(answerId)).toBe(true)
    storage.close()
    await child.stop()
  })
})

describe('a backup', () => {
  it('made while the server runs brings back what was kept', async () => {
    const running = await runService()
    const client = await ChatClient.open(running.url)
    client.ask('q', 'Hoeveel?')
    const { event } = await client.end('q')
    const file = join(running.dataDirectory, 'vindplaats.sqlite')
    const other = new Storage({ file, retentionDays: 30 })
    await other.backup(`${file}.backup`)
    other.close()
    client.cut()
    await running.service.close()
    const { copyFile, rm } = await import('node:fs/promises')
    for (const end of ['', '-wal', '-shm']) await rm(`${file}${end}`, { force: true })
    await copyFile(`${file}.backup`, file)
    const restored = await runService({ dataDirectory: running.dataDirectory })
    const answerId = event.type === 'answer-end' ? event.answer.answerId : ''
    expect((await fetch(`${restored.url}/v1/answers/${answerId}`)).status).toBe(200)
    await restored.stop()
    await running.stop()
  })
})
