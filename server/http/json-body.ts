/** Reading a JSON body: bounded, refused as soon as it is too large, in UTF-8 only. */
import type { Request, RequestHandler, Response } from 'express'
import { ServerFault } from '../faults.js'
import { apiTexts } from '../texts.js'
import { InvalidRequest } from './problem.js'

/**
 * Milliseconds for which the rest of a refused body is read and thrown away, so that a client that is still sending can
 * read the refusal before the connection ends.
 */
const DISCARD_LIMIT = 1_000

/** Reads the body of a request into `request.body`. */
export function readJson(maximumBytes: number): RequestHandler {
  return async (request, response, next) => {
    requireJson(request)
    request.body = parse(await readBytes(request, response, maximumBytes))
    next()
  }
}

function requireJson(request: Request): void {
  if (!request.is(['json', '+json'])) {
    throw new ServerFault('media-type-unsupported', 'The body must be application/json.')
  }
  const charset = /charset="?([\w-]+)/i.exec(request.get('Content-Type') ?? '')?.[1]
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new ServerFault('media-type-unsupported', 'JSON is read in UTF-8 only.')
  }
  // Unpacking would let a small body become a large one.
  if ((request.get('Content-Encoding') ?? 'identity') !== 'identity') {
    throw new ServerFault('media-type-unsupported', 'Compressed bodies are not read.')
  }
}

function readBytes(request: Request, response: Response, maximumBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => {
      request.off('data', take)
      request.resume()
      response.once('finish', () => {
        setTimeout(() => {
          if (!request.complete) request.socket.destroy()
        }, DISCARD_LIMIT).unref()
      })
      reject(new ServerFault('request-too-large', 'The body is larger than MAXIMUM_BODY_BYTES.'))
    }
    const parts: Buffer[] = []
    let size = 0
    const take = (part: Buffer) => {
      size += part.length
      if (size > maximumBytes) tooLarge()
      else parts.push(part)
    }
    request.once('end', () => resolve(Buffer.concat(parts)))
    request.once('error', reject)
    request.once('close', () => reject(new ServerFault('cancelled', 'The client went away.')))
    if (Number(request.get('Content-Length') ?? 0) > maximumBytes) tooLarge()
    else request.on('data', take)
  })
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new InvalidRequest([
      { in: 'body', location: { pointer: '#' }, code: 'invalid-json', detail: apiTexts.invalidJson },
    ])
  }
}
