/** Errors over HTTP: problem documents for programs, pages for people. */
import type { ErrorRequestHandler, Request, Response } from 'express'
import { z } from 'zod'
import { codeOf, FAULTS, type FaultCode, ServerFault } from '../faults.js'
import type { Logger } from '../log.js'
import type { Metrics } from '../metrics.js'
import { errorPage } from '../pages/error-page.js'
import type { Problem, ProblemError } from '../protocol.js'
import { problemTitles } from '../texts.js'

/** An invalid request, with all its faults. */
export class InvalidRequest extends ServerFault {
  readonly errors: readonly ProblemError[]

  constructor(errors: readonly ProblemError[]) {
    super('request-invalid', `The request has ${errors.length} faults.`)
    this.errors = errors
  }
}

/** Complaints of schemas in Dutch, without a setting for the whole process. */
const dutchMessage = z.locales.nl().localeError

const pointer = (path: readonly PropertyKey[]) =>
  `#${path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`

/**
 * Checks a part of a request against its schema.
 *
 * @throws {InvalidRequest} with every complaint
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  part: ProblemError['in'],
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: dutchMessage })
  if (parsed.success) return parsed.data
  throw new InvalidRequest(
    parsed.error.issues.map(({ path, code, message, ...issue }) => {
      const isTooLong = code === 'too_big' && path[0] === 'question' && 'maximum' in issue
      return {
        in: part,
        location: part === 'body' ? { pointer: pointer(path) } : { name: String(path[0] ?? '') },
        code: isTooLong ? 'question-too-long' : code.replaceAll('_', '-'),
        detail: isTooLong ? FAULTS['question-too-long'].text : message,
      }
    }),
  )
}

/** The problem document of a fault. */
function toProblem(error: unknown, requestId?: string): Problem {
  const code = codeOf(error)
  const { status, text, retryable } = FAULTS[code]
  const errors = error instanceof InvalidRequest ? error.errors : questionErrors(code)
  return {
    type: 'about:blank',
    title: problemTitles[status] ?? text,
    status,
    detail: text,
    code,
    retryable,
    ...(requestId !== undefined && { requestId }),
    ...(errors && { errors: [...errors] }),
  }
}

/** Faults that the assistant finds in a question, told in the way of all invalid input. */
function questionErrors(code: FaultCode): readonly ProblemError[] | null {
  if (code !== 'question-empty' && code !== 'question-too-long') return null
  return [{ in: 'body', location: { pointer: '#/question' }, code, detail: FAULTS[code].text }]
}

/** What Express throws, as our own faults. */
function translate(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || error instanceof ServerFault) return error
  const status = Reflect.get(error, 'status')
  if (error instanceof URIError || status === 400)
    return new ServerFault('request-invalid', 'Malformed request.')
  if (status === 404) return new ServerFault('not-found', 'No such file.')
  return error
}

/** Sends a fault in the form the client asked for; ends the connection when an answer is under way already. */
export function errorHandler(parts: {
  readonly log: Logger
  readonly metrics: Metrics
}): ErrorRequestHandler {
  return (thrown: unknown, request: Request, response: Response, _next) => {
    const error = translate(thrown)
    const code = codeOf(error)
    const requestId = String(response.locals.requestId)
    parts.metrics.fault(code)
    if (FAULTS[code].status >= 500) parts.log.error({ err: error, requestId, code }, 'request failed')
    if (response.headersSent) {
      response.destroy()
      return
    }
    const problem = toProblem(error, requestId)
    if (error instanceof ServerFault && error.retryAfterSeconds !== null) {
      response.set('Retry-After', String(error.retryAfterSeconds))
    }
    if (code === 'unauthenticated') response.set('WWW-Authenticate', 'Bearer')
    response.status(problem.status).set('Cache-Control', 'no-store')
    if (response.locals.isPage && request.accepts(['json', 'html']) === 'html') {
      response.type('html').send(errorPage(problem, String(response.locals.basePath)))
    } else {
      response.type('application/problem+json').send(JSON.stringify(problem))
    }
  }
}
