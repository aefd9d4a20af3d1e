import { describe, expect, it } from 'vitest'
import { Metrics } from '../../server/metrics.js'
import { FakeAssistant } from '../support/fake-assistant.js'

const open = () =>
  new Metrics({ sockets: () => 0, conversations: () => 0, questionsInWork: () => 0, ready: () => true })

describe('the tokens of a chat model', () => {
  it('are added up by direction', async () => {
    const metrics = open()
    const record = await new FakeAssistant().ask({ question: 'Hoeveel is begroot?' })
    const details = { ...record.trace.details, modelTokens: { input: 500, output: 20 } }
    metrics.answered('http', { ...record, trace: { ...record.trace, details } })
    metrics.answered('socket', { ...record, trace: { ...record.trace, details } })
    const text = await metrics.text()
    expect(text).toContain('vindplaats_model_tokens_total{direction="input"} 1000')
    expect(text).toContain('vindplaats_model_tokens_total{direction="output"} 40')
  })

  it('are no figure where no model was asked', async () => {
    const metrics = open()
    metrics.answered('http', await new FakeAssistant().ask({ question: 'Hoeveel is begroot?' }))
    expect(await metrics.text()).not.toContain('vindplaats_model_tokens_total{')
  })
})
