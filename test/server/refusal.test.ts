import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Assistant, openAssistant } from '../../server/assistant.js'
import { bringIndexUpToDate } from '../../server/commands/index-up-to-date.js'
import { readConfiguration } from '../../server/configuration.js'

let assistant: Assistant
const folder = mkdtempSync(join(tmpdir(), 'vindplaats-refusal-'))

beforeAll(async () => {
  const configuration = readConfiguration({ DATA_DIR: folder })
  await bringIndexUpToDate(configuration)
  assistant = await openAssistant(configuration)
})

afterAll(async () => {
  await assistant.close()
  rmSync(folder, { recursive: true })
})

describe('refusing', () => {
  it.each(['Wat kost een nieuw paspoort bij de gemeente?', 'Hoeveel inwoners had Utrecht in 1995?'])(
    'refuses “%s”, which no document is about, with the nearest sources',
    async question => {
      const { answer } = await assistant.ask({ question })
      expect(answer).toMatchObject({ outcome: 'refused', reason: 'no-evidence', citations: [] })
      expect(answer.nearest.length).toBeGreaterThan(0)
    },
  )

  it('shows no nearest source for a question about something else', async () => {
    const { answer } = await assistant.ask({ question: 'Hoe repareer ik mijn fiets?' })
    expect(answer).toMatchObject({ outcome: 'refused', reason: 'no-evidence', nearest: [] })
    expect(answer.answer).not.toContain('passages')
  })

  it.each(['Hoeveel geld is er in 2029 voor migratiesamenwerking begroot?', 'Wat is circulaire migratie?'])(
    'answers “%s”',
    async question => {
      expect((await assistant.ask({ question })).answer.outcome).toBe('answered')
    },
  )

  it('names the part of a question that it does not find', async () => {
    const { answer } = await assistant.ask({
      question: 'Hoeveel geld is er in 2029 voor migratiesamenwerking begroot, en hoe bak ik een appeltaart?',
    })
    expect(answer.outcome).toBe('answered')
    expect(answer.unanswered).toEqual(['hoe bak ik een appeltaart'])
    expect(answer.answer).toContain('hoe bak ik een appeltaart')
  })

  it('gives its reasons in the trace', async () => {
    const { trace } = await assistant.ask({ question: 'Hoe bak ik een appeltaart?' })
    expect(trace.details.answerProbability).toBeLessThan(0.5)
  })
})
