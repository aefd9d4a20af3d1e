/** The part of `compression` that is used; the package ships no types. */
declare module 'compression' {
  import type { Request, RequestHandler, Response } from 'express'

  interface CompressionOptions {
    /** Bytes below which a response is sent as it is. */
    readonly threshold?: number
    readonly filter?: (request: Request, response: Response) => boolean
  }

  function compression(options?: CompressionOptions): RequestHandler

  namespace compression {
    /** Whether the content type is worth compressing. */
    function filter(request: Request, response: Response): boolean
  }

  export = compression
}
