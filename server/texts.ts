/** Every Dutch text that the server sends to visitors, at level B1. */
import type { RefusalReason } from './protocol.js'

/** Texts of composed answers. */
export const answerTexts = {
  /**
   * @param sources documents with their article: "de Kamerbrief van 23 mei 2025"
   * @param heading over a list that no sentence introduces; `null` otherwise
   */
  leadIn: (sources: readonly string[], again: boolean, heading: string | null) =>
    `${again ? 'En volgens' : 'Volgens'} ${sources.join(' en ')}${heading === null ? '' : `, onder “${heading}”`}:`,
  /** Stands before the answer to one part. @param question the part in the visitor's words */
  part: (question: string) => {
    const [first = ''] = question
    return `${first.toUpperCase()}${question.slice(first.length).replace(/[?.!\s]+$/, '')}?`
  },
  differing: 'Let op: de documenten zeggen hierover niet hetzelfde. Het nieuwste staat bovenaan.',
  longerList: (shown: number, leftOut: number) =>
    `De lijst is langer: hier staan de eerste ${shown} punten, ${leftOut === 1 ? 'één punt staat' : `${leftOut} punten staan`} alleen in de bron.`,
  /**
   * @param remarkable documents of the answer that are drafts or old
   * @param documentCount number of documents that the answer uses
   */
  documentNote: (
    remarkable: readonly { readonly draft: boolean; readonly year: number | null }[],
    documentCount: number,
  ) => {
    const describe = ({ draft, year }: { readonly draft: boolean; readonly year: number | null }) =>
      [draft ? 'een ontwerp' : '', year === null ? '' : `uit ${year}`].filter(Boolean).join(' ')
    const descriptions = remarkable.map(describe)
    const [first = ''] = descriptions
    if (documentCount === 1)
      return `Let op: ${remarkable[0]?.draft ? first.replace(/^een /, '') : `oude bron (${remarkable[0]?.year})`}.`
    if (remarkable.length === 1) return `Let op: een van deze documenten is ${first}.`
    const isOfAll = remarkable.length === documentCount && !remarkable.some(({ draft }) => draft)
    if (isOfAll && new Set(descriptions).size === 1) return `Let op: deze documenten zijn ${first}.`
    const each = descriptions.map((description, at) => `één ${at === 0 ? 'document ' : ''}is ${description}`)
    return `Let op: ${new Intl.ListFormat('nl').format(each)}.`
  },
  /** @param sources documents that were named and do not answer, with their article */
  notIn: (sources: readonly string[]) =>
    `Hierover vond ik niets in ${new Intl.ListFormat('nl').format(sources)}.`,
  /** @param parts of the question, in the visitor's words */
  unanswered: (parts: readonly string[]) =>
    `Over dit deel van uw vraag vond ik niets in de documenten: ${parts.map(part => `“${part}”`).join(' en ')}.`,
  modelFailed:
    'Het taalmodel gaf geen bruikbaar antwoord. Daarom ziet u hieronder alleen zinnen uit de documenten zelf.',
  /** @param count sentences of the language model that no source supports */
  removed: (count: number) =>
    count === 1
      ? 'Eén zin van het taalmodel is weggelaten, omdat die niet in de documenten staat.'
      : `${count} zinnen van het taalmodel zijn weggelaten, omdat die niet in de documenten staan.`,
  nearest: 'Misschien helpen deze passages u verder.',
  howToAsk: {
    one: 'Tip: noem het onderwerp of het document dat u bedoelt.',
    several: 'Tip: stel één vraag tegelijk.',
  },
  contact: (url: string) => `Komt u er niet uit? Neem dan contact op: ${url}`,
  refusals: {
    'no-evidence': 'Het antwoord op deze vraag staat niet in de documenten.',
    language: 'Ik begrijp alleen vragen in het Nederlands. Stelt u uw vraag in het Nederlands?',
    'out-of-scope': 'Hier kan ik u niet mee helpen. Ik beantwoord alleen vragen over de documenten.',
    opinion: 'Ik geef geen mening of advies. Ik vertel alleen wat er in de documenten staat.',
    instruction: 'Aan dat verzoek kan ik niet voldoen. Ik beantwoord alleen vragen over de documenten.',
    unclear: 'Ik begrijp deze vraag niet. Wilt u de vraag anders stellen?',
  } satisfies Record<RefusalReason, string>,
} as const

/** First questions about the shipped documents, for a server that has no others configured. */
export const seedQuestions = [
  'Hoeveel geld is er in 2029 voor migratiesamenwerking begroot?',
  'Wanneer kwamen de ministers in Praag bijeen?',
  'Wat zijn de pijlers van de totaalaanpak van migratie en mobiliteit?',
  'Wat kan Europa doen tegen een land dat zijn eigen mensen niet wil terugnemen?',
] as const

