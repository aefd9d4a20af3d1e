/** The HTTP application: routes and their order. It does not listen. With `server/http/` the only code that knows Express. */
import type { IncomingMessage } from 'node:http'
import compression from 'compression'
import express, { type Express, type Request, type RequestHandler } from 'express'
import { isLoopback } from './access.js'
import type { Assistant } from './assistant.js'
import { ServerFault } from './faults.js'
import { type ApiParts, apiRouter } from './http/api.js'
import { pagesRouter } from './http/pages.js'
import { errorHandler } from './http/problem.js'
import { requestIds, requireHost } from './http/security.js'
import type { Logger } from './log.js'

/** Bytes below which compressing costs more than it saves. */
const COMPRESSION_THRESHOLD = 2_048

/** What the application needs. */
export interface AppParts extends Omit<ApiParts, 'addressOf'> {
  readonly log: Logger
  /** The open assistant; `null` while it is being opened. */
  readonly assistant: () => Assistant | null
  /** Folder of the built widget and demo page. */
  readonly clientFolder: string
}

/** An application that does not listen yet. */
export interface App {
  readonly handle: Express
  /** Network address of a client, trusted proxies taken into account. */
  readonly addressOf: (request: IncomingMessage) => string
}

/** Makes the application. */
export function createApp(parts: AppParts): App {
  const { configuration, access } = parts
  const { basePath, trustedProxies } = configuration.server
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', trustedProxies.length > 0 ? [...trustedProxies] : false)
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.set('strict routing', true)
  const addressOf = (request: IncomingMessage) => clientAddress(request, app.get('trust proxy fn'))

  app.use(requestIds, logRequests(parts), requireHost(access))
  app.use(compression({ threshold: COMPRESSION_THRESHOLD, filter: isCompressible }))
  const prefixed = express.Router({ caseSensitive: true, strict: true })
  prefixed.get('/health/live', (_request, response) => {
    response.locals.route = '/health/live'
    response.set('Cache-Control', 'no-store').json({ status: 'live' })
  })
  prefixed.get('/health/ready', (_request, response) => {
    response.locals.route = '/health/ready'
    parts.storage.check()
    parts.desk.assistant()
    response.set('Cache-Control', 'no-store').json({ status: 'ready' })
  })
  prefixed.get('/metrics', async (request, response) => {
    response.locals.route = '/metrics'
    await requireOperator(parts, request, addressOf)
    response
      .set('Cache-Control', 'no-store')
      .type(parts.metrics.contentType)
      .send(await parts.metrics.text())
  })
  prefixed.use('/v1', apiRouter({ ...parts, addressOf }))
  prefixed.use(pagesRouter({ ...parts, addressOf }))
  if (basePath !== '') {
    // Relative addresses in the demo page need the slash at the end.
    app.get(basePath, (request, response, next) => {
      if (request.path === basePath) response.redirect(308, `${basePath}/`)
      else next()
    })
    app.use(basePath, prefixed)
    app.use(() => {
      throw new ServerFault('not-found', 'Everything is under BASE_PATH.')
    })
  } else {
    app.use(prefixed)
  }
  app.use(errorHandler(parts))
  return { handle: app, addressOf }
}

type TrustProxy = (address: string, hop: number) => boolean

/** The first address, seen from here, that is not a trusted proxy. */
function clientAddress(request: IncomingMessage, isTrusted: TrustProxy): string {
  const header = request.headers['x-forwarded-for']
  const forwarded = String(header ?? '')
    .split(',')
    .map(address => address.trim())
    .filter(address => address !== '')
  const addresses = [request.socket.remoteAddress ?? '', ...forwarded.reverse()]
  const client = addresses.find((address, hop) => !isTrusted(address, hop))
  return client ?? (addresses.at(-1) as string)
}

const isCompressible = (request: Request, response: express.Response) =>
  !String(response.getHeader('Content-Type')).startsWith('text/event-stream') &&
  compression.filter(request, response)

/** One line a request: never its query or body, and the path only where it names a route. */
function logRequests({ log, metrics }: AppParts): RequestHandler {
  return (request, response, next) => {
    const started = performance.now()
    const { method } = request
    response.on('close', () => {
      const durationMs = performance.now() - started
      const route = String(response.locals.route ?? 'none')
      const { statusCode, writableFinished } = response
      metrics.requested(route, statusCode, durationMs)
      const isQuiet = route.startsWith('/health') || route === 'static' || route === '/metrics'
      log[isQuiet ? 'debug' : 'info'](
        {
          requestId: response.locals.requestId,
          method,
          route,
          status: statusCode,
          durationMs: Math.round(durationMs * 10) / 10,
          ...(!writableFinished && { aborted: true }),
        },
        'request',
      )
    })
    next()
  }
}

/** Lets operators read the metrics, and whoever METRICS lets. */
async function requireOperator(
  { configuration, access }: AppParts,
  request: Request,
  addressOf: (request: IncomingMessage) => string,
): Promise<void> {
  const { metrics } = configuration.access
  if (metrics === 'allow') return
  const address = addressOf(request)
  // A proxy on this machine that is not named as trusted would make everyone look local.
  const isForwarded =
    request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
  const isTrusted = configuration.server.trustedProxies.length > 0
  if (metrics === 'loopback' && isLoopback(address) && (!isForwarded || isTrusted)) return
  const { authorization, origin, host } = request.headers
  const caller = await access.identify({ authorization, origin, host, address })
  if (!caller.operator) throw new ServerFault('forbidden', 'Only operators may read the metrics.')
}
