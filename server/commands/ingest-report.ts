/** What `npm run ingest` shows to a person: a progress bar, a table per document, what to look at. */
import { PARAGRAPH_KINDS } from '../../ingest/corpus.js'
import type { IngestReport } from '../../ingest/ingest.js'
import type { IngestProgress } from '../../ingest/ingest-options.js'
import { type LedgerEntry, totalParagraphs } from '../../ingest/ledger.js'

/** Documents that a table lists one by one; of more, only those that changed or have something to say. */
const LONGEST_TABLE = 60

/** The order in which remarks are shown. */
const URGENCY = { failed: 0, ok: 1, partial: 2 } as const satisfies Record<LedgerEntry['status'], number>

const number = (value: number) => value.toLocaleString('en')

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** A progress bar with rate and time left; on anything but a terminal it shows nothing. */
export function progressBar(stream: NodeJS.WriteStream): {
  readonly show: (progress: IngestProgress) => void
  readonly clear: () => void
} {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} }
  const started = performance.now()
  let shownAt = 0
  const clear = () => stream.write('\r\u001b[K')
  return {
    clear,
    show({ phase, done, total, bytesDone, bytesTotal }) {
      const now = performance.now()
      if (now - shownAt < 100 && done < total) return
      shownAt = now
      const share = bytesTotal > 0 ? bytesDone / bytesTotal : done / Math.max(1, total)
      const width = 24
      const filled = Math.round(share * width)
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled)
      const elapsed = now - started
      const left = share > 0 ? (elapsed / share) * (1 - share) : 0
      const rate =
        bytesDone > 0
          ? `, ${(bytesDone / 1e6 / (elapsed / 1000)).toFixed(1)} MB/s, ${duration(left)} left`
          : ''
      clear()
      stream.write(`${bar} ${number(done)} of ${number(total)} ${phase}${rate}`)
    },
  }
}

function alignColumns(rows: readonly (readonly string[])[], numeric: ReadonlySet<number>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row =>
      row
        .map((cell, column) => {
          const width = widths[column] as number
          return numeric.has(column) ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The table with one line for each document. */
function documentTable(documents: readonly LedgerEntry[]): string {
  const kinds = PARAGRAPH_KINDS.filter(kind => documents.some(({ figures }) => figures?.paragraphs[kind]))
  const header = [
    'document',
    'status',
    'change',
    'pages',
    'paragraphs',
    ...kinds,
    'median',
    'p95',
    'repaired',
    'furniture',
    'not placed',
    'seconds',
  ]
  const rows = documents.map(({ file, status, change, figures, milliseconds }) => [
    file.length > 60 ? `…${file.slice(-59)}` : file,
    status,
    change,
    figures?.pages == null ? '–' : number(figures.pages),
    figures ? number(totalParagraphs(figures)) : '–',
    ...kinds.map(kind => (figures ? number(figures.paragraphs[kind] ?? 0) : '–')),
    figures?.paragraphLength ? number(figures.paragraphLength.median) : '–',
    figures?.paragraphLength ? number(figures.paragraphLength.p95) : '–',
    figures ? number(figures.repairedWords) : '–',
    figures ? number(Object.values(figures.furniture).reduce((sum, count) => sum + count, 0)) : '–',
    figures ? number(figures.unplacedEnrichment.length) : '–',
    (milliseconds / 1000).toFixed(1),
  ])
  const numeric = new Set(header.keys())
  for (const column of [0, 1, 2]) numeric.delete(column)
  return alignColumns([header, ...rows], numeric)
}

/**
 * Everything that a person is told after an ingest.
 *
 * @param only ids of the documents that were added just now; of the others those are told of that changed, the rest is counted.
 *   `null` tells of all
 */
export function reportText(report: IngestReport, only: ReadonlySet<string> | null = null): string {
  const { removed, written } = report
  const isTold = ({ change, documentId }: LedgerEntry): boolean =>
    only === null || only.has(documentId) || change === 'new' || change === 'changed'
  const documents = report.documents.filter(isTold)
  const warnings = only === null || documents.length > 0 ? report.warnings : []
  const isLong = documents.length > LONGEST_TABLE
  const remarkable = documents
    .filter(({ reason }) => reason !== null)
    .sort((one, other) => URGENCY[one.status] - URGENCY[other.status])
  const listed = isLong ? remarkable.slice(0, LONGEST_TABLE) : documents
  const parts: string[] = []
  if (listed.length > 0) parts.push(documentTable(listed))
  if (remarkable.length > 0) {
    const remarks = remarkable
      .slice(0, LONGEST_TABLE)
      .map(({ file, status, reason }) => `${status}: ${file}: ${reason}`)
    const more = remarkable.length - remarks.length
    if (more > 0) remarks.push(`… and ${number(more)} more (see --json)`)
    parts.push(remarks.join('\n'))
  }
  const unplaced = documents.flatMap(({ file, figures }) =>
    (figures?.unplacedEnrichment ?? []).map(quote => `not placed: ${file}: “${quote.slice(0, 100)}”`),
  )
  if (unplaced.length > 0) {
    const more = unplaced.length > 10 ? [`… and ${unplaced.length - 10} more (see --json)`] : []
    parts.push([...unplaced.slice(0, 10), ...more].join('\n'))
  }
  if (removed.length > 0)
    parts.push(removed.map(({ file, documentId }) => `removed: ${file} (${documentId})`).join('\n'))
  if (warnings.length > 0) parts.push(warnings.map(warning => `warning: ${warning}`).join('\n'))
  parts.push(summaryLine(report, written))
  if (report.documents.some(each => each.status === 'failed' && !isTold(each)))
    parts.push('npm run ingest tells of every file.')
  return withoutControls(parts.join('\n\n'))
}

/** A file name may hold anything, also what a terminal would obey. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '�')
}

/** Failures that commands which do something else tell of one by one. */
const MOST_FAILURES = 3

/** What commands that do something else tell of an ingest: that there are no documents, and which could not be ingested. */
export function failureLines({ documents, warnings }: IngestReport): readonly string[] {
  if (documents.length === 0) return warnings.map(withoutControls)
  const lines = documents
    .filter(({ status }) => status === 'failed')
    .map(({ file, reason }) => withoutControls(`Not ingested: ${file}: ${reason}`))
  if (lines.length <= MOST_FAILURES) return lines
  return [
    ...lines.slice(0, MOST_FAILURES),
    `… and ${number(lines.length - MOST_FAILURES)} more files were not ingested: npm run ingest tells of each.`,
  ]
}

function summaryLine({ documents, milliseconds }: IngestReport, written: boolean): string {
  const count = (matches: (entry: LedgerEntry) => boolean) => documents.filter(matches).length
  const paragraphs = documents.reduce((sum, { figures }) => sum + (figures ? totalParagraphs(figures) : 0), 0)
  const counts = [
    `${number(documents.length)} documents`,
    `${number(paragraphs)} paragraphs`,
    `${number(count(({ change }) => change === 'new' || change === 'changed'))} new or changed`,
    `${number(count(({ status }) => status === 'partial'))} partial`,
    `${number(count(({ status }) => status === 'failed'))} failed`,
  ]
  return `${counts.join(', ')}; ${written ? 'index written' : 'nothing written'} in ${duration(milliseconds)}.`
}
