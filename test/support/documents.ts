/** Documents for tests: every field there, nothing known but what is given. */
import type { PolicyDocument } from '../../ingest/corpus.js'

/** A document of which only the given facts are known. Its file is its id with `.txt`. */
export const describedDocument = (id: string, given: Partial<PolicyDocument> = {}): PolicyDocument => ({
  id,
  title: '',
  citeAs: null,
  institution: null,
  date: null,
  documentNumber: null,
  kind: null,
  status: null,
  language: 'nl',
  aliases: [],
  url: null,
  file: `${id}.txt`,
  contentHash: '',
  generalKnowledge: [],
  ...given,
})
