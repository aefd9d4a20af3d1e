/** Every fault a person can meet, one row each: what HTTP, the WebSocket and the visitor are told. */
import { CodedFault, type IngestFaultCode } from '../ingest/faults.js'
import type { WireFault } from './protocol.js'

/** Every fault that `server/` can raise. */
export type ServerFaultCode =
  | 'configuration-invalid'
  | 'port-in-use'
  | 'question-empty'
  | 'question-too-long'
  | 'request-invalid'
  | 'request-too-large'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'answer-expired'
  | 'unauthenticated'
  | 'forbidden'
  | 'origin-not-allowed'
  | 'rate-limited'
  | 'conversation-busy'
  | 'conversation-unknown'
  | 'client-too-slow'
  | 'cancelled'
  | 'not-ready'
  | 'shutting-down'
  | 'timeout'
  | 'model-unavailable'
  | 'model-failed'
  | 'prompt-invalid'
  | 'storage-failed'
  | 'storage-off'
  | 'media-type-unsupported'
  | 'internal'

/** A fault raised by `server/`. */
export class ServerFault extends CodedFault<ServerFaultCode> {
  override readonly name = 'ServerFault'

  /** Seconds after which a retry can succeed; `null`: not known. */
  get retryAfterSeconds(): number | null {
    return null
  }
}

/** What the outside is told about a fault. */
export interface FaultRow {
  readonly status: number
  /** WebSocket close code when the connection cannot go on; `null`: the message is rejected, the socket stays open. */
  readonly closeCode: number | null
  readonly retryable: boolean
  /** Dutch, B1, for the visitor: what happened and what to do next. */
  readonly text: string
}

const unavailable = 'De documenten zijn nu niet beschikbaar. Probeer het later opnieuw.'

/** One row per code; the compiler asks for each. */
export const FAULTS = {
  'source-missing': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'source-unreadable': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'source-empty': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'source-too-large': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'source-altered': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'format-unsupported': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'format-damaged': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'manifest-invalid': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'document-unknown': {
    status: 404,
    closeCode: null,
    retryable: false,
    text: 'Dit document is niet gevonden.',
  },
  'enrichment-invalid': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'index-missing': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'index-damaged': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'index-incompatible': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'index-locked': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'disk-full': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'folder-unwritable': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'embedder-unavailable': { status: 503, closeCode: null, retryable: true, text: unavailable },
  'embedder-invalid': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'configuration-invalid': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'port-in-use': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'question-empty': { status: 400, closeCode: null, retryable: false, text: 'Typ eerst een vraag.' },
  'question-too-long': {
    status: 400,
    closeCode: null,
    retryable: false,
    text: 'Uw vraag is te lang. Stel een kortere vraag van hooguit 2.000 tekens.',
  },
  'request-invalid': { status: 400, closeCode: null, retryable: false, text: 'Dit bericht klopt niet.' },
  'request-too-large': { status: 413, closeCode: 1009, retryable: false, text: 'Dit bericht is te groot.' },
  'not-found': { status: 404, closeCode: null, retryable: false, text: 'Deze pagina bestaat niet.' },
  'method-not-allowed': { status: 405, closeCode: null, retryable: false, text: 'Dit kan hier niet.' },
  'not-acceptable': { status: 406, closeCode: null, retryable: false, text: 'Dit formaat is er niet.' },
  'answer-expired': {
    status: 410,
    closeCode: null,
    retryable: false,
    text: 'Dit antwoord is verwijderd, omdat de bewaartermijn voorbij is.',
  },
  unauthenticated: {
    status: 401,
    closeCode: 4401,
    retryable: false,
    text: 'U hebt geen toegang. Meld u opnieuw aan.',
  },
  forbidden: {
    status: 403,
    closeCode: 4403,
    retryable: false,
    text: 'U hebt geen toegang tot dit onderdeel.',
  },
  'origin-not-allowed': {
    status: 403,
    closeCode: 4403,
    retryable: false,
    text: 'Deze website mag de assistent niet gebruiken.',
  },
  'rate-limited': {
    status: 429,
    closeCode: null,
    retryable: true,
    text: 'U stelt veel vragen kort na elkaar. Wacht even en probeer het dan opnieuw.',
  },
  'conversation-busy': {
    status: 409,
    closeCode: null,
    retryable: true,
    text: 'Uw vorige vraag wordt nog beantwoord. Wacht op dat antwoord of stop het.',
  },
  'conversation-unknown': {
    status: 404,
    closeCode: null,
    retryable: false,
    text: 'Dit gesprek is niet meer beschikbaar. Begin een nieuw gesprek.',
  },
  'client-too-slow': {
    status: 503,
    closeCode: 4408,
    retryable: true,
    text: 'De verbinding is te traag. Probeer het opnieuw.',
  },
  cancelled: { status: 499, closeCode: null, retryable: true, text: 'U hebt deze vraag gestopt.' },
  'not-ready': {
    status: 503,
    closeCode: null,
    retryable: true,
    text: 'De assistent start nog op. Probeer het over een paar seconden opnieuw.',
  },
  'shutting-down': {
    status: 503,
    closeCode: 1012,
    retryable: true,
    text: 'De assistent wordt opnieuw gestart. Probeer het over een minuut opnieuw.',
  },
  timeout: {
    status: 504,
    closeCode: null,
    retryable: true,
    text: 'Het antwoord duurde te lang. Probeer het opnieuw.',
  },
  'model-unavailable': {
    status: 503,
    closeCode: null,
    retryable: true,
    text: 'Het taalmodel is nu niet bereikbaar. Probeer het later opnieuw.',
  },
  'model-failed': {
    status: 502,
    closeCode: null,
    retryable: true,
    text: 'Het taalmodel gaf geen bruikbaar antwoord. Probeer het opnieuw.',
  },
  'prompt-invalid': { status: 500, closeCode: null, retryable: false, text: unavailable },
  'storage-failed': {
    status: 500,
    closeCode: null,
    retryable: true,
    text: 'Dit kon niet worden opgeslagen. Probeer het later opnieuw.',
  },
  'storage-off': {
    status: 404,
    closeCode: null,
    retryable: false,
    text: 'Antwoorden en waarderingen worden hier niet bewaard.',
  },
  'media-type-unsupported': {
    status: 415,
    closeCode: null,
    retryable: false,
    text: 'Dit soort bericht kan de assistent niet lezen. Stuur JSON.',
  },
  internal: {
    status: 500,
    closeCode: 1011,
    retryable: true,
    text: 'Er ging iets mis. Probeer het opnieuw. Blijft het misgaan, meld het dan bij de beheerder.',
  },
} satisfies Record<IngestFaultCode | ServerFaultCode, FaultRow>

/** Any code of the closed sets. */
export type FaultCode = keyof typeof FAULTS

/** The code of anything that was thrown; what has none is `internal`. */
export function codeOf(error: unknown): FaultCode {
  return error instanceof CodedFault && Object.hasOwn(FAULTS, error.code)
    ? (error.code as FaultCode)
    : 'internal'
}

/** What a client is told about anything that was thrown: never its message, stack, path or cause. */
export function toWireFault(error: unknown): WireFault {
  const code = codeOf(error)
  const { text, retryable } = FAULTS[code]
  const seconds = error instanceof ServerFault ? error.retryAfterSeconds : null
  return { code, message: text, retryable, ...(seconds !== null && { retryAfterSeconds: seconds }) }
}
