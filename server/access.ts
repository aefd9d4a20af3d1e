/**
 * Who may do what: API keys, bearer tokens of an identity provider, visitor tokens, origins.
 *
 * A visitor token limits use, it does not authenticate: whoever can open a page that embeds the widget can have one.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { JwtVerifier } from './bearer-tokens.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'

/** Someone who calls, as far as is known. */
export interface Caller {
  /** `open`: nobody has to prove anything. */
  readonly kind: 'open' | 'key' | 'subject' | 'visitor'
  /** Key of the rate limit: a key's name, a subject, a token's id; for `open` the network address. */
  readonly limitKey: string
  /** Name for the record and for logs: kind and, for keys, the key's name. Never a person or an address. */
  readonly record: string
  /** Whether it may read what only operators may. */
  readonly operator: boolean
  /** Network address, IPv6 shortened to its /64. Used for limits, never stored. */
  readonly address: string
  /** Milliseconds since 1970 after which the proof is void; `null`: never. */
  readonly expiresAt: number | null
}

/** What a request shows of itself. */
export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined
  /** A visitor token given elsewhere, as in a WebSocket subprotocol. */
  readonly visitorToken?: string | undefined
  /** The `Origin` header. */
  readonly origin: string | undefined
  /** The `Host` header. */
  readonly host: string | undefined
  /** Network address of the client. */
  readonly address: string
}

/** How API keys begin; a scanner for leaked secrets can look for it. */
const KEY_PREFIX = 'vpk_'
const VISITOR_PREFIX = 'vpv.'

/** Bytes of randomness in an API key and in the secret that signs visitor tokens. */
const SECRET_BYTES = 32

const sha256 = (text: string) => createHash('sha256').update(text).digest()

const apiKeySchema = z.object({
  name: z.string().regex(/^[\w.-]{1,60}$/),
  role: z.enum(['caller', 'operator']),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform(hex => Buffer.from(hex, 'hex')),
})
type ApiKey = z.output<typeof apiKeySchema>

/** A new API key: shown once to its user, and the entry that the server keeps. */
export function createApiKey(
  name: string,
  role: ApiKey['role'],
): { readonly key: string; readonly entry: string } {
  const key = KEY_PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
  const entry = `${name}:${role}:${sha256(key).toString('hex')}`
  parseApiKey(entry, 'name')
  return { key, entry }
}

function parseApiKey(entry: string, place: string): ApiKey {
  const [name, role, hash] = entry.split(':').map(part => part.trim())
  const parsed = apiKeySchema.safeParse({ name, role, hash })
  if (parsed.success) return parsed.data
  throw new ServerFault(
    'configuration-invalid',
    `${place}: is not of the form name:role:sha256, with a name of at most 60 letters, digits, dots and hyphens and the role caller or operator. Make one with: npm run keys -- <name>`,
  )
}

function readApiKeys(access: Configuration['access']): readonly ApiKey[] {
  const entries = access.apiKeys.map((entry, index) => parseApiKey(entry, `API_KEYS entry ${index + 1}`))
  if (access.apiKeysFile === null) return entries
  let text: string
  try {
    text = readFileSync(access.apiKeysFile, 'utf8')
  } catch (cause) {
    throw new ServerFault(
      'configuration-invalid',
      `API_KEYS_FILE: ${access.apiKeysFile} cannot be read. Correct the path, or give this user read access.`,
      { cause },
    )
  }
  const lines = text.split('\n').map(line => line.trim())
  const fromFile = lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') ? [] : [parseApiKey(line, `${access.apiKeysFile} line ${index + 1}`)],
  )
  return [...entries, ...fromFile]
}

const visitorPayloadSchema = z.object({ id: z.string(), origin: z.string(), expiresAt: z.number() })

/** Decides for one configuration. */
export class Access {
  readonly #configuration: Configuration
  readonly #now: () => number
  /** Lives as long as the process: visitors get a new token after a restart. */
  readonly #visitorSecret = randomBytes(SECRET_BYTES)
  readonly #jwt: JwtVerifier | null
  #keys: readonly ApiKey[]

  /** @throws {ServerFault} `configuration-invalid` for API key entries that cannot be read */
  constructor(configuration: Configuration, now: () => number = Date.now) {
    this.#configuration = configuration
    this.#now = now
    this.#keys = readApiKeys(configuration.access)
    this.#jwt = configuration.access.jwt ? new JwtVerifier(configuration.access.jwt) : null
  }

  /** Whether callers without any proof are served. */
  get isOpen(): boolean {
    return this.#configuration.access.authentication === 'none'
  }

  /** Whether a browser without other proof needs a visitor token, and can get one. */
  get visitorTokenRequired(): boolean {
    return !this.isOpen && this.#configuration.access.visitors === 'allow'
  }

  /** Whether pages for people may be read without proof: where anyone may have a visitor token, a page is no secret. */
  get pagesAreOpen(): boolean {
    return this.isOpen || this.#configuration.access.visitors === 'allow'
  }

  /** Reads the file with API keys again. Throws as the constructor; the old keys then stay. */
  reloadKeys(): void {
    this.#keys = readApiKeys(this.#configuration.access)
  }

