/**
 * What an attacker sends: too large, too slow, malformed, deeply nested, random, out of place. After each the process lives,
 * answers others, and tells nothing of its inside.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ChildService, rawConnection, startChild } from '../support/child-service.js'
import { ChatClient, eventually } from '../support/running-service.js'

let child: ChildService

const post = (path: string, body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${child.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  })

const INSIDE = /node_modules|\.ts:|\.js:|at .* \(|\/etc\/|geheim|SQLITE|Zod|stack|cause/

/** A normal visitor is served as ever. */
async function expectHealthy(): Promise<void> {
  expect(child.isAlive()).toBe(true)
  const response = await post('/v1/answers', JSON.stringify({ question: 'Hoeveel is begroot?' }))
  expect(response.status).toBe(200)
  const client = await ChatClient.open(child.url)
  client.ask('health', 'Hoeveel?')
  expect((await client.end('health')).event.type).toBe('answer-end')
  client.cut()
}

beforeAll(async () => {
  child = await startChild({
    REQUEST_TIMEOUT_SECONDS: '2',
    HEARTBEAT_SECONDS: '1',
    RESUME_WINDOW_SECONDS: '1',
    ANSWER_TIMEOUT_SECONDS: '2',
    LOG_LEVEL: 'debug',
  })
})
afterAll(() => child.stop())
afterEach(() => expectHealthy())

