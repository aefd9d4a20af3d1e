/** How dates, citations and answers read as text: on the page, in names for screen readers and on the clipboard. */
import type { Answer, Citation, NearestSource } from '../server/protocol.js'
import type { Language, WidgetTexts } from './texts.js'

/** What can be opened in the source view: a citation, or a paragraph near to a refused question. */
export type Source = Citation | NearestSource

/**
 * A date as a reader writes it, "23 mei 2025", as exactly as it is known: "2009-04" gives "april 2009". Text that is no
 * date is given back as it is.
 */
export const formatDate = (date: string, language: Language): string => {
  const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(date)
  if (!parts) return date
  const [, year = '', month, day] = parts
  if (month === undefined) return year
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, day === undefined ? 1 : Number(day)))
  return new Intl.DateTimeFormat(language === 'nl' ? 'nl-NL' : 'en-GB', {
    year: 'numeric',
    month: 'long',
    ...(day === undefined ? {} : { day: 'numeric' }),
    timeZone: 'UTC',
  }).format(moment)
}

/** What tells the place in a document, shortest first: label, page. Empty when neither is known. */
export const placeOf = (source: Source, texts: WidgetTexts): readonly string[] => [
  ...(source.label === null ? [] : [source.label]),
  ...(source.page === null ? [] : [texts.page(source.page)]),
]

/** Title, date, number, label and page in one line, without the quote. */
export const describeSource = (source: Source, texts: WidgetTexts, language: Language): string =>
  [
    source.title,
    ...(source.date === null ? [] : [formatDate(source.date, language)]),
    ...placeOf(source, texts),
  ].join(', ')

/** A reference to paste into a note: everything that identifies the place, the quote and the address. */
export const citationAsText = (
  source: Source,
  address: string | null,
  texts: WidgetTexts,
  language: Language,
): string => {
  const identification = [
    source.title,
    ...(source.documentNumber === null ? [] : [source.documentNumber]),
    ...(source.date === null ? [] : [formatDate(source.date, language)]),
    ...placeOf(source, texts),
  ].join(', ')
  return [identification, texts.quoted(source.quote), ...(address === null ? [] : [address])].join('\n')
}

/**
 * A question with its answer and the list of sources, as plain text.
 *
 * @param link Address of the kept answer; `null` when none is kept.
 */
export const answerAsText = (
  answer: Answer,
  link: string | null,
  absolute: (href: string) => string | null,
  texts: WidgetTexts,
  language: Language,
): string =>
  [
    `${texts.copiedQuestion}: ${answer.question}`,
    answer.answer,
    ...(answer.citations.length === 0 ? [] : [texts.sources]),
    ...answer.citations.map(
      citation =>
        `[${citation.marker}] ${citationAsText(citation, absolute(citation.href), texts, language)}`,
    ),
    texts.composedBy[answer.composedBy],
    ...(link === null ? [] : [`${texts.answerLink}: ${link}`]),
  ].join('\n\n')
