/** Building HTML from untrusted text: everything that is put into a template is escaped unless it is HTML already. */

/** Text that is HTML already. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What may stand in a template; `null` and `false` print nothing, arrays print their members one after the other. */
export type Insertable = Html | string | number | null | false | readonly Insertable[]

/** Template tag: `html\`<p>${text}</p>\`` escapes the text. */
export function html(strings: TemplateStringsArray, ...values: readonly Insertable[]): Html {
  let text = strings[0] ?? ''
  for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? '')
  return new Html(text)
}

function render(value: Insertable): string {
  if (value === null || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(render).join('')
  return escapeText(String(value))
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** A table with a caption; the first cell of each row names it. */
export function table(
  caption: string,
  header: readonly Insertable[],
  rows: readonly (readonly Insertable[])[],
): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${header.map((cell, column) => html`<th scope="col"${column > 0 && isFigure(rows[0]?.[column] ?? null) ? new Html(' class="figure"') : null}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      first,
      ...rest
    ]) => html`<tr><th scope="row">${first ?? null}</th>${rest.map(cell => (isFigure(cell) ? html`<td class="figure">${cell}</td>` : html`<td>${cell}</td>`))}</tr>
`,
  )}</tbody></table></div>`
}

/** Figures stand to the right, so that their digits are below each other. */
function isFigure(cell: Insertable): boolean {
  return (
    typeof cell === 'number' ||
    (typeof cell === 'string' && /^(?:–|[+-]?\d[\d.,]*×?)(?:\s*[([–]|$)/.test(cell))
  )
}
