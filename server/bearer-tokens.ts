/** Bearer tokens of an identity provider (OpenID Connect). The only file that knows jose. */
import type { createRemoteJWKSet, JWTPayload } from 'jose'
import { z } from 'zod'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'

/** Milliseconds to wait for the identity provider. */
const TIMEOUT = 5_000

/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE = 30

/** Signatures with a public key only: a shared secret would let whoever verifies also sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** What a verified token says. */
export interface VerifiedToken {
  readonly subject: string
  readonly operator: boolean
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

type JwtSettings = NonNullable<Configuration['access']['jwt']>

/** Verifies tokens against the keys of one issuer, which are fetched when needed and kept. */
export class JwtVerifier {
  readonly #settings: JwtSettings
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | null = null

  constructor(settings: JwtSettings) {
    this.#settings = settings
  }

  /**
   * Checks signature, issuer, audience, times and role.
   *
   * @throws {ServerFault} `unauthenticated`; `forbidden` when the required role is missing; `timeout` when the identity
   *   provider cannot be reached
   */
  async verify(token: string): Promise<VerifiedToken> {
    const { issuer, audience, requiredRole, operatorRole } = this.#settings
    const payload = await this.#payload(token, issuer, audience)
    const roles = rolesOf(payload, this.#settings.rolesClaim)
    if (requiredRole !== null && !roles.includes(requiredRole) && !roles.includes(operatorRole)) {
      throw new ServerFault('forbidden', `The token lacks the role ${requiredRole}.`)
    }
    return {
      subject: payload.sub ?? 'unknown',
      operator: roles.includes(operatorRole),
      expiresAt: (payload.exp as number) * 1_000,
    }
  }

  async #payload(token: string, issuer: string, audience: string): Promise<JWTPayload> {
    // Imported only where there are such tokens, so that the default start stays fast.
    const { errors, jwtVerify } = await import('jose')
    try {
      this.#keys ??= this.#findKeys()
      const { payload } = await jwtVerify(token, await this.#keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp', 'sub'],
      })
      return payload
    } catch (cause) {
      if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError)) {
        this.#keys = null
        throw new ServerFault(
          'timeout',
          `The identity provider ${issuer} cannot be reached. See that it runs, and check JWT_ISSUER and JWT_JWKS_URL.`,
          { cause },
        )
      }
      throw new ServerFault('unauthenticated', `The bearer token is not valid (${cause.code}).`, { cause })
    }
  }

  async #findKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    const { createRemoteJWKSet } = await import('jose')
    const address = this.#settings.jwksUrl ?? (await this.#discover())
    return createRemoteJWKSet(new URL(address), { timeoutDuration: TIMEOUT })
  }

  async #discover(): Promise<string> {
    const address = `${this.#settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT), redirect: 'error' })
    if (!response.ok) throw new Error(`${address} answered ${response.status}`)
    const found = z.object({ issuer: z.string(), jwks_uri: z.url() }).parse(await response.json())
    if (found.issuer !== this.#settings.issuer) throw new Error(`${address} speaks for ${found.issuer}`)
    return found.jwks_uri
  }
}

function rolesOf(payload: JWTPayload, claim: string): readonly string[] {
  let value: unknown = payload
  for (const step of claim.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? Reflect.get(value, step)
        : null
  }
  if (typeof value === 'string') return value.split(' ')
  return Array.isArray(value) ? value.filter(role => typeof role === 'string') : []
}
