import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '../../server/access.js'
import { readConfiguration } from '../../server/configuration.js'
import { cleanComment } from '../../server/feedback.js'
import { startService } from '../../server/service.js'
import { Storage } from '../../server/storage.js'
import { FakeAssistant } from '../support/fake-assistant.js'
import { ChatClient, eventually, type RunningService, runService } from '../support/running-service.js'

const json = { 'Content-Type': 'application/json' }
const ask = (url: string, question: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/answers`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ question }),
  })

describe('health', () => {
  it('is live at once, ready only when questions are answered, and neither when it shuts down', async () => {
    let open = () => {}
    const opening = new Promise<void>(resolve => {
      open = resolve
    })
    const running = await runService({ opening })
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200)
    const early = await fetch(`${running.url}/health/ready`)
    expect(early.status).toBe(503)
    expect(await early.json()).toMatchObject({ code: 'not-ready', retryable: true })
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(503)
    expect(
      (await fetch(`${running.url}/documenten/begroting`, { headers: { Accept: 'text/html' } })).status,
    ).toBe(503)
    open()
    await running.service.ready
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200)
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(200)
    await running.stop()
    await expect(fetch(`${running.url}/health/live`)).rejects.toThrow()
  })

  it('says that opening the index failed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vindplaats-'))
    const configuration = readConfiguration({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'silent' })
    const service = await startService({
      configuration,
      openAssistant: async () => {
        throw new Error('no index')
      },
    })
    await expect(service.ready).rejects.toThrow('no index')
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(503)
    await service.close()
    rmSync(folder, { recursive: true })
  })

  it('a port in use is a fault that says what to do', async () => {
    const running = await runService()
    const configuration = readConfiguration({
      PORT: String(running.port),
      DATA_DIR: running.dataDirectory,
      LOG_LEVEL: 'silent',
    })
    await expect(
      startService({ configuration, openAssistant: async () => new FakeAssistant() }),
    ).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`PORT=${running.port + 1}`),
    })
    await running.stop()
  })
})

describe('pages', () => {
  let running: RunningService
  let clientFolder: string
  beforeAll(async () => {
    clientFolder = mkdtempSync(join(tmpdir(), 'vindplaats-client-'))
    mkdirSync(join(clientFolder, 'assets'))
    writeFileSync(join(clientFolder, 'index.html'), '<!doctype html><title>Demo</title>')
    writeFileSync(join(clientFolder, 'widget.js'), 'export {}')
    writeFileSync(join(clientFolder, 'widget-3f9a1c2b.js'), 'export {}')
    writeFileSync(join(clientFolder, '.secret'), 'secret')
    running = await runService({
      clientFolder,
      environment: { FRAME_ANCESTORS: "'self' https://intranet.example" },
    })
  })
  afterAll(async () => {
    await running.stop()
    rmSync(clientFolder, { recursive: true })
  })
  const get = (path: string, accept = 'text/html') =>
    fetch(`${running.url}${path}`, { headers: { Accept: accept } })

  it('shows the demo page, and the widget may stand in a page of any website', async () => {
    expect(await (await get('/')).text()).toContain('Demo')
    const widget = await get('/widget.js', '*/*')
    expect(widget.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(widget.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
    expect(widget.headers.get('Cache-Control')).toBe('no-cache')
    expect((await get('/widget-3f9a1c2b.js')).headers.get('Cache-Control')).toContain('immutable')
  })

  it('shows a source with the cited passage marked, under a strict policy, framed only by whom it may be', async () => {
    const response = await get('/documenten/begroting?citaat=14-27#p-1')
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<mark id="citaat">De begroting</mark>')
    const policy = response.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("frame-ancestors 'self' https://intranet.example")
    expect(response.headers.get('X-Frame-Options')).toBeNull()
    for (const file of ['/pagina.css', '/pagina.js']) expect((await get(file, '*/*')).status).toBe(200)
  })

  it.each(['?citaat=', '?citaat=a-b', '?citaat=9-3', '?citaat=1-2&citaat=3-4', '?citaat=1-99999999999999'])(
    'shows a source unmarked for %s',
    async query => {
      const response = await get(`/documenten/begroting${query}`)
      expect(response.status).toBe(200)
      expect(await response.text()).not.toContain('<mark')
    },
  )

  it('shows a kept answer at its permalink, also after the documents changed', async () => {
    const { id } = await (await ask(running.url, 'Hoeveel <is> begroot?')).json()
    running.assistant.indexVersion = 'another'
    const response = await get(`/antwoorden/${id}`)
    const text = await response.text()
    expect(text).toContain('Hoeveel &lt;is&gt; begroot?')
    expect(text).toContain('id="bron-1"')
    expect(text).toContain('De begroting voor migratie1')
  })

  it('tells people on a page, and programs in a problem document, that something is not there', async () => {
    for (const path of [
      '/documenten/onbekend',
      '/antwoorden/onbekend',
      '/niets',
      '/documenten/%E0%A4%A',
      '/.secret',
    ]) {
      const page = await get(path)
      expect(page.status).toBeGreaterThanOrEqual(400)
      expect(page.headers.get('Content-Type')).toContain('text/html')
      const problem = await get(path, 'application/json')
      expect(problem.headers.get('Content-Type')).toContain('application/problem+json')
    }
    expect((await fetch(`${running.url}/documenten/begroting`, { method: 'POST' })).status).toBe(405)
  })
})

describe('other websites', () => {
  it('may use the API only when they are named', async () => {
    const running = await runService({ environment: { ALLOWED_ORIGINS: 'https://intranet.example' } })
    const allowed = await ask(running.url, 'Hoeveel?', { Origin: 'https://intranet.example' })
    expect(allowed.status).toBe(200)
    expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe('https://intranet.example')
    expect(allowed.headers.get('Vary')).toContain('Origin')
    expect(allowed.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    const preflight = await fetch(`${running.url}/v1/answers`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://intranet.example', 'Access-Control-Request-Method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('Authorization')
    const before = running.assistant.asked.length
    const refused = await ask(running.url, 'Hoeveel?', { Origin: 'https://elders.example' })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBeNull()
    const good = await ChatClient.open(running.url, { origin: 'https://intranet.example' })
    expect(good.closed).toBeNull()
    const bad = await ChatClient.open(running.url, { origin: 'https://elders.example' })
    expect(bad.closed).toEqual({ code: 4403, reason: 'origin-not-allowed' })
    expect(bad.received).toEqual([])
    expect(running.assistant.asked.length).toBe(before)
    good.cut()
    await running.stop()
  })

  it('get neither settings nor a visitor token, and nothing to read; the socket tells why, without a token', async () => {
    const running = await runService({
      environment: {
        AUTH: 'api-keys',
        API_KEYS: `test:caller:${'0'.repeat(64)}`,
        VISITORS: 'allow',
        ALLOWED_ORIGINS: 'https://intranet.example',
      },
    })
    const from = (origin: string) => ({ headers: { Origin: origin } })
    for (const [path, method] of [
      ['/v1/widget-settings', 'GET'],
      ['/v1/visitor-tokens', 'POST'],
    ] as const) {
      const refused = await fetch(running.url + path, { method, ...from('https://elders.example') })
      expect(refused.status).toBe(403)
      expect(refused.headers.get('Access-Control-Allow-Origin')).toBeNull()
      const welcome = await fetch(running.url + path, { method, ...from('https://intranet.example') })
      expect(welcome.ok).toBe(true)
    }
    const stranger = await ChatClient.open(running.url, { origin: 'https://elders.example' })
    expect(stranger.closed).toEqual({ code: 4403, reason: 'origin-not-allowed' })
    const tokenless = await ChatClient.open(running.url, { origin: 'https://intranet.example' })
    expect(tokenless.closed?.code).toBe(4401)
    await running.stop()
  })

  it('are told why over the socket, are heard in nothing, and crowd nobody out', async () => {
    const running = await runService()
    const clients = Array.from(
      { length: 150 },
      () => new ChatClient(running.url, { origin: 'https://elders.example' }),
    )
    for (const client of clients) client.socket.on('open', () => client.ask('m1', 'Hoeveel is begroot?'))
    await eventually(() => clients.every(({ closed }) => closed !== null))
    const codes = clients.map(({ closed }) => closed?.code)
    expect(codes.filter(code => code === 4403).length).toBeGreaterThan(0)
    // The rest came at a moment at which too many were taking their leave.
    expect(codes.every(code => code === 4403 || code === 1006)).toBe(true)
    expect(clients.flatMap(({ received }) => received)).toEqual([])
    expect(running.assistant.asked).toEqual([])
    const own = await ChatClient.open(running.url)
    own.ask('m1', 'Hoeveel is begroot?')
    await own.end('m1')
    expect(running.assistant.asked).toHaveLength(1)
    own.cut()
    await running.stop()
  })

  it('cannot reach a server on loopback through a name of their own', async () => {
    const running = await runService()
    const client = await ChatClient.open(running.url, {
      headers: { Host: 'rebound.example' },
      origin: 'http://rebound.example',
    })
    expect(client.closed?.code).toBe(1006)
    await running.stop()
  })
})

describe('proof', () => {
  it('by API key is asked everywhere but where it cannot be', async () => {
    const { key, entry } = createApiKey('intranet', 'caller')
    const operator = createApiKey('prometheus', 'operator')
    const running = await runService({
      environment: { AUTH: 'api-keys', API_KEYS: `${entry},${operator.entry}`, METRICS: 'deny' },
    })
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${running.url}${path}`, { headers })).status
    const proof = { Authorization: `Bearer ${key}` }
    for (const path of [
      '/v1/documents',
      '/v1/search?query=a',
      '/v1/answers/x',
      '/documenten/begroting',
      '/metrics',
    ]) {
      expect(await status(path), path).toBe(401)
    }
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(401)
    expect((await ask(running.url, 'Hoeveel?', proof)).status).toBe(200)
    expect(await status('/v1/documents', proof)).toBe(200)
    expect(await status('/documenten/begroting', proof)).toBe(200)
    expect(await status('/metrics', proof)).toBe(403)
    expect(await status('/metrics', { Authorization: `Bearer ${operator.key}` })).toBe(200)
    for (const path of ['/health/ready', '/v1/openapi.json', '/v1/widget-settings'])
      expect(await status(path)).toBe(200)
    expect(await (await fetch(`${running.url}/v1/widget-settings`)).json()).toMatchObject({
      visitorTokenRequired: false,
    })
    const refused = await ChatClient.open(running.url)
    expect((await refused.close()).code).toBe(4401)
    const client = await ChatClient.open(running.url, { headers: proof })
    client.ask('q', 'Hoeveel?')
    expect((await client.end('q')).event.type).toBe('answer-end')
    client.cut()
    expect(JSON.stringify(running.logged)).not.toContain(key)
    await running.service.close()
    const storage = new Storage({ file: join(running.dataDirectory, 'vindplaats.sqlite'), retentionDays: 30 })
    const refused401 = storage.auditLines().find(({ event }) => event === 'access-refused')
    expect(refused401?.details).toMatchObject({ unauthenticated: 7, forbidden: 1 })
    storage.close()
    await running.stop()
  })

  it('by visitor token opens API, socket and pages, and a socket whose token ends asks for a new one', async () => {
    const { entry } = createApiKey('intranet', 'caller')
    const origin = 'https://intranet.example'
    const running = await runService({
      environment: {
        AUTH: 'api-keys',
        API_KEYS: entry,
        VISITORS: 'allow',
        ALLOWED_ORIGINS: origin,
        VISITOR_TOKEN_SECONDS: '30',
      },
    })
    expect(await (await fetch(`${running.url}/v1/widget-settings`)).json()).toMatchObject({
      visitorTokenRequired: true,
    })
    expect((await fetch(`${running.url}/documenten/begroting`)).status).toBe(200)
    const made = await fetch(`${running.url}/v1/visitor-tokens`, {
      method: 'POST',
      headers: { Origin: origin },
    })
    const { token, expiresInSeconds } = await made.json()
    expect(expiresInSeconds).toBe(30)
    const proof = { Authorization: `Bearer ${token}` }
    expect((await ask(running.url, 'Hoeveel?', { ...proof, Origin: origin })).status).toBe(200)
    expect((await ask(running.url, 'Hoeveel?', proof)).status).toBe(401)
    const protocols = ['vindplaats.v1', `vindplaats.token.${token}`]
    const client = await ChatClient.open(running.url, { protocols, origin })
    expect(client.socket.protocol).toBe('vindplaats.v1')
    client.ask('q', 'Hoeveel?')
    await client.end('q')
    client.cut()
    const stolen = await ChatClient.open(running.url, { protocols })
    expect((await stolen.close()).code).toBe(4401)
    expect(JSON.stringify(running.logged)).not.toContain(token)
    await running.stop()
  })
})

