/**
 * Every word a visitor reads in the browser that does not come from the server: the widget in Dutch (the standard,
 * level B1) and English, the demo page in Dutch.
 */
import type { Answer, Feedback } from '../server/protocol.js'
import type { WordlessFaultCode } from './chat-session.js'

/** Languages of the widget. */
export type Language = 'nl' | 'en'

/** The words of the widget. Functions put a value in its place. */
export interface WidgetTexts {
  readonly heading: string
  readonly launcher: string
  readonly close: string
  readonly newConversation: string
  readonly conversation: string
  readonly welcomeHeading: string
  readonly welcome: string
  readonly suggestions: string
  readonly field: string
  readonly fieldFollowUp: string
  readonly placeholder: string
  readonly send: string
  readonly stop: string
  readonly questionEmpty: string
  readonly questionTooLong: (length: number, maximum: number) => string
  readonly busy: string
  readonly notice: string
  readonly noticeBy: Readonly<Record<Answer['composedBy'] | 'unknown', string>>
  readonly noticeLink: string
  readonly composedBy: Readonly<Record<Answer['composedBy'], string>>
  readonly you: string
  readonly searching: string
  readonly writing: string
  readonly answerReady: (text: string, sources: number) => string
  readonly stopped: string
  readonly stoppedStatus: string
  readonly retry: string
  readonly askAgain: string
  readonly adjust: string
  readonly failed: string
  readonly faults: Readonly<Record<WordlessFaultCode, string> & Record<string, string>>
  readonly offline: string
  readonly slow: string
  readonly sources: string
  readonly citation: (marker: number, description: string) => string
  readonly readParagraph: string
  readonly sourceMarker: (marker: number) => string
  readonly citationHint: string
  readonly unconfirmed: string
  readonly unconfirmedExplanation: string
  readonly nearest: string
  readonly copy: string
  readonly copied: string
  readonly copyFailed: string
  readonly copiedQuestion: string
  readonly answerLink: string
  readonly helpful: string
  readonly unhelpful: string
  readonly ratingQuestion: string
  readonly ratingThanks: string
  readonly ratingFailed: string
  readonly reasonQuestion: string
  readonly reasons: Readonly<Record<NonNullable<Feedback['reason']>, string>>
  readonly comment: string
  readonly commentHint: string
  readonly sendRating: string
  readonly cancel: string
  readonly page: (page: number) => string
  readonly sourceOf: (position: number, total: number) => string
  readonly nearSource: string
  readonly previousCitation: string
  readonly nextCitation: string
  readonly closeSource: string
  readonly openDocument: string
  readonly newTab: string
  readonly copyCitation: string
  readonly loadingSource: string
  readonly sourceFailed: string
  readonly earlier: string
  readonly later: string
  readonly startOfDocument: string
  readonly endOfDocument: string
  readonly cited: string
  readonly footnotes: string
  readonly quoted: (quote: string) => string
}

