import { describe, expect, it } from 'vitest'
import { type FetchParagraph, SourceView } from '../../client/source-view.js'
import type { ParagraphView } from '../../server/protocol.js'
import { citation, NEIGHBOURS, viewOf } from '../support/answers.js'

const citations = [citation(3), citation(10)]

const fetched = (documentId: string, anchor: string): Promise<ParagraphView> => {
  const view = viewOf(documentId, anchor, citations, 20)
  return view ? Promise.resolve(view) : Promise.reject(new Error('not found'))
}

const start = (fetchParagraph: FetchParagraph = fetched) => {
  let changes = 0
  const view = new SourceView(fetchParagraph, NEIGHBOURS, () => {
    changes += 1
  })
  const ready = () => {
    const around = view.open?.surroundings
    if (around?.status !== 'ready') throw new Error(`The surroundings are ${around?.status}`)
    return around
  }
  return { view, ready, changes: () => changes }
}

describe('a source view', () => {
  it('shows the source at once and its surroundings when they come', async () => {
    const { view, ready } = start()
    const shown = view.show(citations, 0, 'q1')
    expect(view.source).toBe(citations[0])
    expect(view.open?.surroundings.status).toBe('loading')
    await shown
    expect(ready().paragraph.text).toBe(citations[0]?.text)
    expect(ready()).toMatchObject({ atStart: true, atEnd: false })
    expect(ready().before.map(each => each.anchor)).toEqual(['p-1', 'p-2'])
    expect(ready().after.map(each => each.anchor)).toEqual(['p-4', 'p-5', 'p-6', 'p-7', 'p-8'])
  })

  it('keeps the source readable when its surroundings cannot be had, and tries again when asked', async () => {
    let works = false
    const { view, ready } = start((documentId, anchor) =>
      works ? fetched(documentId, anchor) : Promise.reject(new Error('offline')),
    )
    await view.show(citations, 0, 'q1')
    expect(view.open?.surroundings.status).toBe('failed')
    expect(view.source?.text).toBe(citations[0]?.text)
    works = true
    await view.retry()
    expect(ready().paragraph.anchor).toBe('p-3')
  })

  it('steps through the sources and stays at the ends', async () => {
    const { view } = start()
    await view.show(citations, 0, 'q1')
    await view.step(-1)
    expect(view.open?.index).toBe(0)
    await view.step(1)
    expect(view.source).toBe(citations[1])
    await view.step(1)
    expect(view.open?.index).toBe(1)
  })

  it('reads on to both ends of the document, every paragraph once and in order', async () => {
    const { view, ready } = start()
    await view.show(citations, 0, 'q1')
    for (let times = 0; times < 4; times += 1) {
      await view.readOn('before')
      await view.readOn('after')
    }
    const all = [...ready().before, ready().paragraph, ...ready().after].map(each => each.anchor)
    expect(all).toEqual(Array.from({ length: 20 }, (_, index) => `p-${index + 1}`))
    expect(ready()).toMatchObject({ atStart: true, atEnd: true })
  })

  it('drops what comes late for a source that is no longer shown', async () => {
    const answers = new Map<string, (view: ParagraphView) => void>()
    const { view, ready } = start(
      (_documentId, anchor) =>
        new Promise(resolve => {
          answers.set(anchor, resolve)
        }),
    )
    const give = (anchor: string) => {
      const found = viewOf('kamerbrief-2025', anchor, citations, 20)
      if (found) answers.get(anchor)?.(found)
    }
    const first = view.show(citations, 0, 'q1')
    const second = view.step(1)
    give('p-10')
    await second
    give('p-3')
    await first
    expect(ready().paragraph.anchor).toBe('p-10')
  })

  it('stays closed when an answer comes after closing', async () => {
    const { view } = start()
    const shown = view.show(citations, 0, 'q1')
    view.close()
    await shown
    expect(view.open).toBeNull()
  })
})
