import { expect, it } from 'vitest'
import { type DecisionTree, decisionTreeSchema, sumOfTrees } from '../../server/decision-trees.js'

const tree: DecisionTree = {
  feature: 'coverage',
  cut: 0.5,
  below: -1,
  above: { feature: 'heading', cut: 0.2, below: 0.25, above: 2 },
}

it('follows the answers to a value', () => {
  expect(sumOfTrees([tree], { coverage: 0.4, heading: 1 })).toBe(-1)
  expect(sumOfTrees([tree], { coverage: 0.9, heading: 0.1 })).toBe(0.25)
  expect(sumOfTrees([tree], { coverage: 0.9, heading: 0.9 })).toBe(2)
})

it('takes the value at a cut as above it, and an absent feature as 0', () => {
  expect(sumOfTrees([tree], { coverage: 0.5, heading: 0.2 })).toBe(2)
  expect(sumOfTrees([tree], {})).toBe(-1)
})

it('adds the values of all trees', () => {
  expect(sumOfTrees([], { coverage: 1 })).toBe(0)
  expect(sumOfTrees([tree, 0.5, tree], { coverage: 1, heading: 1 })).toBe(4.5)
})

it('reads trees of any depth from a file, and no others', () => {
  expect(decisionTreeSchema.parse(JSON.parse(JSON.stringify(tree)))).toEqual(tree)
  expect(decisionTreeSchema.safeParse({ ...tree, above: 'veel' }).success).toBe(false)
  expect(decisionTreeSchema.safeParse({ feature: 'coverage', cut: 0.5, below: 0 }).success).toBe(false)
  expect(decisionTreeSchema.safeParse({ ...tree, weight: 1 }).success).toBe(false)
})