describe('too large', () => {
  it('a body, told beforehand, is refused before it is sent', async () => {
    const head = 'POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
    const raw = rawConnection(child.port, `${head}Content-Length: 99999999999\r\n\r\n{"question":"`)
    await raw.ended
    expect(raw.text()).toContain('413')
    expect(raw.text()).toContain('request-too-large')
  })

  it('a body without end is cut off', async () => {
    const raw = rawConnection(
      child.port,
      'POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    const chunk = `${(65_536).toString(16)}\r\n${'a'.repeat(65_536)}\r\n`
    for (let at = 0; at < 50 && !raw.socket.destroyed; at++) {
      raw.socket.write(chunk)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await raw.ended
    expect(raw.text()).toContain('413')
  })

  it('a body that unpacks to more is not unpacked', async () => {
    const response = await post('/v1/answers', randomBytes(100), { 'Content-Encoding': 'gzip' })
    expect(response.status).toBe(415)
  })

  it('headers and addresses are refused', async () => {
    const header = rawConnection(
      child.port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(50_000)}\r\n\r\n`,
    )
    await header.ended
    expect(header.text()).toMatch(/^HTTP\/1\.1 431/)
    const address = rawConnection(
      child.port,
      `GET /${'a'.repeat(50_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    )
    await address.ended
    expect(address.text()).toMatch(/^HTTP\/1\.1 4/)
    const many = Array.from({ length: 3_000 }, (_, at) => `X-${at}: a`).join('\r\n')
    const headers = rawConnection(child.port, `GET / HTTP/1.1\r\nHost: localhost\r\n${many}\r\n\r\n`)
    await headers.ended
    expect(headers.text()).toMatch(/^HTTP\/1\.1 (431|4)/)
  })

  it('a message on the socket, whole or in pieces without end, closes that socket only', async () => {
    const whole = await ChatClient.open(child.url)
    whole.socket.send('a'.repeat(10_000_000))
    expect((await whole.close()).code).toBe(1009)
    const pieces = await ChatClient.open(child.url)
    for (let at = 0; at < 400 && pieces.closed === null; at++) {
      pieces.socket.send('a'.repeat(1_000), { fin: false })
      if (at % 50 === 0) await new Promise(resolve => setTimeout(resolve, 1))
    }
    expect((await pieces.close()).code).toBe(1009)
  })
})

describe('too slow', () => {
  it('headers and bodies that trickle in are cut off, and hold nobody up', async () => {
    const starts = [
      'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ',
      'POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
      'GET /v1/chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nX-A: ',
      '',
    ]
    const slow = Array.from({ length: 100 }, (_, at) => rawConnection(child.port, starts[at % 4] as string))
    const trickle = setInterval(() => {
      for (const { socket } of slow) if (!socket.destroyed && socket.bytesWritten > 0) socket.write('a')
    }, 300)
    await expectHealthy()
    await Promise.all(slow.map(({ ended }) => ended))
    clearInterval(trickle)
    expect(slow.filter(({ text }) => text().includes(' 408 ')).length).toBeGreaterThan(0)
  })

  it('a handshake that stops half-way is cut off', async () => {
    const raw = rawConnection(
      child.port,
      'GET /v1/chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n',
    )
    await raw.ended
  })

  it('a reader of an event stream that does not read costs no memory', async () => {
    const before = await child.memory()
    const body = JSON.stringify({ question: 'lang' })
    const raws = Array.from({ length: 20 }, () => {
      const raw = rawConnection(
        child.port,
        `POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      raw.socket.pause()
      return raw
    })
    await new Promise(resolve => setTimeout(resolve, 500))
    expect((await child.memory()) - before).toBeLessThan(20_000_000)
    for (const { socket } of raws) socket.destroy()
  })
})

describe('malformed', () => {
  it.each([
    ['random bytes', randomBytes(5_000)],
    ['zeros', Buffer.alloc(5_000)],
    ['TLS to a plain port', Buffer.from('16030100a5010000a10303', 'hex')],
    ['another version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
    ],
    [
      'length and chunks',
      'POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['negative length', 'POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n\tb\r\n\r\n\r\n'],
    ['a zero in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n'],
    ['a method of its own', 'HACK / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    [
      'an upgrade to something else',
      'GET /v1/chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    ],
    [
      'an upgrade without key',
      'GET /v1/chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
    [
      'an upgrade of another path',
      'GET /v1/../v1/chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    ],
  ])('HTTP: %s', async (_name, data) => {
    const raw = rawConnection(child.port, data)
    raw.socket.end()
    await raw.ended
    expect(raw.text()).not.toMatch(/^HTTP\/1\.1 (1|2|3|5)/)
    expect(raw.text()).not.toMatch(INSIDE)
  })

  it('frames that break the rules of WebSocket close that socket', async () => {
    const key = randomBytes(16).toString('base64')
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const frames = [
      Buffer.from([0x81, 0x02, 0x61, 0x62]), // not masked
      Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), // reserved bits
      Buffer.from([0x83, 0x80, 0, 0, 0, 0]), // reserved opcode
      Buffer.from([0x89, 0xfe, 0xff, 0xff, 0, 0, 0, 0]), // a ping that is too long
      Buffer.from([0x80, 0x80, 0, 0, 0, 0]), // a continuation of nothing
      Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), // 2^63 bytes
      Buffer.from([0x81, 0x84, 0, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc]), // text that is no UTF-8
      Buffer.from([0x88, 0x81, 0, 0, 0, 0, 0x01]), // half a close code
      randomBytes(400),
    ]
    for (const frame of frames) {
      const raw = rawConnection(
        child.port,
        `GET /v1/chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
        frame,
      )
      await raw.ended
      expect(raw.text()).toContain(accept)
    }
  })

  it('bodies: text that is no UTF-8, numbers without end, keys that reach for the prototype', async () => {
    for (const body of [
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      '{"question": 1e99999}',
      '{"__proto__": {"question": "a"}}',
      '{"constructor": {"prototype": {"question": "a"}}}',
      '{"question": {"toString": "a"}}',
      '{"question": ["a"]}',
    ]) {
      const response = await post('/v1/answers', body)
      expect(response.status).toBe(400)
      expect(await response.text()).not.toMatch(INSIDE)
    }
  })
})

describe('deeply nested', () => {
  const depth = 60_000
  const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`
  const objects = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`

  it.each(['/v1/answers', '/v1/feedback'])('JSON at %s is refused', async path => {
    for (const body of [nested, objects, `{"turns":${nested}}`, `{"question":${objects}}`]) {
      expect((await post(path, body)).status).toBe(400)
    }
  })

  it('JSON on the socket is refused', async () => {
    const client = await ChatClient.open(child.url)
    for (const body of [nested, objects, `{"type":"question-ask","messageId":"m","question":${nested}}`]) {
      client.socket.send(body)
    }
    await client.until(() => client.received.filter(({ type }) => type === 'message-rejected').length === 3)
    client.cut()
  })
})

describe('random', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ question: fc.string({ unit: 'binary', maxLength: 300 }) }),
    fc.record({ question: fc.constant('Hoeveel?'), conversationId: fc.jsonValue(), turns: fc.jsonValue() }),
    fc.record({ answerId: fc.jsonValue(), rating: fc.jsonValue(), comment: fc.jsonValue() }),
  )

  it.each(['/v1/answers', '/v1/feedback', '/v1/visitor-tokens'])(
    'bodies at %s never fail inside',
    async path => {
      await fc.assert(
        fc.asyncProperty(anything, async value => {
          const response = await post(path, JSON.stringify(value))
          expect(response.status).toBeLessThan(500)
          if (response.status >= 400) expect(await response.text()).not.toMatch(INSIDE)
          else await response.arrayBuffer()
        }),
        { numRuns: 150 },
      )
    },
  )

  it('addresses never fail inside', async () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }).map(text => encodeURIComponent(text)),
      fc.constantFrom(
        'documents',
        'answers',
        'search',
        'v1',
        '..',
        '%2e%2e',
        '%00',
        '%ff',
        'begroting',
        'p-1',
        '',
      ),
    )
    const route = fc.constantFrom(
      '/v1/documents/',
      '/v1/answers/',
      '/v1/search?query=',
      '/documenten/',
      '/antwoorden/',
      '/',
    )
    await fc.assert(
      fc.asyncProperty(route, fc.array(part, { maxLength: 4 }), async (start, parts) => {
        const response = await fetch(`${child.url}${start}${parts.join('/')}`, { redirect: 'manual' })
        expect(response.status).toBeLessThan(500)
        expect(await response.text()).not.toMatch(/node_modules|\.ts:\d|SQLITE/)
      }),
      { numRuns: 300 },
    )
  })

  it('messages on the socket are answered or rejected, and never end the process', async () => {
    const identifier = fc.oneof(fc.jsonValue(), fc.constantFrom('a', 'b', 'c'))
    const message = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constantFrom(
          'question-ask',
          'question-cancel',
          'conversation-resume',
          'feedback-give',
          'other',
        ),
        messageId: identifier,
        conversationId: identifier,
        questionId: identifier,
        question: fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
        afterSequence: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
        feedback: fc.jsonValue(),
      }),
    )
    let client = await ChatClient.open(child.url)
    let sent = 0
    for (const value of fc.sample(message, 400)) {
      if (client.closed) client = await ChatClient.open(child.url)
      client.send(value as Record<string, unknown>)
      sent += 1
      if (sent % 40 === 0) await new Promise(resolve => setTimeout(resolve, 1_000))
    }
    await eventually(() => client.received.length > 1)
    expect(JSON.stringify(client.received)).not.toMatch(INSIDE)
    client.cut()
  }, 60_000)
})