describe('limits', () => {
  it('are told with every answer, and when they are reached with the time to wait', async () => {
    const running = await runService({
      environment: { RATE_QUESTIONS_PER_ADDRESS: '2', RATE_WINDOW_SECONDS: '60' },
    })
    const first = await ask(running.url, 'Hoeveel?')
    expect(first.headers.get('RateLimit-Policy')).toBe('"questions-address";q=2;w=60')
    expect(first.headers.get('RateLimit')).toMatch(/^"questions-address";r=1;t=\d+$/)
    await ask(running.url, 'Hoeveel?')
    const third = await ask(running.url, 'Hoeveel?')
    expect(third.status).toBe(429)
    expect(Number(third.headers.get('Retry-After'))).toBeGreaterThan(0)
    const client = await ChatClient.open(running.url)
    client.ask('q', 'Hoeveel?')
    const { error } = await client.next('message-rejected')
    expect(error).toMatchObject({ code: 'rate-limited', retryable: true })
    expect(error.retryAfterSeconds).toBeGreaterThan(0)
    client.cut()
    await running.stop()
  })

  it('count the visitor behind a trusted proxy, and believe nobody else', async () => {
    const environment = { RATE_QUESTIONS_PER_ADDRESS: '1', TRUSTED_PROXIES: 'loopback' }
    const trusting = await runService({ environment })
    const status = async (url: string, address: string) =>
      (await ask(url, 'Hoeveel?', { 'X-Forwarded-For': address })).status
    expect(await status(trusting.url, '192.0.2.1')).toBe(200)
    expect(await status(trusting.url, '192.0.2.1')).toBe(429)
    expect(await status(trusting.url, '192.0.2.2')).toBe(200)
    // What a visitor puts in front of the proxy's own entry does not count.
    expect(await status(trusting.url, '198.51.100.9, 192.0.2.2')).toBe(429)
    await trusting.stop()
    const doubting = await runService({ environment: { RATE_QUESTIONS_PER_ADDRESS: '1' } })
    expect(await status(doubting.url, '192.0.2.1')).toBe(200)
    expect(await status(doubting.url, '192.0.2.2')).toBe(429)
    await doubting.stop()
  })

  it('of questions in work hold over all visitors', async () => {
    const running = await runService({ environment: { MAXIMUM_CONCURRENT_QUESTIONS: '1' } })
    const client = await ChatClient.open(running.url)
    client.ask('q', 'hang')
    await client.until(() => client.events.length > 0)
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(429)
    client.send({ type: 'question-cancel', messageId: 'c', questionId: 'q' })
    await client.end('q')
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(200)
    client.cut()
    await running.stop()
  })

  it('of time end an answer that never comes', async () => {
    const running = await runService({ environment: { ANSWER_TIMEOUT_SECONDS: '1' } })
    expect((await ask(running.url, 'hang')).status).toBe(504)
    await eventually(() => running.logged.some(({ code }) => code === 'timeout'))
    await running.stop()
  })

  it('a caller who hangs up gives up the answer', async () => {
    const running = await runService()
    const abort = new AbortController()
    const asking = fetch(`${running.url}/v1/answers`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ question: 'traag lang' }),
      signal: abort.signal,
    })
    await eventually(() => running.assistant.asked.length === 1)
    abort.abort()
    await expect(asking).rejects.toThrow()
    await eventually(() => running.assistant.abandoned === 1)
    await running.stop()
  })
})