const nl: WidgetTexts = {
  heading: 'Vraag het de documenten',
  launcher: 'Stel een vraag',
  close: 'Sluiten',
  newConversation: 'Nieuw gesprek',
  conversation: 'Gesprek',
  welcomeHeading: 'Wat wilt u weten?',
  welcome:
    'Stel uw vraag in gewone woorden. U krijgt een kort antwoord met genummerde bronnen. Kies een nummer en u leest de alinea in het document zelf.',
  suggestions: 'Vragen om mee te beginnen',
  field: 'Uw vraag',
  fieldFollowUp: 'Uw volgende vraag',
  placeholder: 'Typ hier uw vraag',
  send: 'Vraag stellen',
  stop: 'Stoppen',
  questionEmpty: 'Typ eerst een vraag.',
  questionTooLong: (length, maximum) =>
    `Uw vraag is te lang: ${length.toLocaleString('nl')} tekens. Er passen er ${maximum.toLocaleString('nl')}.`,
  busy: 'Wacht op het antwoord, of stop het eerst.',
  notice: 'U praat met een computer, niet met een mens.',
  noticeBy: {
    search: 'Een zoekprogramma kiest zinnen uit de documenten, zonder taalmodel.',
    'language-model':
      'Een taalmodel (AI) schrijft de antwoorden en kan fouten maken. Lees de bron voordat u erop vertrouwt.',
    unknown: 'Lees de bron voordat u op een antwoord vertrouwt.',
  },
  noticeLink: 'Meer over deze assistent',
  composedBy: {
    search: 'Samengesteld door een zoekprogramma',
    'language-model': 'Geschreven door een taalmodel (AI)',
  },
  you: 'U vroeg',
  searching: 'De documenten worden doorzocht',
  writing: 'Het antwoord wordt geschreven',
  answerReady: (text, sources) => `Antwoord: ${text}${sources === 0 ? '' : ` Aantal bronnen: ${sources}.`}`,
  stopped: 'U hebt dit antwoord gestopt.',
  stoppedStatus: 'Het antwoord is gestopt.',
  retry: 'Opnieuw proberen',
  askAgain: 'Opnieuw stellen',
  adjust: 'Vraag aanpassen',
  failed: 'Het is niet gelukt',
  faults: {
    'connection-lost':
      'Wij kunnen de assistent niet bereiken. Controleer uw internetverbinding en probeer het opnieuw.',
    unauthenticated: 'U hebt geen toegang tot de assistent. Vraag de beheerder van deze website om hulp.',
    forbidden: 'U hebt geen toegang tot de assistent. Vraag de beheerder van deze website om hulp.',
    'origin-not-allowed': 'Deze website mag de assistent niet gebruiken.',
  },
  offline: 'U bent offline. Wij gaan verder met uw vraag zodra u weer verbinding hebt.',
  slow: 'De verbinding is weggevallen. Wij maken opnieuw verbinding.',
  sources: 'Bronnen',
  citation: (marker, description) => `Bron ${marker}: ${description}`,
  readParagraph: 'lees de alinea',
  sourceMarker: marker => `Bron ${marker}`,
  citationHint: 'Klik om de alinea te lezen',
  unconfirmed: 'niet bevestigd',
  unconfirmedExplanation:
    'Niet bevestigd betekent: wij vonden deze zin niet terug in de bron. Lees zelf de bron na.',
  nearest: 'Misschien bedoelt u',
  copy: 'Kopieer antwoord met bronnen',
  copied: 'Gekopieerd',
  copyFailed: 'Kopiëren lukt niet in deze browser',
  copiedQuestion: 'Vraag',
  answerLink: 'Dit antwoord',
  helpful: 'Goed antwoord',
  unhelpful: 'Geen goed antwoord',
  ratingQuestion: 'Had u hier iets aan?',
  ratingThanks: 'Dank u wel, uw oordeel is verstuurd.',
  ratingFailed: 'Uw oordeel kon niet worden verstuurd. Probeer het later opnieuw.',
  reasonQuestion: 'Wat is er mis met dit antwoord?',
  reasons: {
    onjuist: 'Het klopt niet',
    onvolledig: 'Het is niet volledig',
    'verkeerde-bron': 'De bron past niet bij de vraag',
    onduidelijk: 'Het is niet duidelijk',
    anders: 'Iets anders',
  },
  comment: 'Toelichting (mag u overslaan)',
  commentHint: 'Noem geen namen of andere persoonlijke gegevens.',
  sendRating: 'Versturen',
  cancel: 'Annuleren',
  page: page => `pagina ${page}`,
  sourceOf: (position, total) => `Bron ${position} van ${total}`,
  nearSource: 'Misschien bedoelt u deze alinea',
  previousCitation: 'Vorige bron',
  nextCitation: 'Volgende bron',
  closeSource: 'Bron sluiten',
  openDocument: 'Open het hele document',
  newTab: 'opent in een nieuw tabblad',
  copyCitation: 'Kopieer verwijzing',
  loadingSource: 'De tekst rond deze alinea wordt opgehaald',
  sourceFailed: 'De tekst rond deze alinea kon niet worden opgehaald.',
  earlier: 'Wat hiervoor staat',
  later: 'Wat hierna staat',
  startOfDocument: 'Begin van het document',
  endOfDocument: 'Einde van het document',
  cited: 'Aangehaalde alinea',
  footnotes: 'Voetnoten',
  quoted: quote => `‘${quote}’`,
}

