/** Waiting for slow readers. */
import type { Response } from 'express'

/** Resolves when the reader has taken what was written, or has gone. */
export function onceDrained(response: Response): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}