/** Titles of problem documents and error pages, by HTTP status. */
export const problemTitles: Readonly<Record<number, string>> = {
  400: 'Dit verzoek klopt niet',
  401: 'U bent niet aangemeld',
  403: 'U hebt geen toegang',
  404: 'Niet gevonden',
  405: 'Dit kan hier niet',
  406: 'Dit formaat is er niet',
  408: 'Het verzoek duurde te lang',
  409: 'Er loopt nog een vraag',
  410: 'Niet meer beschikbaar',
  413: 'Te groot',
  415: 'Dit soort bericht past niet',
  421: 'Verkeerd adres',
  429: 'Te veel verzoeken',
  431: 'De koppen van het verzoek zijn te groot',
  499: 'Gestopt',
  500: 'Er ging iets mis',
  502: 'Het taalmodel gaf geen antwoord',
  503: 'Nu niet beschikbaar',
  504: 'Het duurde te lang',
}

/** Texts of the pages that the server renders: sources, answers, errors. */
export const pageTexts = {
  siteName: 'Vindplaats',
  home: 'Naar de assistent',
  skip: 'Naar de tekst',
  draft: 'Ontwerp',
  status: 'Status',
  institution: 'Van',
  date: 'Datum',
  documentNumber: 'Nummer',
  kind: 'Soort document',
  officialSource: 'Officiële publicatie',
  notInDocument: 'Niet uit het document zelf',
  contents: 'Inhoud',
  documentText: 'Tekst van het document',
  page: (page: number) => `Pagina ${page}`,
  cited: 'De geciteerde tekst is gemarkeerd.',
  toCited: 'Naar de geciteerde tekst',
  citeThis: 'Zo verwijst u naar deze tekst',
  permalink: 'Link naar deze alinea',
  copy: 'Kopieer verwijzing',
  copied: 'Verwijzing gekopieerd',
  copyFailed: 'Kopiëren lukt niet in deze browser',
  footnote: (label: string) => `Ga naar ${label}`,
  backToText: 'Terug naar de tekst',
  footnotes: 'Voetnoten',
  sourceNote:
    'Dit is de tekst zoals hij in het bronbestand staat. Paginakoppen en paginanummers zijn weggelaten.',
  question: 'Vraag',
  answer: 'Antwoord',
  sources: 'Bronnen',
  source: (marker: number) => `Bron ${marker}`,
  nearest: 'Misschien bedoelt u',
  unanswered: 'Hierover is niets gevonden',
  askedOn: (date: string) => `Gevraagd op ${date}`,
  composedBySearch: 'Dit antwoord is automatisch gemaakt met zinnen uit de documenten.',
  composedByModel: 'Dit antwoord is geschreven door een taalmodel. Controleer het in de bronnen.',
  notSupported: 'niet bevestigd in de bron',
  asGiven: 'Dit is het antwoord zoals het toen is gegeven. De documenten kunnen daarna zijn veranderd.',
  widgetMissing:
    'De pagina’s van de assistent zijn nog niet gebouwd. De beheerder doet dat met: npm run build',
  demoMissingTitle: 'De assistent is nog niet gebouwd',
} as const

/** Texts of the API description, for developers. */
export const apiTexts = {
  title: 'Vindplaats',
  description:
    'Beantwoordt vragen over beleidsdocumenten in het Nederlands. Elke zin van een antwoord verwijst naar de alinea waarop hij steunt. Het gesprek zelf loopt over de WebSocket op /v1/chat; zie docs/api.md.',
  contact: 'Beheerder van deze Vindplaats',
  answersPost: 'Beantwoord een vraag',
  answersPostDescription:
    'Geeft het hele antwoord als JSON, of de gebeurtenissen als Server-Sent Events met Accept: text/event-stream.',
  answersGet: 'Lees een bewaard antwoord, precies zoals het is gegeven',
  search: 'Zoek alinea’s, zonder te beslissen of ze de vraag beantwoorden',
  documents: 'Lijst van alle documenten',
  document: 'Eén document met al zijn alinea’s',
  paragraph: 'Eén alinea tussen zijn buren',
  feedback: 'Beoordeel een antwoord',
  visitorTokens: 'Maak een kortlevend token voor een bezoeker van een pagina met de widget',
  widgetSettings: 'Wat de widget moet weten vóór de eerste vraag',
  openapi: 'Deze beschrijving',
  bearer: 'API-sleutel, token van de organisatie of bezoekerstoken',
  unauthenticated: 'Geen geldig bewijs van toegang',
  problem: 'Fout',
  answered: 'Het antwoord, of een weigering',
  kept: 'De beoordeling is bewaard',
  invalidJson: 'Dit is geen geldige JSON.',
  oneOfQuestionAndTurns: 'Geef óf een vraag (question), óf een reeks vragen (turns).',
  conversationWithTurns: 'Geef óf een gesprek (conversationId), óf een reeks vragen (turns).',
} as const