const en: WidgetTexts = {
  heading: 'Ask the documents',
  launcher: 'Ask a question',
  close: 'Close',
  newConversation: 'New conversation',
  conversation: 'Conversation',
  welcomeHeading: 'What would you like to know?',
  welcome:
    'Ask your question in plain words. You get a short answer with numbered sources. Choose a number to read the paragraph in the document itself. The documents and answers are in Dutch.',
  suggestions: 'Questions to start with',
  field: 'Your question',
  fieldFollowUp: 'Your next question',
  placeholder: 'Type your question here',
  send: 'Ask',
  stop: 'Stop',
  questionEmpty: 'Type a question first.',
  questionTooLong: (length, maximum) =>
    `Your question is too long: ${length.toLocaleString('en')} characters. The maximum is ${maximum.toLocaleString('en')}.`,
  busy: 'Wait for the answer, or stop it first.',
  notice: 'You are talking to a computer, not to a person.',
  noticeBy: {
    search: 'A search program picks sentences from the documents. No language model writes them.',
    'language-model':
      'A language model (AI) writes the answers and can be wrong. Read the source before you rely on it.',
    unknown: 'Read the source before you rely on an answer.',
  },
  noticeLink: 'More about this assistant',
  composedBy: {
    search: 'Composed by a search program',
    'language-model': 'Written by a language model (AI)',
  },
  you: 'You asked',
  searching: 'Searching the documents',
  writing: 'Writing the answer',
  answerReady: (text, sources) => `Answer: ${text}${sources === 0 ? '' : ` Number of sources: ${sources}.`}`,
  stopped: 'You stopped this answer.',
  stoppedStatus: 'The answer was stopped.',
  retry: 'Try again',
  askAgain: 'Ask again',
  adjust: 'Change the question',
  failed: 'Something went wrong',
  faults: {
    'connection-lost': 'We cannot reach the assistant. Check your internet connection and try again.',
    'question-empty': 'Type a question first.',
    'question-too-long': 'Your question is too long. Ask a shorter one.',
    'origin-not-allowed': 'This website may not use the assistant.',
    unauthenticated: 'You have no access to the assistant. Ask whoever runs this website for help.',
    forbidden: 'You have no access to the assistant. Ask whoever runs this website for help.',
    'rate-limited': 'You ask many questions in a short time. Wait a moment and try again.',
    'conversation-busy': 'Your previous question is still being answered. Wait for it or stop it.',
    'not-ready': 'The assistant is still starting. Try again in a few seconds.',
    'shutting-down': 'The assistant is being restarted. Try again in a minute.',
    timeout: 'The answer took too long. Try again.',
    'model-unavailable': 'The language model cannot be reached now. Try again later.',
    'model-failed': 'The language model gave no usable answer. Try again.',
    internal: 'Something went wrong. Try again.',
  },
  offline: 'You are offline. We continue with your question once you are back online.',
  slow: 'The connection was lost. We are trying to restore it.',
  sources: 'Sources',
  citation: (marker, description) => `Source ${marker}: ${description}`,
  readParagraph: 'read the paragraph',
  sourceMarker: marker => `Source ${marker}`,
  citationHint: 'Click to read the paragraph',
  unconfirmed: 'not confirmed',
  unconfirmedExplanation:
    'Not confirmed means: we did not find this sentence in the source. Check the source yourself.',
  nearest: 'Perhaps you mean',
  copy: 'Copy answer with sources',
  copied: 'Copied',
  copyFailed: 'This browser cannot copy',
  copiedQuestion: 'Question',
  answerLink: 'This answer',
  helpful: 'Good answer',
  unhelpful: 'Not a good answer',
  ratingQuestion: 'Was this useful?',
  ratingThanks: 'Thank you, your rating was sent.',
  ratingFailed: 'Your rating could not be sent. Try again later.',
  reasonQuestion: 'What is wrong with this answer?',
  reasons: {
    onjuist: 'It is not correct',
    onvolledig: 'It is not complete',
    'verkeerde-bron': 'The source does not fit the question',
    onduidelijk: 'It is not clear',
    anders: 'Something else',
  },
  comment: 'Explanation (optional)',
  commentHint: 'Do not give names or other personal data.',
  sendRating: 'Send',
  cancel: 'Cancel',
  page: page => `page ${page}`,
  sourceOf: (position, total) => `Source ${position} of ${total}`,
  nearSource: 'Perhaps you mean this paragraph',
  previousCitation: 'Previous source',
  nextCitation: 'Next source',
  closeSource: 'Close source',
  openDocument: 'Open the whole document',
  newTab: 'opens in a new tab',
  copyCitation: 'Copy reference',
  loadingSource: 'Fetching the text around this paragraph',
  sourceFailed: 'The text around this paragraph could not be fetched.',
  earlier: 'What stands before this',
  later: 'What stands after this',
  startOfDocument: 'Start of the document',
  endOfDocument: 'End of the document',
  cited: 'Cited paragraph',
  footnotes: 'Footnotes',
  quoted: quote => `‘${quote}’`,
}

