import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Access, type Credentials, createApiKey, isLoopback, networkOf } from '../../server/access.js'
import { readConfiguration } from '../../server/configuration.js'
import { RateLimits } from '../../server/rate-limits.js'

const from = (rest: Partial<Credentials> = {}): Credentials => ({
  authorization: undefined,
  origin: undefined,
  host: 'vragen.example',
  address: '192.0.2.1',
  ...rest,
})
const bearer = (token: string) => from({ authorization: `Bearer ${token}` })
const open = (environment: Record<string, string>, now?: () => number) =>
  new Access(readConfiguration(environment), now)

describe('without authentication', () => {
  it('everyone is served, limited by network address', async () => {
    expect(await open({}).identify(from())).toMatchObject({
      kind: 'open',
      limitKey: '192.0.2.1',
      operator: false,
    })
  })

  it('what a proxy sends along does not matter', async () => {
    expect(await open({}).identify(bearer('something.of.theirs'))).toMatchObject({ kind: 'open' })
  })
})

describe('an API key', () => {
  const { key, entry } = createApiKey('intranet', 'caller')
  const operator = createApiKey('prometheus', 'operator')
  const access = open({ AUTH: 'api-keys', API_KEYS: `${entry},${operator.entry}` })

  it('opens, and its name stands in the record', async () => {
    expect(await access.identify(bearer(key))).toMatchObject({
      kind: 'key',
      record: 'key:intranet',
      operator: false,
    })
    expect(await access.identify(bearer(operator.key))).toMatchObject({ operator: true })
  })

  it('is not kept: only its hash is', () => {
    expect(entry).not.toContain(key.slice(4, 20))
    expect(entry).toMatch(/^intranet:caller:[0-9a-f]{64}$/)
  })

  it.each([
    ['none', from()],
    ['another', bearer(createApiKey('intranet', 'caller').key)],
    ['one with a letter changed', bearer(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)],
    ['the hash itself', bearer(entry.split(':')[2] as string)],
    ['another scheme', from({ authorization: `Basic ${key}` })],
    ['a made-up visitor token', bearer('vpv.abc.def')],
    ['something very long', from({ authorization: `Bearer ${'a'.repeat(100_000)}` })],
  ])('is needed: %s does not do', async (_name, credentials) => {
    await expect(access.identify(credentials)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('is read from a file, again on request, and a fault in the file names the line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vindplaats-keys-'))
    const file = join(folder, 'keys')
    writeFileSync(file, `# for the intranet\n\n${entry}\n`)
    const fromFile = open({ AUTH: 'api-keys', API_KEYS_FILE: file })
    expect(await fromFile.identify(bearer(key))).toMatchObject({ record: 'key:intranet' })
    writeFileSync(file, `${operator.entry}\n`)
    fromFile.reloadKeys()
    await expect(fromFile.identify(bearer(key))).rejects.toMatchObject({ code: 'unauthenticated' })
    writeFileSync(file, `${operator.entry}\nnonsense\n`)
    expect(() => fromFile.reloadKeys()).toThrow(/line 2/)
    expect(await fromFile.identify(bearer(operator.key))).toMatchObject({ operator: true })
    rmSync(folder, { recursive: true })
  })
})

