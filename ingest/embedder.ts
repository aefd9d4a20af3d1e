/** The boundary to embedding models: text to vector by itself, never dependent on the rest of the corpus. */
export interface Embedder {
  /** Names model and version, stored in the index; an index refuses another one. For example `embedded:1`. */
  readonly id: string
  /** Length of every vector. */
  readonly dimensions: number
  /**
   * Unit vectors for passages, in input order.
   *
   * @throws {IngestFault} `embedder-unavailable` when the model cannot be reached, `embedder-invalid` when it returns
   *   vectors of another length or with values that are not finite.
   */
  embedPassages(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>
  /** Unit vector for one question. Throws as `embedPassages`. */
  embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array>
}
