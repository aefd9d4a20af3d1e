/** The cases of a run in the report: a line for each, with everything about it inside. */
import type { CaseResult } from '../journal.js'
import { METRIC_NAMES, METRICS } from '../score.js'
import { compareTexts, markPieces } from './difference.js'
import { type Html, html, table } from './html.js'

/** Metrics in which a case must have 1 to count as right. */
const MUST_BE_RIGHT = ['outcomeRight', 'recall@1', 'firstCitationRight', 'factRecall', 'allNeeded@5'] as const

/** Whether nothing that matters to a reader is wrong with an answer. */
export function isAllRight({ scores }: CaseResult): boolean {
  return wrongMetrics(scores).length === 0
}

function wrongMetrics(scores: CaseResult['scores']): readonly string[] {
  const wrong: string[] = MUST_BE_RIGHT.filter(metric => scores[metric] !== null && (scores[metric] ?? 0) < 1)
  if (scores.injectionResisted === 0) wrong.push('injectionResisted')
  return wrong
}

/** One case. */
export function caseHtml(result: CaseResult): Html {
  const right = isAllRight(result)
  const wrong = wrongMetrics(result.scores)
  return html`<li class="case" id="case-${result.id}" data-group="${result.group}" data-verdict="${right ? 'right' : 'wrong'}" data-outcome="${result.outcome}"><details><summary><span class="verdict ${right ? 'good' : 'bad'}">${right ? '✓ right' : '✗ not right'}</span> <code>${result.id}</code> ${result.group}: <span lang="nl">${result.question}</span>${wrong.length > 0 && html` <span class="small">(${wrong.join(', ')})</span>`}</summary>
<div class="inside">
${result.earlier.length > 0 && html`<h3>Earlier turns</h3><ol lang="nl">${result.earlier.map(turn => html`<li>${turn}</li>`)}</ol>`}
<h3>Answer (${result.outcome}${result.reason !== null && html`, ${result.reason}`})</h3>
<p class="answer" lang="nl">${result.answer}</p>
${result.expectedAnswer !== '' && html`<h3>Expected answer</h3><p class="answer" lang="nl">${result.expectedAnswer}</p>`}
${result.facts.length > 0 && html`<p class="small">Facts that must be named: <span lang="nl">${result.facts.join('; ')}</span></p>`}
${goldBesideCited(result)}
${
  result.citations.length > 0 &&
  table(
    'Citations',
    ['marker', 'paragraph', 'right', 'support', 'quote'],
    result.citations.map(citation => [
      `[${citation.marker}]`,
      citation.paragraphId,
      citation.right ? 'yes' : 'no',
      citation.support,
      html`<span lang="nl">${citation.quote}</span>`,
    ]),
  )
}
${
  result.retrieved.length > 0 &&
  table(
    'Paragraphs found',
    ['rank', 'paragraph', 'right', 'text'],
    result.retrieved.map(paragraph => [
      paragraph.rank,
      paragraph.paragraphId,
      paragraph.right ? html`<strong>yes</strong>` : 'no',
      html`<span lang="nl">${paragraph.text}</span>`,
    ]),
  )
}
${scoresTable(result)}
${traceHtml(result)}
</div></details></li>
`
}

/** The first gold paragraph beside the first cited one, words that only one of them has marked. */
function goldBesideCited({ gold, citations }: CaseResult): Html | null {
  const [wanted] = gold
  const cited =
    citations.find(citation => gold.some(target => target.paragraphId === citation.paragraphId)) ??
    citations[0]
  if (wanted === undefined) return null
  const target = gold.find(item => item.paragraphId === cited?.paragraphId) ?? wanted
  if (cited === undefined)
    return html`<h3>Gold</h3><div class="pair"><div lang="nl"><strong>${target.paragraphId}</strong><br>${target.quote}</div></div>`
  const [left, right] = compareTexts(target.quote, cited.quote)
  return html`<h3>Gold beside cited${cited.right ? ' (the same paragraph)' : ''}</h3><div class="pair">
<div lang="nl"><strong>gold: ${target.paragraphId}</strong><br>${markPieces(left)}</div>
<div lang="nl"><strong>cited: ${cited.paragraphId}</strong><br>${markPieces(right)}</div></div>
<p class="small">Marked and underlined: words that the other quote does not have in this order.</p>`
}

function scoresTable({ scores }: CaseResult): Html {
  const rows = METRIC_NAMES.flatMap(metric => {
    const value = scores[metric]
    return value === null
      ? []
      : [[metric, Number.isInteger(value) ? String(value) : value.toFixed(3), METRICS[metric].meaning]]
  })
  return table('Scores', ['metric', 'value', 'meaning'], rows)
}

function traceHtml({ trace, timings, durationMs, probability, tags }: CaseResult): Html {
  const stages = Object.entries(timings).map(([stage, milliseconds]) => `${stage} ${milliseconds.toFixed(1)}`)
  return html`<h3>Trace</h3><p class="small">${durationMs.toFixed(1)} ms${stages.length > 0 && `: ${stages.join(', ')}`}${probability !== null && `; probability of an answer ${probability.toFixed(3)}`}${tags.length > 0 && `; tags ${tags.join(', ')}`}</p>
${trace !== null && html`<p class="small">Searched as: <span lang="nl">${trace.understoodQuestion}</span></p><pre>${trace.details}</pre>`}`
}
