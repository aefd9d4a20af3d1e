/** Places on a PDF page: the matrices that move them, and boxes. */

/** Turns a point of user space into one of the page, as PDF writes it. */
export type Matrix = readonly [number, number, number, number, number, number]

/** A box of which the sides are parallel to those of the page. */
export type Box = readonly [left: number, bottom: number, right: number, top: number]

/** Moves nothing. */
export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0]

/** One matrix after another. */
export const multiply = (a: Matrix, b: Matrix): Matrix => [
  a[0] * b[0] + a[2] * b[1],
  a[1] * b[0] + a[3] * b[1],
  a[0] * b[2] + a[2] * b[3],
  a[1] * b[2] + a[3] * b[3],
  a[0] * b[4] + a[2] * b[5] + a[4],
  a[1] * b[4] + a[3] * b[5] + a[5],
]

/** The numbers of a list of the library, which can be an array, a typed array or an object. */
export const numbers = (value: unknown): number[] =>
  value !== null && typeof value === 'object' ? Object.values(value).map(Number) : []

/** A matrix from the values of an operator. */
export const toMatrix = (value: unknown): Matrix => {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers(value)
  return [a, b, c, d, e, f]
}

/** The box around a box of user space on the page. */
export function onPage(matrix: Matrix, [left, bottom, right, top]: Box): Box {
  const corners = [
    [left, bottom],
    [right, bottom],
    [left, top],
    [right, top],
  ].map(([x = 0, y = 0]) => multiply(matrix, [1, 0, 0, 1, x, y]))
  const xs = corners.map(each => each[4])
  const ys = corners.map(each => each[5])
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** What two boxes have in common; its sides are crossed where they have nothing. */
export const overlap = (one: Box, other: Box): Box => [
  Math.max(one[0], other[0]),
  Math.max(one[1], other[1]),
  Math.min(one[2], other[2]),
  Math.min(one[3], other[3]),
]

/** Whether a point lies in a box. */
export const holds = ([left, bottom, right, top]: Box, x: number, y: number): boolean =>
  x >= left && x <= right && y >= bottom && y <= top

/** The boxes that a path is made of: each begins, runs over three corners and closes; `null` for any other path. */
export function boxesOf(parts: unknown): Box[] | null {
  const [steps] = Object.values((parts ?? []) as object)
  const values = numbers(steps)
  if (values.length === 0 || values.length % BOX_STEPS !== 0) return null
  const boxes: Box[] = []
  for (let from = 0; from < values.length; from += BOX_STEPS) {
    const step = values.slice(from, from + BOX_STEPS)
    const [begin, left = 0, bottom = 0, first, right = 0, , second, , top = 0, third, , , end] = step
    if (begin !== 0 || first !== 1 || second !== 1 || third !== 1 || end !== 4) return null
    const isBox = step[5] === bottom && step[7] === right && step[10] === left && step[11] === top
    if (!isBox) return null
    boxes.push([Math.min(left, right), Math.min(bottom, top), Math.max(left, right), Math.max(bottom, top)])
  }
  return boxes
}

/** Numbers that the library lists for a box: four corners with their steps, and its end. */
const BOX_STEPS = 13
