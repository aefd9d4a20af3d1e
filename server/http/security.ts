/** What every response carries for safety, and who may call at all. */
import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import helmet from 'helmet'
import type { Access, Caller } from '../access.js'
import type { Configuration } from '../configuration.js'
import { ServerFault } from '../faults.js'
import type { LimitVerdict, RateLimits } from '../rate-limits.js'
import { RateLimitFault } from '../rate-limits.js'

/** Seconds that browsers remember to use https, once they have been here over https. */
const HSTS_SECONDS = 31_536_000

/** Seconds that browsers remember the answer to a preflight. */
const PREFLIGHT_SECONDS = 600

/** Form of a request id that is taken over from a proxy. */
const REQUEST_ID = /^[\w-]{8,64}$/

/** Gives every request an id, which stands in the log and in problem documents. */
export const requestIds: RequestHandler = (request, response, next) => {
  const given = request.get('X-Request-Id')
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID()
  response.locals.requestId = requestId
  response.set('X-Request-Id', requestId)
  next()
}

/** Headers of pages: scripts and styles of this server only, framed only where the configuration says so. */
export function pageHeaders({ access }: Configuration): RequestHandler {
  const { frameAncestors } = access
  const isOnly = (source: string) => frameAncestors.length === 1 && frameAncestors[0] === source
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: [...frameAncestors],
      },
    },
    // The older header knows no list; where it cannot say the same it is left out.
    frameguard: isOnly("'none'") ? { action: 'deny' } : isOnly("'self'") ? { action: 'sameorigin' } : false,
    strictTransportSecurity: { maxAge: HSTS_SECONDS },
    referrerPolicy: { policy: 'same-origin' },
  })
}

/** Headers that the NL API Design Rules ask of every response of the API. */
export const apiHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  frameguard: { action: 'deny' },
  strictTransportSecurity: { maxAge: HSTS_SECONDS },
  referrerPolicy: { policy: 'no-referrer' },
})

/** Refuses requests that reach a server on loopback under a foreign name. */
export function requireHost(access: Access): RequestHandler {
  return (request, _response, next) => {
    if (!access.hostAllowed(request.headers.host)) {
      throw new ServerFault(
        'origin-not-allowed',
        'The Host header does not name this server; see PUBLIC_URL.',
      )
    }
    next()
  }
}

/** Lets pages of allowed origins use the API, and no others. */
export function crossOrigin(access: Access): RequestHandler {
  return (request, response, next) => {
    const { origin, host } = request.headers
    response.vary('Origin')
    access.requireOrigin(origin, host)
    if (origin !== undefined) {
      response.set('Access-Control-Allow-Origin', origin)
      response.set(
        'Access-Control-Expose-Headers',
        'API-Version, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
      )
    }
    if (request.method === 'OPTIONS' && request.get('Access-Control-Request-Method') !== undefined) {
      response.set('Access-Control-Allow-Methods', 'GET, POST')
      response.set('Access-Control-Allow-Headers', 'Authorization, Content-Type, Accept')
      response.set('Access-Control-Max-Age', String(PREFLIGHT_SECONDS))
      response.status(204).end()
      return
    }
    next()
  }
}

/** Tells which limits hold and what is left of them, as in draft 8 of the RateLimit header fields. */
export function tellLimits(response: Response, verdicts: readonly LimitVerdict[]): void {
  const policies = verdicts.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
  const states = verdicts.map(
    ({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`,
  )
  response.set('RateLimit-Policy', policies.join(', '))
  response.set('RateLimit', states.join(', '))
}

/** Counts every request of a network address. */
export function limitRequests(limits: RateLimits, addressOf: (request: Request) => string): RequestHandler {
  return (request, response, next) => {
    const verdict = limits.requests.use(addressOf(request))
    tellLimits(response, [verdict])
    if (!verdict.allowed) throw new RateLimitFault(verdict)
    next()
  }
}

/** Finds out who calls and remembers it for the routes that follow. */
export function requireCaller(access: Access, addressOf: (request: Request) => string): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const { authorization, origin, host } = request.headers
    response.locals.caller = await access.identify({
      authorization,
      origin,
      host,
      address: addressOf(request),
    })
    next()
  }
}

/** The caller that `requireCaller` found. */
export const callerOf = (response: Response): Caller => response.locals.caller as Caller