describe('a visitor token', () => {
  const { entry } = createApiKey('intranet', 'caller')
  const clock = { now: 1_000_000 }
  const environment = {
    AUTH: 'api-keys',
    API_KEYS: entry,
    VISITORS: 'allow',
    ALLOWED_ORIGINS: 'https://intranet.example',
    VISITOR_TOKEN_SECONDS: '60',
  }
  const access = open(environment, () => clock.now)
  const tokenFor = (origin?: string) => access.issueVisitorToken(origin, 'vragen.example').token

  it('serves the page it was made for, limited by its id', async () => {
    const token = tokenFor('https://intranet.example')
    const caller = await access.identify({ ...bearer(token), origin: 'https://intranet.example' })
    expect(caller).toMatchObject({
      kind: 'visitor',
      record: 'visitor',
      operator: false,
      expiresAt: 1_060_000,
    })
    const other = await access.identify({
      ...bearer(tokenFor('https://intranet.example')),
      origin: 'https://intranet.example',
    })
    expect(other.limitKey).not.toBe(caller.limitKey)
  })

  it('does not serve another page, nor no page', async () => {
    const token = tokenFor('https://intranet.example')
    for (const origin of ['https://elders.example', 'null', undefined]) {
      await expect(access.identify({ ...bearer(token), origin })).rejects.toMatchObject({
        code: 'unauthenticated',
      })
    }
  })

  it('of our own page serves requests in which a browser names no origin', async () => {
    const token = tokenFor('http://vragen.example')
    expect(await access.identify(bearer(token))).toMatchObject({ kind: 'visitor' })
  })

  it('ends', async () => {
    const token = tokenFor()
    clock.now += 61_000
    await expect(access.identify(bearer(token))).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('cannot be changed, nor made elsewhere', async () => {
    const token = tokenFor()
    const [, body = '', signature = ''] = token.split('.')
    const longer = JSON.parse(Buffer.from(body, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...longer, expiresAt: 9e15 })).toString('base64url')
    const elsewhere = open(environment, () => clock.now).issueVisitorToken(undefined, 'vragen.example').token
    for (const wrong of [`vpv.${forged}.${signature}`, `vpv.${body}.`, `vpv.${body}`, 'vpv.', elsewhere]) {
      await expect(access.identify(bearer(wrong))).rejects.toMatchObject({ code: 'unauthenticated' })
    }
  })

  it('is not made for pages of other websites, and not at all with VISITORS=deny', () => {
    expect(() => tokenFor('https://elders.example')).toThrow(
      expect.objectContaining({ code: 'origin-not-allowed' }),
    )
    const denying = open({ ...environment, VISITORS: 'deny' })
    expect(() => denying.issueVisitorToken(undefined, 'vragen.example')).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    )
  })
})

describe('origins and hosts', () => {
  const access = open({ ALLOWED_ORIGINS: 'https://intranet.example', PUBLIC_URL: 'https://vragen.example/v' })

  it.each([
    [undefined, true],
    ['https://vragen.example', true],
    ['http://127.0.0.1:3000', true],
    ['https://intranet.example', true],
    ['https://intranet.example.evil.example', false],
    ['https://intranet.example:8443', false],
    ['http://intranet.example', false],
    ['null', false],
    ['', false],
    ['file://', false],
  ])('origin %s allowed: %s', (origin, allowed) => {
    expect(access.originAllowed(origin, '127.0.0.1:3000')).toBe(allowed)
  })

  it.each([
    ['127.0.0.1:3000', true],
    ['localhost', true],
    ['[::1]:3000', true],
    ['demo.localhost:3000', true],
    ['vragen.example', true],
    ['rebound.example:3000', false],
    ['localhost.rebound.example', false],
    ['127.0.0.1.rebound.example', false],
    ['', false],
    [undefined, false],
  ])('a server on loopback answers to the name %s: %s', (host, allowed) => {
    expect(access.hostAllowed(host)).toBe(allowed)
    expect(open({ HOST: '0.0.0.0' }).hostAllowed(host)).toBe(true)
  })

  it('names loopback addresses', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '1270.0.0.1'].some(isLoopback)).toBe(false)
  })
})

