import { expect, it } from 'vitest'
import { crashRounds } from '../../evals/bench/crash.js'

it('an ingest that is killed leaves the old or the new index, whole, and the next one finishes the work', async () => {
  // Moments spread over the whole ingest, a little different in each run.
  let round = 0
  const result = await crashRounds(10, () => (round++ + Math.random()) / 10)
  expect(result.faults).toEqual([])
  expect(result.old + result.new).toBe(10)
  expect(result.moments.between).toBeGreaterThanOrEqual(4)
})
