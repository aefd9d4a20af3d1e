/** Small decision trees over named features, as `evals/train-trees.ts` grows them. */
import { z } from 'zod'

/** A tree: a value, or a question about one feature with a tree for either answer. */
export type DecisionTree = number | DecisionBranch

/** A question about one feature. */
export interface DecisionBranch {
  readonly feature: string
  /** Values from here on go to `above`; an absent feature is 0. */
  readonly cut: number
  readonly below: DecisionTree
  readonly above: DecisionTree
}

/** A tree in a data file. */
export const decisionTreeSchema: z.ZodType<DecisionTree> = z.lazy(() =>
  z.union([
    z.number(),
    z.strictObject({
      feature: z.string(),
      cut: z.number(),
      below: decisionTreeSchema,
      above: decisionTreeSchema,
    }),
  ]),
)

/** The sum of the values that trees give to features. */
export function sumOfTrees(
  trees: readonly DecisionTree[],
  features: Readonly<Record<string, number>>,
): number {
  let sum = 0
  for (const tree of trees) {
    let node = tree
    while (typeof node !== 'number') node = (features[node.feature] ?? 0) < node.cut ? node.below : node.above
    sum += node
  }
  return sum
}
