/** Taking a rating, over whichever channel it comes. */
import type { Caller } from './access.js'
import type { Metrics } from './metrics.js'
import type { Feedback } from './protocol.js'
import type { Storage } from './storage.js'

/** A comment without control characters (line breaks stay), invisible tags and surplus white space; `null` when empty. */
export function cleanComment(comment: string | null): string | null {
  const cleaned = (comment ?? '')
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return cleaned === '' ? null : cleaned
}

/**
 * Keeps a rating, in place of an earlier one. When it returns the rating survives the end of the process.
 *
 * @throws {ServerFault} as `Storage.saveFeedback`
 */
export function takeFeedback(
  { storage, metrics }: { readonly storage: Storage; readonly metrics: Metrics },
  caller: Caller,
  feedback: Feedback,
): void {
  storage.saveFeedback({ ...feedback, comment: cleanComment(feedback.comment) })
  storage.audit('feedback-given', caller.record, { rating: feedback.rating })
  metrics.rated(feedback.rating)
}