/** The words of the widget in each language. */
export const widgetTexts: Readonly<Record<Language, WidgetTexts>> = { nl, en }

/** The language for a BCP 47 tag: English for `en` and its kinds, Dutch for everything else. */
export const languageOf = (tag: string): Language => (/^en\b/i.test(tag) ? 'en' : 'nl')

/** The words of the demo page. */
export const demoTexts = {
  title: 'Vindplaats: antwoord uit beleidsdocumenten, met de bron erbij',
  description:
    'Stel een vraag over beleidsdocumenten in gewone woorden. U krijgt een kort antwoord, met bij elke zin de alinea waar het staat.',
  skip: 'Direct naar de vraag',
  brand: 'Vindplaats',
  navigation: 'Op deze pagina',
  navigationAsk: 'Vraag stellen',
  navigationDocuments: 'Documenten',
  navigationAbout: 'Zo werkt het',
  navigationEmbed: 'Op uw eigen site',
  navigationApi: 'API',
  theme: 'Kleuren',
  themeAuto: 'Automatisch',
  themeLight: 'Licht',
  themeDark: 'Donker',
  headingStart: 'Een antwoord, en de plek',
  headingMarked: 'waar het staat',
  lead: 'Stel een vraag over beleid in gewone woorden. Vindplaats zoekt in de documenten hieronder en laat bij elke zin zien in welke alinea u die terugvindt.',
  ask: 'Stel uw vraag',
  documents: 'Wat deze assistent kent',
  documentsLead: 'Deze documenten, en niets anders. Staat iets er niet in, dan zegt de assistent dat.',
  documentsLoading: 'De lijst met documenten wordt opgehaald.',
  documentsFailed: 'De lijst met documenten kon niet worden opgehaald. Laad de pagina opnieuw.',
  documentCount: (count: number) => (count === 1 ? '1 document' : `${count} documenten`),
  draft: 'Ontwerp',
  dateUnknown: 'Datum onbekend',
  about: 'Zo werkt het',
  steps: [
    {
      heading: 'U vraagt, een zoekprogramma zoekt',
      text: 'Het zoekt op woorden, op woorddelen en op betekenis. Een tikfout of een ander woord is meestal geen probleem.',
    },
    {
      heading: 'U krijgt zinnen uit het document zelf',
      text: 'Een aanhaling staat er letter voor letter zoals in het document. Het nummer erachter brengt u naar de alinea.',
    },
    {
      heading: 'U leest zelf wat eromheen staat',
      text: 'Het document opent op de juiste plek. U ziet wat eraan voorafgaat en wat erop volgt.',
    },
    {
      heading: 'Staat het er niet in, dan hoort u dat',
      text: 'De assistent verzint niets. U krijgt de alinea’s die het dichtst bij uw vraag komen.',
    },
  ],
  limitsHeading: 'Goed om te weten',
  limits: [
    'U praat met een computer. Het antwoord is geen juridisch advies.',
    'De beheerder kan een taalmodel (AI) aanzetten. Dan staat dat onder het venster en bij elk antwoord.',
    'Deze pagina gebruikt geen cookies en haalt niets op bij anderen. Uw gesprek blijft in dit tabblad tot u het sluit.',
    'De server bewaart vragen en antwoorden zo lang als de beheerder heeft ingesteld. Typ dus geen persoonlijke gegevens.',
  ],
  embed: 'Zet de assistent op uw eigen site',
  embedLead: 'Twee regels HTML zijn genoeg. De assistent volgt de kleuren van uw NL Design System-thema.',
  embedInline: 'In de pagina',
  embedLauncher: 'Als knop in de hoek',
  embedPinned: 'Een vaste versie, met controle op de inhoud',
  copyCode: 'Kopieer code',
  codeCopied: 'Gekopieerd',
  codeCopyFailed: 'Kopiëren lukt niet in deze browser',
  api: 'Gebruik de API',
  apiLead:
    'Alles wat het venster kan, kan uw eigen programma ook. U krijgt JSON met antwoord, bronnen en vindplaatsen.',
  apiLink: 'Beschrijving van de API (OpenAPI 3.1)',
  apiDocuments: 'De documenten als JSON',
  noScript: 'Deze pagina heeft JavaScript nodig om vragen te stellen. De documenten kunt u zonder lezen:',
  footer:
    'Vindplaats is vrije software onder de EUPL-1.2. De documenten zijn van hun makers en staan hier ongewijzigd.',
} as const
