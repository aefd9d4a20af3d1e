/** Documents for tests: every field there, nothing known but what is given. */
import { bareDocument, type PolicyDocument } from '../../ingest/corpus.js'

/** A document of which only the given facts are known. Its file is its id with `.txt`. */
export const describedDocument = (id: string, given: Partial<PolicyDocument> = {}): PolicyDocument => ({
  ...bareDocument(id),
  file: `${id}.txt`,
  ...given,
})