describe('a network address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['nonsense', 'nonsense'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('a token of an identity provider', () => {
  let server: Server
  let issuer: string
  let sign: (
    claims: Record<string, unknown>,
    options?: { audience?: string; issuer?: string; expires?: string },
  ) => Promise<string>
  let stranger: CryptoKey
  let access: Access

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    stranger = (await generateKeyPair('RS256')).privateKey
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
    server = createServer((request, response) => {
      response.setHeader('Content-Type', 'application/json')
      if (request.url === '/.well-known/openid-configuration') {
        response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }))
      } else response.end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    sign = (claims, options = {}) =>
      new SignJWT({ sub: 'jansen', ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(options.issuer ?? issuer)
        .setAudience(options.audience ?? 'vindplaats')
        .setIssuedAt()
        .setExpirationTime(options.expires ?? '5m')
        .sign(privateKey)
    access = open({
      AUTH: 'jwt',
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: 'vindplaats',
      JWT_ROLES_CLAIM: 'realm_access.roles',
      JWT_REQUIRED_ROLE: 'vragensteller',
    })
  })
  afterAll(() => new Promise(resolve => server.close(resolve)))

  const roles = (...names: string[]) => ({ realm_access: { roles: names } })

  it('opens when key, issuer, audience, time and role are right', async () => {
    const caller = await access.identify(bearer(await sign(roles('vragensteller'))))
    expect(caller).toMatchObject({ kind: 'subject', limitKey: 'jansen', record: 'subject', operator: false })
    expect(caller.expiresAt).toBeGreaterThan(Date.now())
    expect(await access.identify(bearer(await sign(roles('operator'))))).toMatchObject({ operator: true })
  })

  it('lacks a role: known, but not allowed', async () => {
    for (const claims of [roles(), roles('iets-anders'), {}, { realm_access: 'vragensteller' }]) {
      await expect(access.identify(bearer(await sign(claims)))).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  it('is refused when anything about it is wrong', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`
    const shared = await new SignJWT({ sub: 'x', ...roles('operator') })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setAudience('vindplaats')
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode('k1'))
    const foreign = await new SignJWT({ sub: 'x', ...roles('operator') })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience('vindplaats')
      .setExpirationTime('5m')
      .sign(stranger)
    const good = roles('vragensteller')
    for (const token of [
      await sign(good, { audience: 'anders' }),
      await sign(good, { issuer: 'https://elders.example' }),
      await sign(good, { expires: '-5m' }),
      unsigned,
      shared,
      foreign,
      'a.b.c',
      'nonsense',
    ]) {
      await expect(access.identify(bearer(token))).rejects.toMatchObject({ code: 'unauthenticated' })
    }
  })

  it('is not judged while the identity provider cannot be reached: a fault that can be tried again', async () => {
    const lonely = open({ AUTH: 'jwt', JWT_ISSUER: 'http://127.0.0.1:9', JWT_AUDIENCE: 'vindplaats' })
    await expect(lonely.identify(bearer(await sign({})))).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('a rate limit', () => {
  const limits = (environment: Record<string, string>, now: () => number) =>
    new RateLimits(readConfiguration(environment).limits, now)
  const caller = {
    kind: 'open',
    limitKey: 'a',
    record: 'open',
    operator: false,
    address: 'a',
    expiresAt: null,
  } as const

  it('lets so many through in a window, tells what is left, and starts anew', () => {
    const clock = { now: 0 }
    const limited = limits({ RATE_QUESTIONS_PER_ADDRESS: '2', RATE_WINDOW_SECONDS: '10' }, () => clock.now)
    expect(limited.takeQuestion(caller)[0]).toMatchObject({ remaining: 1, resetSeconds: 10 })
    clock.now = 4_500
    expect(limited.takeQuestion(caller)[0]).toMatchObject({ remaining: 0, resetSeconds: 6 })
    expect(() => limited.takeQuestion(caller)).toThrow(
      expect.objectContaining({ code: 'rate-limited', retryAfterSeconds: 6 }),
    )
    expect(() => limited.takeQuestion({ ...caller, address: 'b' })).not.toThrow()
    clock.now = 10_000
    expect(() => limited.takeQuestion(caller)).not.toThrow()
  })

  it('of visitors holds for the token and for the address, so that many tokens do not help', () => {
    const limited = limits({ RATE_QUESTIONS_PER_VISITOR: '1', RATE_QUESTIONS_PER_ADDRESS: '3' }, () => 0)
    const visitor = (id: string) => ({ ...caller, kind: 'visitor' as const, limitKey: id })
    limited.takeQuestion(visitor('1'))
    expect(() => limited.takeQuestion(visitor('1'))).toThrow()
    limited.takeQuestion(visitor('2'))
    expect(() => limited.takeQuestion(visitor('3'))).toThrow()
  })

  it('remembers a bounded number of callers', () => {
    const limited = limits({}, () => 0)
    for (let at = 0; at < 60_000; at++) limited.requests.use(`address-${at}`)
    expect(limited.requests.size).toBeLessThanOrEqual(50_000)
  })
})
