import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_VERSION } from '../../server/openapi.js'
import { judge } from '../support/json-schema.js'
import { type RunningService, runService } from '../support/running-service.js'

type Json = Record<string, unknown>

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Json[]
  readonly requestBody?: Json
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Json }> }>
}

interface Description {
  readonly openapi: string
  readonly info: { readonly version: string; readonly contact: Json }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Json> }
}

let running: RunningService
let description: Description
let answerId: string

const operationOf = (method: string, path: string): { path: string; operation: Operation | undefined } => {
  const bare = path.split('?')[0] as string
  const known = Object.keys(description.paths).find(candidate =>
    new RegExp(`^${candidate.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  return { path: known ?? bare, operation: description.paths[known ?? '']?.[method.toLowerCase()] }
}

/** Calls a route and holds its response against the description. */
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const isText = typeof body === 'string'
  const response = await fetch(`${running.url}/v1${path}`, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const [type] = (response.headers.get('Content-Type') ?? '').split(';')
  expect(response.headers.get('API-Version')).toBe(API_VERSION)
  expect(response.headers.get('Cache-Control')).toBe('no-store')
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(response.headers.get('X-Frame-Options')).toBe('DENY')
  expect(response.headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'")
  expect(response.headers.get('Strict-Transport-Security')).toContain('max-age=')
  expect(response.headers.get('X-Powered-By')).toBeNull()
  const { operation } = operationOf(method, path)
  const parsed: unknown = text === '' ? undefined : type === 'text/event-stream' ? text : JSON.parse(text)
  if (response.status >= 400) {
    expect(type).toBe('application/problem+json')
    expect(judge(parsed, { $ref: '#/components/schemas/Problem' }, description as unknown as Json)).toEqual(
      [],
    )
    expect((parsed as Json).status).toBe(response.status)
  }
  if (operation && response.status !== 405) {
    const documented = operation.responses[String(response.status)]
    expect(documented, `${method} ${path} gives ${response.status}, which is not documented`).toBeDefined()
    const schema = documented?.content?.[type ?? '']?.schema
    if (text !== '') expect(schema, `${method} ${path} gives ${type}, which is not documented`).toBeDefined()
    if (schema && type !== 'text/event-stream') {
      expect(judge(parsed, schema, description as unknown as Json)).toEqual([])
    }
  }
  return { status: response.status, body: parsed as Json, headers: response.headers, text }
}

beforeAll(async () => {
  running = await runService()
  description = (await (await fetch(`${running.url}/v1/openapi.json`)).json()) as Description
  const { body } = await call('POST', '/answers', { question: 'Hoeveel is begroot?' })
  answerId = String(body.id)
})
afterAll(() => running.stop())

describe('the description', () => {
  it('follows the NL API Design Rules', () => {
    expect(description.openapi).toBe('3.1.0')
    expect(description.info.version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(description.info.contact).toBeDefined()
    expect(description.servers[0]?.url).toMatch(/\/v1$/)
    for (const [path, methods] of Object.entries(description.paths)) {
      expect(path).toMatch(/^(\/([a-z0-9.-]+|\{[a-z][a-zA-Z]*\}))+$/)
      for (const [method, operation] of Object.entries(methods)) {
        expect(['get', 'post', 'put', 'patch', 'delete']).toContain(method)
        const takesInput = method !== 'get' || operation.parameters !== undefined
        if (takesInput) expect(Object.keys(operation.responses)).toContain('400')
        for (const parameter of operation.parameters ?? []) expect(parameter.name).toMatch(/^[a-z][a-zA-Z]*$/)
      }
    }
  })

  it('may be read by pages of any website, without proof', async () => {
    const response = await fetch(`${running.url}/v1/openapi.json`, {
      headers: { Origin: 'https://elders.example' },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('API-Version')).toBe(description.info.version)
  })

  it('has only references that lead somewhere', () => {
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      match => match[1] as string,
    )
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) {
      const target = reference
        .split('/')
        .reduce<unknown>((at, step) => (at as Json | undefined)?.[step], description)
      expect(target, reference).toBeDefined()
    }
  })
})

describe('every route', () => {
  it('answers a question with the object that the command prints', async () => {
    const { status, body } = await call('POST', '/answers', { question: 'Hoeveel is begroot?' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ outcome: 'answered', reason: null, unanswered: [], id: body.answerId })
    expect(body).not.toHaveProperty('retrieved')
    const included = await call('POST', '/answers?include=retrieved', { question: 'weiger dit' })
    expect(included.body).toMatchObject({ outcome: 'refused', reason: 'no-evidence', citations: [] })
    expect(included.body.retrieved).toHaveLength(5)
  })

  it('streams the events on request, each as documented', async () => {
    const { text, headers } = await call(
      'POST',
      '/answers',
      { question: 'Hoeveel is begroot?' },
      { Accept: 'text/event-stream' },
    )
    expect(headers.get('Content-Type')).toContain('text/event-stream')
    const events = text
      .trim()
      .split('\n\n')
      .map(block => JSON.parse(/^data: (.*)$/m.exec(block)?.[1] as string))
    expect(events.map(({ type }) => type)).toEqual([
      'answer-start',
      'answer-delta',
      'answer-delta',
      'citation-available',
      'answer-end',
    ])
    for (const event of events) {
      expect(
        judge(event, { $ref: '#/components/schemas/AnswerEvent' }, description as unknown as Json),
      ).toEqual([])
    }
  })

  it.each([
    ['GET', '/documents', 200],
    ['GET', '/documents/begroting', 200],
    ['GET', '/documents/onbekend', 404],
    ['GET', '/documents/begroting/paragraphs/p-1', 200],
    ['GET', '/documents/begroting/paragraphs/p-1?neighbours=0', 200],
    ['GET', '/documents/begroting/paragraphs/p-1?neighbours=no', 400],
    ['GET', '/documents/begroting/paragraphs/onbekend', 404],
    ['GET', '/documents/..%2f..%2fetc%2fpasswd', 404],
    ['GET', '/documents/%E0%A4%A', 400],
    ['GET', '/search?query=begroting', 200],
    ['GET', '/search?query=begroting&limit=2', 200],
    ['GET', '/search', 400],
    ['GET', '/search?query=a&limit=51', 400],
    ['GET', '/search?query=a&query=b', 400],
    ['GET', '/answers/onbekend', 404],
    ['GET', '/widget-settings', 200],
    ['POST', '/visitor-tokens', 201],
    ['GET', '/documents/', 404],
    ['GET', '/Documents', 404],
    ['GET', '/nothing', 404],
    ['DELETE', '/documents', 405],
    ['PUT', '/answers', 405],
    ['GET', '/feedback', 405],
  ])('%s %s gives %i, as documented', async (method, path, status) => {
    expect((await call(method, path)).status).toBe(status)
  })

  it('gives a kept answer as it was given', async () => {
    const { body } = await call('GET', `/answers/${answerId}`)
    expect(body).toMatchObject({ id: answerId, question: 'Hoeveel is begroot?', outcome: 'answered' })
    expect(new Date(String(body.askedAt)).toISOString()).toBe(body.askedAt)
  })

  it('takes a rating', async () => {
    const given = await call('POST', '/feedback', {
      answerId,
      rating: 'down',
      reason: 'onvolledig',
      comment: 'Mist.',
    })
    expect(given.status).toBe(204)
    expect((await call('POST', '/feedback', { answerId: 'onbekend', rating: 'up' })).status).toBe(404)
  })

  it.each([
    ['no body', undefined, {}, 415],
    ['text', 'hallo', { 'Content-Type': 'text/plain' }, 415],
    ['broken JSON', '{"question":', {}, 400],
    ['null', 'null', {}, 400],
    ['an array', '[]', {}, 400],
    ['nothing asked', {}, {}, 400],
    ['an empty question', { question: '' }, {}, 400],
    ['a number', { question: 12 }, {}, 400],
    ['question and turns', { question: 'a', turns: ['b'] }, {}, 400],
    ['too long a question', { question: 'a'.repeat(20_001) }, {}, 400],
    ['a long question', { question: 'a'.repeat(2_001) }, {}, 400],
    ['too large a body', { question: 'a'.repeat(200_000) }, {}, 413],
    ['a compressed body', 'xx', { 'Content-Encoding': 'gzip' }, 415],
    ['an unknown conversation', { question: 'a', conversationId: 'b' }, {}, 404],
    ['a format that is not there', { question: 'a' }, { Accept: 'image/png' }, 406],
  ])('refuses %s', async (_name, body, headers, status) => {
    expect((await call('POST', '/answers', body, headers)).status).toBe(status)
  })

  it('tells all faults of a request together, in Dutch', async () => {
    const { body } = await call('POST', '/feedback', {
      answerId: '',
      rating: 'sideways',
      comment: 'a'.repeat(1_001),
    })
    const errors = body.errors as { location: { pointer: string }; detail: string }[]
    expect(new Set(errors.map(({ location }) => location.pointer))).toEqual(
      new Set(['#/answerId', '#/rating', '#/comment']),
    )
    expect(errors.map(({ detail }) => detail).join(' ')).toMatch(/[Oo]ngeldig|[Tt]e/)
    const long = await call('POST', '/answers', { question: 'a'.repeat(20_001) })
    expect(long.body.errors).toMatchObject([
      { code: 'question-too-long', location: { pointer: '#/question' } },
    ])
  })

  it('answers a fault inside with nothing but a code', async () => {
    const { status, text } = await call('POST', '/answers', { question: 'faal nu' })
    expect(status).toBe(500)
    expect(text).not.toMatch(/geheim|oorzaak|Error|\.ts|node_modules/)
  })

  it('continues a kept conversation, and answers the last of several turns', async () => {
    const first = await call('POST', '/answers', { question: 'Hoeveel is begroot?' })
    await call('POST', '/answers', { question: 'En dan?', conversationId: first.body.conversationId })
    expect(running.assistant.asked.at(-1)?.history?.map(({ question }) => question)).toEqual([
      'Hoeveel is begroot?',
    ])
    const turns = await call('POST', '/answers', { turns: ['Eerst dit', 'Dan dat'] })
    expect(turns.body.question).toBe('Dan dat')
    expect(running.assistant.asked.at(-1)?.history?.map(({ question }) => question)).toEqual(['Eerst dit'])
  })
})
