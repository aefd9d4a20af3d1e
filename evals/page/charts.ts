/** Charts as inline SVG. Each has a title and is followed by a table with the same figures, for readers who see no pictures. */
import { Html, html } from './html.js'

/** A line or point series; `dash` tells lines apart without colour. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Whether only the points are drawn, without a line. */
  readonly scattered?: boolean
}

/** An axis from `from` to `to`, with the labels of its marks. */
export interface Axis {
  readonly label: string
  readonly from: number
  readonly to: number
  readonly marks: readonly (readonly [value: number, label: string])[]
}

const WIDTH = 640
const HEIGHT = 320
const LEFT = 60
const RIGHT = 20
const TOP = 16
const BOTTOM = 56

const DASHES = ['', '8 4', '2 4', '12 4 2 4', '4 2', '1 6']

/** The axis of a share, 0 to 100 %. */
export function shareAxis(label: string): Axis {
  const marks = [0, 0.25, 0.5, 0.75, 1].map(value => [value, `${value * 100} %`] as const)
  return { label, from: 0, to: 1, marks }
}

/** An axis for values from 0 up to a round number above the largest. */
export function amountAxis(label: string, values: readonly number[]): Axis {
  const largest = Math.max(...values, 1e-9)
  const power = 10 ** Math.floor(Math.log10(largest))
  const step =
    [0.25, 0.5, 1, 2.5].map(factor => factor * power).find(size => largest / size <= 5) ?? power * 2.5
  const count = Math.ceil(largest / step)
  const marks = Array.from({ length: count + 1 }, (_, index) => {
    const value = index * step
    return [value, Number(value.toPrecision(6)).toLocaleString('en')] as const
  })
  return { label, from: 0, to: count * step, marks }
}

/** Lines over two axes. */
export function lineChart(title: string, x: Axis, y: Axis, series: readonly Series[]): Html {
  const toX = (value: number) => LEFT + ((value - x.from) / (x.to - x.from || 1)) * (WIDTH - LEFT - RIGHT)
  const toY = (value: number) =>
    HEIGHT - BOTTOM - ((value - y.from) / (y.to - y.from || 1)) * (HEIGHT - TOP - BOTTOM)
  const lines = series.map((item, index) => {
    const points = item.points.map(([left, up]) => `${round(toX(left))},${round(toY(up))}`)
    const line =
      item.scattered || points.length < 2
        ? null
        : html`<polyline class="line s${index % 6}" points="${points.join(' ')}" stroke-dasharray="${DASHES[index % 6] ?? ''}"/>`
    // Points on a long curve would hide the line.
    const dots = item.scattered || points.length <= 40 ? item.points : []
    return html`${line}${dots.map(([left, up]) => html`<circle class="dot s${index % 6}" cx="${round(toX(left))}" cy="${round(toY(up))}" r="4"/>`)}`
  })
  return frame(
    title,
    legend(
      series.map(item => item.name),
      'line',
    ),
    [
      ...y.marks.map(
        ([
          value,
          label,
        ]) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(toY(value))}" y2="${round(toY(value))}"/>
<text class="mark" x="${LEFT - 8}" y="${round(toY(value) + 4)}" text-anchor="end">${label}</text>`,
      ),
      ...x.marks.map(
        ([value, label]) =>
          html`<text class="mark" x="${round(toX(value))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label}</text>`,
      ),
      html`<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${x.label}</text>`,
      html`<text class="axis" transform="translate(14 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" text-anchor="middle">${y.label}</text>`,
      ...lines,
    ],
  )
}

/** Horizontal bars in groups, one bar for each name within a group; `null` draws no bar. */
export function barChart(
  title: string,
  groups: readonly { readonly name: string; readonly values: readonly (number | null)[] }[],
  names: readonly string[],
  axis: Axis,
  text: (value: number) => string,
): Html {
  const barHeight = 13
  const gap = 12
  const left = 130
  const groupHeight = names.length * barHeight + gap
  const height = groups.length * groupHeight + 44
  const toX = (value: number) =>
    left + ((value - axis.from) / (axis.to - axis.from || 1)) * (WIDTH - left - 70)
  const rows = groups.map(({ name, values }, index) => {
    const top = index * groupHeight + 8
    const bars = values.map((value, bar) => {
      const y = top + bar * barHeight
      return value === null
        ? html`<text class="mark" x="${left + 6}" y="${y + 10}">–</text>`
        : html`<rect class="bar s${bar % 6}" x="${left}" y="${y}" width="${round(Math.max(0.5, toX(value) - left))}" height="${barHeight - 2}"/>
<text class="mark" x="${round(toX(value) + 6)}" y="${y + 10}">${text(value)}</text>`
    })
    return html`<text class="mark" x="${left - 8}" y="${top + (names.length * barHeight) / 2 + 3}" text-anchor="end">${name}</text>${bars}`
  })
  const marks = axis.marks.map(
    ([
      value,
      label,
    ]) => html`<line class="grid" x1="${round(toX(value))}" x2="${round(toX(value))}" y1="4" y2="${height - 40}"/>
<text class="mark" x="${round(toX(value))}" y="${height - 24}" text-anchor="middle">${label}</text>`,
  )
  const label = html`<text class="axis" x="${(left + WIDTH - 70) / 2}" y="${height - 6}" text-anchor="middle">${axis.label}</text>`
  return frame(title, legend(names, 'bar'), [...marks, label, ...rows], height)
}

function frame(title: string, below: Html, content: readonly Html[], height = HEIGHT): Html {
  return html`<figure><svg role="img" aria-label="${title}" viewBox="0 0 ${WIDTH} ${height}">${content}</svg>
<figcaption>${title}</figcaption>${below}</figure>`
}

function legend(names: readonly string[], kind: 'line' | 'bar'): Html {
  if (names.length < 2) return new Html('')
  const sample = (index: number) =>
    kind === 'bar'
      ? html`<rect class="bar s${index % 6}" width="32" height="10"/>`
      : html`<line class="line s${index % 6}" x1="0" x2="32" y1="5" y2="5" stroke-dasharray="${DASHES[index % 6] ?? ''}"/>`
  return html`<ul class="legend">${names.map(
    (name, index) =>
      html`<li><svg viewBox="0 0 32 10" aria-hidden="true">${sample(index)}</svg> ${name}</li>`,
  )}</ul>`
}

function round(value: number): string {
  return value.toFixed(1)
}