  /**
   * Finds out who calls.
   *
   * @throws {ServerFault} `unauthenticated` without valid proof where one is needed; `forbidden` when the role is missing
   */
  async identify(credentials: Credentials): Promise<Caller> {
    const address = networkOf(credentials.address)
    const bearer = /^Bearer +([\w.~+/=-]{1,8192})$/i.exec(credentials.authorization ?? '')?.[1]
    const visitorToken = credentials.visitorToken ?? (bearer?.startsWith(VISITOR_PREFIX) ? bearer : undefined)
    if (visitorToken !== undefined) return this.#visitor(visitorToken, credentials, address)
    const { authentication } = this.#configuration.access
    if (bearer?.startsWith(KEY_PREFIX) && authentication === 'api-keys') {
      const key = this.#findKey(bearer)
      if (!key) throw new ServerFault('unauthenticated', 'The API key is not known.')
      const { name, role } = key
      return {
        kind: 'key',
        limitKey: name,
        record: `key:${name}`,
        operator: role === 'operator',
        address,
        expiresAt: null,
      }
    }
    if (bearer !== undefined && this.#jwt) {
      const { subject, operator, expiresAt } = await this.#jwt.verify(bearer)
      return { kind: 'subject', limitKey: subject, record: 'subject', operator, address, expiresAt }
    }
    if (authentication !== 'none') throw new ServerFault('unauthenticated', 'No valid proof was given.')
    return { kind: 'open', limitKey: address, record: 'open', operator: false, address, expiresAt: null }
  }

  /**
   * Makes a token for a visitor of a page.
   *
   * @throws {ServerFault} `forbidden` with VISITORS=deny, `origin-not-allowed` for a page of another website
   */
  issueVisitorToken(
    origin: string | undefined,
    host: string | undefined,
  ): { token: string; expiresInSeconds: number } {
    if (this.#configuration.access.visitors === 'deny') {
      throw new ServerFault('forbidden', 'VISITORS is deny: visitors get no token.')
    }
    this.requireOrigin(origin, host)
    const { visitorTokenSeconds } = this.#configuration.access
    const payload = {
      id: randomBytes(12).toString('base64url'),
      origin: this.#isOwnOrigin(origin, host) ? 'own' : String(origin),
      expiresAt: this.#now() + visitorTokenSeconds * 1_000,
    } satisfies z.output<typeof visitorPayloadSchema>
    const body = Buffer.from(JSON.stringify(payload)).toString('base64url')
    return {
      token: `${VISITOR_PREFIX}${body}.${this.#sign(body)}`,
      expiresInSeconds: visitorTokenSeconds,
    }
  }

  /** Whether a browser page of this origin may use the API. No `Origin` header: no browser page of another website. */
  originAllowed(origin: string | undefined, host: string | undefined): boolean {
    const { allowedOrigins } = this.#configuration.access
    return (
      this.#isOwnOrigin(origin, host) ||
      allowedOrigins.includes('*') ||
      allowedOrigins.includes(String(origin))
    )
  }

  /** @throws {ServerFault} `origin-not-allowed` */
  requireOrigin(origin: string | undefined, host: string | undefined): void {
    if (!this.originAllowed(origin, host)) {
      throw new ServerFault('origin-not-allowed', 'The origin is not in ALLOWED_ORIGINS.')
    }
  }

  /**
   * Whether the `Host` header names this server. A server on loopback answers to loopback names and PUBLIC_URL only:
   * otherwise a website could reach it through a name that it points at 127.0.0.1 (DNS rebinding).
   */
  hostAllowed(host: string | undefined): boolean {
    const { server } = this.#configuration
    if (!isLoopback(server.host)) return true
    const name = hostname(host)
    if (name === null) return false
    return (
      isLoopback(name) || name === hostname(server.publicUrl ? new URL(server.publicUrl).host : undefined)
    )
  }

  #isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return true
    const { publicUrl } = this.#configuration.server
    if (publicUrl && origin === new URL(publicUrl).origin) return true
    // Behind a proxy that ends TLS the scheme differs, so hosts are compared; `hostAllowed` guards against rebinding.
    return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#visitorSecret).update(body).digest('base64url')
  }

  #findKey(presented: string): ApiKey | undefined {
    const hash = sha256(presented)
    let found: ApiKey | undefined
    // Every entry is compared, each in constant time, so that timing tells nothing.
    for (const key of this.#keys) if (timingSafeEqual(key.hash, hash)) found = key
    return found
  }

  #visitor(token: string, { origin, host }: Credentials, address: string): Caller {
    const refuse = (why: string) => new ServerFault('unauthenticated', `The visitor token ${why}.`)
    if (this.#configuration.access.visitors === 'deny') throw refuse('is not used here: VISITORS is deny')
    const [body = '', signature = ''] = token.slice(VISITOR_PREFIX.length).split('.')
    if (!timingSafeEqual(sha256(signature), sha256(this.#sign(body))))
      throw refuse('was not signed by this process')
    const payload = visitorPayloadSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')))
    if (payload.expiresAt <= this.#now()) throw refuse('has expired')
    const matches = payload.origin === 'own' ? this.#isOwnOrigin(origin, host) : payload.origin === origin
    if (!matches) throw refuse('belongs to another origin')
    return {
      kind: 'visitor',
      limitKey: payload.id,
      record: 'visitor',
      operator: false,
      address,
      expiresAt: payload.expiresAt,
    }
  }
}

const hostname = (host: string | undefined): string | null =>
  host !== undefined && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : null

/** Whether a host name or address is this machine itself. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name)
  )
}

/** The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIPv4(address) || !isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, missing)).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