describe('out of place', () => {
  const secrets = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8').slice(0, 60)

  it.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/....//package.json',
    '/..\\package.json',
    '/%5c..%5cpackage.json',
    '/documenten/..%2f..%2fpackage.json',
    '/documenten/%00',
    '/documenten/begroting%00.txt',
    '/v1/documents/..%2f..%2fseeds',
    '/v1/documents/begroting/paragraphs/..%2f..%2f',
    '/widget.js/..%2f..%2f..%2fpackage.json',
    '/.git/config',
    '/.env',
    '//etc/passwd',
    '/file:///etc/passwd',
  ])('the path %s leads nowhere', async path => {
    const raw = rawConnection(
      child.port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    )
    await raw.ended
    expect(raw.text()).toMatch(/^HTTP\/1\.1 (4\d\d|301|308) /)
    expect(raw.text()).not.toContain(secrets)
    expect(raw.text()).not.toContain('root:')
  })

  it('nothing from a request gets into the headers of a response or forges a line of the log', async () => {
    const before = child.output().length
    const forged = '{"level":"info","msg":"forged"}'
    const raws = [
      `GET /x%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\rb\r\nConnection: close\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: "}${forged}\r\nConnection: close\r\n\r\n`,
      `GET /v1/documents HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example%0d%0aX: y\r\nConnection: close\r\n\r\n`,
      `GET /vindplaats HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${forged}\r\nConnection: close\r\n\r\n`,
    ].map(data => rawConnection(child.port, data))
    await Promise.all(raws.map(({ ended }) => ended))
    for (const { text } of raws) {
      const head = text().split('\r\n\r\n')[0] ?? ''
      expect(head).not.toMatch(/^(Set-Cookie|X):/im)
      expect(head).not.toContain('forged')
    }
    await post('/v1/answers', JSON.stringify({ question: `a\n${forged}\r\n\u2028${forged}` }))
    await expectHealthy()
    const lines = child.output().slice(before).trim().split('\n')
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) expect(JSON.parse(line).msg).not.toBe('forged')
  })

  it('a page of another website gets nothing, whatever it tries', async () => {
    for (const origin of [
      'https://elders.example',
      'null',
      'http://localhost.elders.example',
      'https://127.0.0.1',
    ]) {
      const headers = { Origin: origin }
      for (const path of ['/v1/documents', '/v1/search?query=a', '/v1/widget-settings', '/v1/answers/x']) {
        const response = await fetch(`${child.url}${path}`, { headers })
        expect(response.status).toBe(403)
        expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
      }
      expect((await post('/v1/visitor-tokens', '', headers)).status).toBe(403)
      expect((await post('/v1/answers', '{"question":"a"}', headers)).status).toBe(403)
      const simple = await post('/v1/answers', '{"question":"a"}', { 'Content-Type': 'text/plain' })
      expect(simple.status).toBe(415)
    }
  })
})

