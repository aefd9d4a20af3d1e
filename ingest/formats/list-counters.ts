/** Counters of ordered lists as a browser prints them. */
import { attribute, type Element } from './elements.js'

/** Kind of counter that the style of a list asks for, as its `type` attribute would: "1", "a", "A", "i", "I" or "none". */
export function styleType(element: Element): string {
  const style =
    /list-style(?:-type)?\s*:\s*([\w-]+)/i.exec(attribute(element, 'style') ?? '')?.[1]?.toLowerCase() ?? ''
  const types: Readonly<Record<string, string>> = {
    none: 'none',
    'lower-alpha': 'a',
    'lower-latin': 'a',
    'upper-alpha': 'A',
    'upper-latin': 'A',
    'lower-roman': 'i',
    'upper-roman': 'I',
  }
  return types[style] ?? '1'
}

/** A counter as a browser prints it. */
export function counterText(value: number, type: string): string {
  if (/^a$/i.test(type)) {
    const letter = String.fromCharCode(97 + ((value - 1) % 26))
    const letters = value > 26 ? letter + letter : letter
    return type === 'A' ? letters.toUpperCase() : letters
  }
  if (/^i$/i.test(type)) return type === 'I' ? roman(value).toUpperCase() : roman(value)
  return String(value)
}

function roman(value: number): string {
  const signs: readonly (readonly [number, string])[] = [
    [100, 'c'],
    [90, 'xc'],
    [50, 'l'],
    [40, 'xl'],
    [10, 'x'],
    [9, 'ix'],
    [5, 'v'],
    [4, 'iv'],
    [1, 'i'],
  ]
  let rest = Math.min(value, 399)
  let text = ''
  for (const [size, sign] of signs) for (; rest >= size; rest -= size) text += sign
  return text
}
