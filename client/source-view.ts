/** What the source panel shows: one of several sources, with the paragraphs around it as far as they were fetched. */
import type { ParagraphView, SourceParagraph } from '../server/protocol.js'
import type { Source } from './format.js'

/** The text around the shown source. */
export type Surroundings =
  | { readonly status: 'loading' }
  | { readonly status: 'failed' }
  | {
      readonly status: 'ready'
      readonly document: ParagraphView['document']
      readonly before: readonly SourceParagraph[]
      readonly paragraph: SourceParagraph
      readonly after: readonly SourceParagraph[]
      readonly footnotes: readonly SourceParagraph[]
      /** Whether `before` reaches the start of the document. */
      readonly atStart: boolean
      /** Whether `after` reaches the end of the document. */
      readonly atEnd: boolean
    }

/** The open source panel. */
export interface OpenSource {
  /** The sources one can step through, in order of their markers. */
  readonly sources: readonly Source[]
  readonly index: number
  /** The turn they belong to. */
  readonly turnId: string
  readonly surroundings: Surroundings
}

/** What the source view asks of the server. */
export type FetchParagraph = (documentId: string, anchor: string) => Promise<ParagraphView>

const anchorOf = (paragraphId: string): string => paragraphId.slice(paragraphId.indexOf('#') + 1)

const withoutKnown = (
  candidates: readonly SourceParagraph[],
  known: readonly SourceParagraph[],
): readonly SourceParagraph[] => {
  const ids = new Set(known.map(paragraph => paragraph.id))
  return candidates.filter(paragraph => !ids.has(paragraph.id))
}

/** Opens sources, steps through them and reads on around them. */
export class SourceView {
  readonly #fetchParagraph: FetchParagraph
  readonly #neighbours: number
  readonly #onChange: () => void
  #open: OpenSource | null = null
  /** Rises with every load, so that a slow answer for an earlier source is dropped. */
  #generation = 0

  /**
   * @param neighbours Paragraphs that a fetch brings on either side; fewer mean that the document begins or ends there.
   */
  constructor(fetchParagraph: FetchParagraph, neighbours: number, onChange: () => void) {
    this.#fetchParagraph = fetchParagraph
    this.#neighbours = neighbours
    this.#onChange = onChange
  }

  get open(): OpenSource | null {
    return this.#open
  }

  get source(): Source | null {
    return this.#open?.sources[this.#open.index] ?? null
  }

  /** Opens the panel at a source and fetches the text around it. */
  show(sources: readonly Source[], index: number, turnId: string): Promise<void> {
    this.#open = { sources, index, turnId, surroundings: { status: 'loading' } }
    return this.#load()
  }

  /** Goes to the previous (−1) or next (1) source; nothing happens past the ends. */
  async step(by: -1 | 1): Promise<void> {
    const open = this.#open
    const index = (open?.index ?? 0) + by
    if (!open?.sources[index]) return
    await this.show(open.sources, index, open.turnId)
  }

  /** Fetches again after a failure. */
  async retry(): Promise<void> {
    if (this.#open) await this.show(this.#open.sources, this.#open.index, this.#open.turnId)
  }

  /** Fetches more of the document before or after what is shown. */
  async readOn(direction: 'before' | 'after'): Promise<void> {
    const around = this.#open?.surroundings
    if (around?.status !== 'ready') return
    const edge = direction === 'before' ? around.before[0] : around.after.at(-1)
    const generation = this.#generation
    if (!edge) return
    const view = await this.#fetchParagraph(around.document.id, edge.anchor).catch(() => null)
    if (generation !== this.#generation || !view || this.#open?.surroundings !== around) return
    const shown = [...around.before, around.paragraph, ...around.after]
    const found = withoutKnown(direction === 'before' ? view.before : view.after, shown)
    const footnotes = [...around.footnotes, ...withoutKnown(view.footnotes, around.footnotes)]
    this.#open = {
      ...this.#open,
      surroundings:
        direction === 'before'
          ? {
              ...around,
              footnotes,
              before: [...found, ...around.before],
              atStart: view.before.length < this.#neighbours,
            }
          : {
              ...around,
              footnotes,
              after: [...around.after, ...found],
              atEnd: view.after.length < this.#neighbours,
            },
    }
    this.#onChange()
  }

  close(): void {
    this.#generation += 1
    this.#open = null
    this.#onChange()
  }

  async #load(): Promise<void> {
    this.#generation += 1
    const generation = this.#generation
    this.#onChange()
    const source = this.source
    if (!source) return
    const surroundings = await this.#fetchParagraph(source.documentId, anchorOf(source.paragraphId)).then(
      (view): Surroundings => ({
        status: 'ready',
        document: view.document,
        before: view.before,
        paragraph: view.paragraph,
        after: view.after,
        footnotes: view.footnotes,
        atStart: view.before.length < this.#neighbours,
        atEnd: view.after.length < this.#neighbours,
      }),
      (): Surroundings => ({ status: 'failed' }),
    )
    if (generation !== this.#generation || !this.#open) return
    this.#open = { ...this.#open, surroundings }
    this.#onChange()
  }
}