describe('a comment', () => {
  it('loses what cannot be seen, and keeps its words and lines', () => {
    expect(cleanComment(' Klopt\u0000 niet.\r\nZie\u202E  blz. 3\u{E0041}\u200B ')).toBe(
      'Klopt niet.\nZie blz. 3',
    )
    expect(cleanComment(' \u0007 ')).toBeNull()
    expect(cleanComment(null)).toBeNull()
  })
})

describe('state', () => {
  it('of answers past their retention is gone: 410', async () => {
    const running = await runService()
    const { id } = await (await ask(running.url, 'Hoeveel?')).json()
    await running.service.close()
    const off = await runService({
      dataDirectory: running.dataDirectory,
      environment: { RETENTION_DAYS: '0' },
    })
    expect((await fetch(`${off.url}/v1/answers/${id}`)).status).toBe(404)
    const { id: unkept } = await (await ask(off.url, 'Hoeveel?')).json()
    expect((await fetch(`${off.url}/v1/answers/${unkept}`)).status).toBe(404)
    const feedback = await fetch(`${off.url}/v1/feedback`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ answerId: unkept, rating: 'up' }),
    })
    expect(await feedback.json()).toMatchObject({ status: 404, code: 'storage-off' })
    expect(await (await fetch(`${off.url}/v1/widget-settings`)).json()).toMatchObject({ answersKept: false })
    await off.stop()
    await running.stop()
  })

  it('logs no question unless told to, and neither address nor query', async () => {
    const running = await runService()
    await ask(running.url, 'Geheime vraag over mijn buurman')
    await fetch(`${running.url}/v1/search?query=geheime+zoekvraag`)
    await fetch(`${running.url}/geheim-pad`)
    const client = await ChatClient.open(running.url)
    client.ask('q', 'Geheime vraag op de socket')
    await client.end('q')
    client.cut()
    expect(running.logged.length).toBeGreaterThan(4)
    expect(JSON.stringify(running.logged)).not.toMatch(/[Gg]eheim|127\.0\.0\.1|::1/)
    await running.stop()
    const telling = await runService({ environment: { LOG_QUESTIONS: 'true' } })
    await ask(telling.url, 'Geheime vraag\nmet een regel erbij')
    expect(
      telling.logged.filter(({ question }) => question === 'Geheime vraag\nmet een regel erbij'),
    ).toHaveLength(1)
    await telling.stop()
  })

  it('is counted for Prometheus', async () => {
    const running = await runService()
    await ask(running.url, 'Hoeveel?')
    await ask(running.url, 'weiger dit')
    await ask(running.url, 'faal nu')
    const text = await (await fetch(`${running.url}/metrics`)).text()
    expect(text).toContain('vindplaats_questions_total{channel="http",outcome="answered"} 1')
    expect(text).toContain('vindplaats_refusals_total{reason="no-evidence"} 1')
    expect(text).toContain('vindplaats_faults_total{code="internal"} 1')
    expect(text).toContain('vindplaats_stage_seconds_count{stage="retrieve"} 2')
    expect(text).toContain('vindplaats_ready 1')
    const forwarded = await fetch(`${running.url}/metrics`, { headers: { 'X-Forwarded-For': '192.0.2.1' } })
    expect(forwarded.status).toBe(403)
    await running.stop()
  })
})

