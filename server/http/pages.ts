/** What people open in a browser: the demo page, the widget's files, sources, kept answers. */
import { join } from 'node:path'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import type { Span } from '../../ingest/corpus.js'
import type { Access } from '../access.js'
import type { Configuration } from '../configuration.js'
import { ServerFault } from '../faults.js'
import { renderAnswerPage } from '../pages/answer-page.js'
import { html, page } from '../pages/html.js'
import type { QuestionDesk } from '../question-desk.js'
import type { RateLimits } from '../rate-limits.js'
import { sourcePageParts } from '../source-page.js'
import type { Storage } from '../storage.js'
import { pageTexts } from '../texts.js'
import { onceDrained } from './drain.js'
import { limitRequests, pageHeaders, requireCaller } from './security.js'

/** Files of the built widget whose name changes with their content: `widget-3f9a1c2b.js`. */
const HASHED_FILE = /-[\w-]{8,}\.(js|css|woff2|svg|map)$/

/** Letters of a page that are rendered at once, about a millisecond of work. */
const PIECE_LENGTH = 65_536

/** What the pages need. */
export interface PagesParts {
  readonly configuration: Configuration
  readonly access: Access
  readonly limits: RateLimits
  readonly desk: QuestionDesk
  readonly storage: Storage
  readonly addressOf: (request: Request) => string
  /** Folder of the built widget and demo page. */
  readonly clientFolder: string
}

/** The router of everything outside the API. */
export function pagesRouter(parts: PagesParts): Router {
  const { configuration, access } = parts
  const { basePath } = configuration.server
  const router = express.Router({ caseSensitive: true, strict: true })
  router.use(pageHeaders(configuration), limitRequests(parts.limits, parts.addressOf))
  router.use((_request, response, next) => {
    response.locals.isPage = true
    response.locals.basePath = basePath
    next()
  })
  router.use(staticFiles(parts.clientFolder))
  for (const [path, file, type] of [
    ['/pagina.css', 'page.css', 'css'],
    ['/pagina.js', 'page.js', 'js'],
  ] as const) {
    get(router, path, (_request, response) => {
      response.type(type).sendFile(join(import.meta.dirname, '..', 'pages', file), { cacheControl: false })
    })
  }
  get(router, '/', (_request, response) => {
    response
      .type('html')
      .send(page(pageTexts.demoMissingTitle, basePath, html`<p>${pageTexts.widgetMissing}</p>`))
  })
  const proven: RequestHandler = access.pagesAreOpen
    ? (_request, _response, next) => next()
    : requireCaller(access, parts.addressOf)
  get(router, '/documenten/:id', proven, (request, response) => sendSource(parts, request, response))
  get(router, '/antwoorden/:id', proven, (request, response) => sendAnswer(parts, request, response))
  router.use(() => {
    throw new ServerFault('not-found', 'There is no such page.')
  })
  return router
}

/** Serves a page to GET and HEAD, and answers 405 to all other methods. */
function get(router: Router, path: string, ...handlers: RequestHandler[]): void {
  const place = router.route(path)
  place.get(
    (_request, response, next) => {
      response.locals.route = path
      next()
    },
    ...handlers,
  )
  place.all((_request, response) => {
    response.set('Allow', 'GET, HEAD')
    throw new ServerFault('method-not-allowed', 'Pages can only be read.')
  })
}

function staticFiles(folder: string): RequestHandler {
  return express.static(folder, {
    dotfiles: 'ignore',
    redirect: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      response.locals.route = 'static'
      response.setHeader(
        'Cache-Control',
        HASHED_FILE.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      // Scripts of type module are fetched with CORS; the widget may stand in a page of any website.
      if (/\.(js|css|map|woff2|svg)$/.test(path)) {
        response.setHeader('Access-Control-Allow-Origin', '*')
        response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
      }
    },
  })
}

/** The range of `?citaat=<start>-<end>`; anything else marks nothing. */
function citedSpan(value: unknown): Span | null {
  const match = typeof value === 'string' ? /^(\d{1,9})-(\d{1,9})$/.exec(value) : null
  if (!match) return null
  const [start, end] = [Number(match[1]), Number(match[2])]
  return start < end ? [start, end] : null
}

async function sendSource(
  { desk, configuration }: PagesParts,
  request: Request,
  response: Response,
): Promise<void> {
  const found = await desk.assistant().document(String(request.params.id))
  if (!found) throw new ServerFault('not-found', 'There is no document with this id.')
  const { basePath, publicUrl } = configuration.server
  const parts = sourcePageParts({
    ...found,
    cited: citedSpan(request.query.citaat),
    basePath,
    publicUrl: publicUrl ?? `${request.protocol}://${request.get('Host') ?? 'localhost'}${basePath}`,
  })
  response.type('html').set('Cache-Control', 'no-cache')
  await sendParts(response, parts)
}

/** Sends a page piece by piece: others get their turn in between, and a slow reader is waited for. */
async function sendParts(response: Response, parts: Iterable<string>): Promise<void> {
  let waiting = ''
  for (const part of parts) {
    waiting += part
    if (waiting.length < PIECE_LENGTH) continue
    if (response.destroyed) return
    if (response.write(waiting)) await new Promise(resolve => setImmediate(resolve))
    else await onceDrained(response)
    waiting = ''
  }
  response.end(waiting)
}

function sendAnswer({ storage, configuration }: PagesParts, request: Request, response: Response): void {
  const stored = storage.answer(String(request.params.id))
  if (stored === 'expired') throw new ServerFault('answer-expired', 'The answer is past its retention.')
  if (stored === null) throw new ServerFault('not-found', 'There is no answer with this id.')
  response
    .type('html')
    .set('Cache-Control', 'no-store')
    .send(renderAnswerPage(stored, configuration.server.basePath))
}