describe('much of everything', () => {
  it('a flood of messages on one socket is slowed down, not answered with a flood', async () => {
    const client = await ChatClient.open(child.url)
    for (let at = 0; at < 10_000; at++) {
      client.send({ type: 'question-cancel', messageId: `c${at}`, questionId: 'none' })
    }
    await new Promise(resolve => setTimeout(resolve, 1_500))
    expect(client.received.length).toBeLessThan(3_000)
    await expectHealthy()
    client.cut()
  })

  it('leaves the memory as it was', async () => {
    await expectHealthy()
    const before = await child.memory()
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all(Array.from({ length: 100 }, () => ChatClient.open(child.url)))
      for (const [at, client] of clients.entries()) {
        client.ask(randomBytes(16).toString('hex'), at % 3 === 0 ? 'lang' : at % 3 === 1 ? 'traag' : 'faal')
        if (at % 5 === 0) client.socket.send(randomBytes(50_000))
      }
      await new Promise(resolve => setTimeout(resolve, 300))
      for (const client of clients) client.cut()
      await Promise.all(
        Array.from({ length: 100 }, (_, at) =>
          post('/v1/answers', JSON.stringify({ question: 'a'.repeat(at * 2_000) })).then(response =>
            response.arrayBuffer(),
          ),
        ),
      )
    }
    // Conversations are let go after the resume window; the hub looks for them every ten seconds.
    let after = Number.POSITIVE_INFINITY
    await eventually(async () => {
      await new Promise(resolve => setTimeout(resolve, 1_000))
      after = await child.memory()
      return after - before < 15_000_000
    })
    expect(after - before).toBeLessThan(15_000_000)
  }, 90_000)
})