describe('memory', () => {
  it('is given back once things are quiet after questions, and not while nothing happens', async () => {
    let collections = 0
    const running = await runService({
      collectGarbage: () => {
        collections += 1
      },
    })
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(collections).toBe(0)
    await ask(running.url, 'Hoeveel?')
    await eventually(() => collections === 1)
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(collections).toBe(1)
    await running.stop()
  })

  it('of conversations is given back when they are forgotten, long after the last question', async () => {
    let collections = 0
    const running = await runService({
      environment: { RETENTION_DAYS: '0', RESUME_WINDOW_SECONDS: '1' },
      collectGarbage: () => {
        collections += 1
      },
    })
    const client = await ChatClient.open(running.url)
    client.ask('q', 'Hoeveel?')
    const { conversationId } = await client.next('question-accepted')
    await client.end('q')
    client.cut()
    await eventually(() => collections === 1)
    await new Promise(resolve => setTimeout(resolve, 1_200))
    expect(collections).toBe(1)
    const second = await ChatClient.open(running.url)
    second.send({ type: 'conversation-resume', messageId: 'r', conversationId, afterSequence: 0 })
    await second.next('message-rejected')
    await eventually(() => collections === 2)
    second.cut()
    await running.stop()
  })
})

describe('a new index', () => {
  it('on disk is opened by itself, without a lost question', async () => {
    let version = 'index-1'
    const assistant = new FakeAssistant()
    assistant.onReload = () => {
      assistant.indexVersion = version
    }
    const running = await runService({ assistant, indexVersion: async () => version })
    const client = await ChatClient.open(running.url)
    client.ask('q', 'traag: hoeveel?')
    await client.until(() => client.events.length > 0)
    version = 'index-2'
    await eventually(() => assistant.reloads === 1)
    expect((await client.end('q')).event.type).toBe('answer-end')
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(assistant.reloads).toBe(1)
    client.cut()
    await running.stop()
  })

  it('that cannot be opened leaves the old one in use, and is not tried again and again', async () => {
    let version = 'index-1'
    const assistant = new FakeAssistant()
    assistant.onReload = () => {
      throw new Error('damaged')
    }
    const running = await runService({ assistant, indexVersion: async () => version })
    version = 'index-2'
    await eventually(() => assistant.reloads === 1)
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(assistant.reloads).toBe(1)
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(200)
    await running.service.reload()
    expect(assistant.reloads).toBe(2)
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200)
    await running.stop()
  })
})

describe('a path prefix', () => {
  it('holds for everything, and nothing is served outside it', async () => {
    const running = await runService({ environment: { BASE_PATH: '/vindplaats' } })
    expect(running.url).toMatch(/\/vindplaats$/)
    const root = running.url.replace('/vindplaats', '')
    expect((await ask(running.url, 'Hoeveel?')).status).toBe(200)
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200)
    expect((await fetch(`${root}/health/ready`)).status).toBe(404)
    const bare = await fetch(running.url, { redirect: 'manual' })
    expect(bare.status).toBe(308)
    expect(bare.headers.get('Location')).toBe('/vindplaats/')
    const page = await (await fetch(`${running.url}/documenten/begroting`)).text()
    expect(page).toContain('href="/vindplaats/pagina.css"')
    const description = await (await fetch(`${running.url}/v1/openapi.json`)).json()
    expect(description.servers[0].url).toBe('/vindplaats/v1')
    const client = await ChatClient.open(running.url)
    client.ask('q', 'Hoeveel?')
    await client.end('q')
    client.cut()
    const outside = await ChatClient.open(root)
    expect(outside.closed?.code).toBe(1006)
    await running.stop()
  })
})
