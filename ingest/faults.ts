/** Every fault that `ingest/` can raise. `server/faults.ts` has one row for each. */
export type IngestFaultCode =
  | 'source-missing'
  | 'source-unreadable'
  | 'source-empty'
  | 'source-too-large'
  | 'source-altered'
  | 'format-unsupported'
  | 'format-damaged'
  | 'manifest-invalid'
  | 'document-unknown'
  | 'enrichment-invalid'
  | 'index-missing'
  | 'index-damaged'
  | 'index-incompatible'
  | 'index-locked'
  | 'disk-full'
  | 'folder-unwritable'
  | 'embedder-unavailable'
  | 'embedder-invalid'

/**
 * A fault with a closed code. The message is English, for operators: what happened, where, what to do next. `cause` is
 * kept for logs and never shown to a visitor.
 */
export class CodedFault<Code extends string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'CodedFault'
    this.code = code
  }
}

/** A fault raised by `ingest/`. */
export class IngestFault extends CodedFault<IngestFaultCode> {
  override readonly name = 'IngestFault'
}
