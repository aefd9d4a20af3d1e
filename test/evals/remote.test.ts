import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRemote } from '../../evals/remote.js'
import { runEvals } from '../../evals/run-evals.js'
import type { AskRequest, Assistant } from '../../server/assistant.js'
import { readConfiguration } from '../../server/configuration.js'
import { openLog } from '../../server/log.js'
import { type Service, startService } from '../../server/service.js'
import { makeCase, makeCases, PARAGRAPHS, perfectAssistant } from './fake-assistants.js'

const perfect = perfectAssistant()

/** The scripted assistant in the shape that the server wants. */
const assistant: Assistant = {
  ...perfect,
  search: async () => [],
  reload: async () => {},
  async *stream(request: AskRequest) {
    const record = await perfect.ask(request)
    yield { type: 'answer-end', answer: record.answer }
    return record
  },
}

let service: Service
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evals-remote-'))
  const configuration = readConfiguration({
    PORT: '0',
    DATA_DIR: folder,
    BASE_PATH: '/beleid',
    LOG_LEVEL: 'silent',
    RATE_QUESTIONS_PER_ADDRESS: '10',
    RATE_WINDOW_SECONDS: '1',
    SHUTDOWN_SECONDS: '1',
  })
  service = await startService({
    configuration,
    log: openLog(configuration.logging),
    openAssistant: async () => assistant,
  })
  await service.ready
})
afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

describe('a deployed server', () => {
  it('gets the same figures over HTTP as in process, at the pace its limits allow', async () => {
    const cases = makeCases(12, 3)
    const remote = await openRemote({ url: new URL('/beleid/', service.url).href, key: null })
    const outside = await runEvals({ cases, assistant: remote })
    const inside = await runEvals({ cases, assistant: perfectAssistant() })
    for (const metric of [
      'recall@1',
      'mrr@10',
      'firstCitationRight',
      'factRecall',
      'refusalRecall',
      'failed',
    ] as const)
      expect(outside.summary.headline.metrics[metric], metric).toEqual(
        inside.summary.headline.metrics[metric],
      )
    // The server gives no source text, so nothing is claimed about spans.
    expect(outside.summary.headline.metrics.spansExact).toMatchObject({ mean: null, leftOut: 15 })
    expect(outside.summary.headline.metrics.quoteVerbatim.mean).toBe(1)
  })

  it('is asked a follow-up with its earlier turns', async () => {
    const right = PARAGRAPHS[2]
    const remote = await openRemote({ url: new URL('/beleid', service.url).href, key: null })
    const evalCase = makeCase({
      id: 'f',
      group: 'followup',
      turns: ['Onzin?', `En ${right?.id}?`],
      gold: [right?.text],
    })
    const { cases } = await runEvals({ cases: [evalCase], assistant: remote })
    expect(cases[0]?.scores['recall@1']).toBe(1)
    expect(perfect.asked.at(-1)?.history?.map(turn => turn.question)).toEqual(['Onzin?'])
  })

  it('that is not there is named', async () => {
    await expect(openRemote({ url: 'http://127.0.0.1:1', key: null })).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:1\/v1\/documents gave no list of documents/,
    )
  })
})

describe('a server that misbehaves', () => {
  let server: Server
  let answer: { status: number; body: string } = { status: 200, body: '' }
  let authorization: string | undefined
  beforeAll(async () => {
    server = createServer((request, response) => {
      authorization = request.headers.authorization
      response.setHeader('content-type', 'application/json')
      if (request.url === '/v1/documents') response.end('{"documents":[]}')
      else response.writeHead(answer.status).end(answer.body)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => server.close())
  const open = () =>
    openRemote({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'geheim' })

  it.each([
    ['an answer of another shape', { status: 200, body: '{"outcome":"answered"}' }, 'response-invalid'],
    ['no JSON', { status: 502, body: '<html>' }, 'http-502'],
    [
      'a problem document',
      {
        status: 503,
        body: JSON.stringify({
          type: 't',
          title: 't',
          status: 503,
          detail: 'd',
          code: 'model-unavailable',
          retryable: true,
        }),
      },
      'model-unavailable',
    ],
  ])('with %s makes the case fail by code and the run go on', async (_, given, code) => {
    answer = given
    const remote = await open()
    await expect(remote.ask({ question: 'Wat?' })).rejects.toMatchObject({ code })
    const refusal = makeCase({ id: 'u', group: 'unanswerable', expect: 'refuse', question: 'Wat?' })
    const { cases } = await runEvals({ cases: [refusal], assistant: remote })
    expect(cases[0]?.scores.failed).toBe(1)
    expect(authorization).toBe('Bearer geheim')
  })
})
