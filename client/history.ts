/** Keeps a conversation over a reload: in the tab's session storage where that is allowed, else only in memory. */
import { type Conversation, EMPTY_CONVERSATION, MAXIMUM_TURNS, type Turn } from './conversation.js'

/** Version of the stored form. Another version is dropped, not guessed at. */
const FORMAT_VERSION = 1

/** Longest stored text in UTF-16 code units; browsers allow about five million for all of a site together. */
const MAXIMUM_STORED_LENGTH = 1_500_000

const STATUSES = new Set(['waiting', 'streaming', 'answered', 'stopped', 'failed'])

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTurn = (value: unknown): value is Turn =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  typeof value.question === 'string' &&
  STATUSES.has(value.status as string) &&
  Array.isArray(value.segments) &&
  value.segments.every(
    segment => isRecord(segment) && typeof segment.text === 'string' && Array.isArray(segment.markers),
  ) &&
  Array.isArray(value.citations) &&
  value.citations.every(
    citation => isRecord(citation) && typeof citation.quote === 'string' && typeof citation.text === 'string',
  ) &&
  (value.answer === null || (isRecord(value.answer) && typeof value.answer.answerId === 'string'))

/** The text under which a conversation is stored; the oldest turns are left out where it would be too long. */
export const serializeConversation = (conversation: Conversation): string => {
  for (let turns = conversation.turns; ; turns = turns.slice(Math.ceil(turns.length / 2))) {
    const text = JSON.stringify({ version: FORMAT_VERSION, conversation: { ...conversation, turns } })
    if (text.length <= MAXIMUM_STORED_LENGTH || turns.length === 0) return text
  }
}

/** The conversation of a stored text; an empty one when the text is of another version or damaged. Never throws. */
export const parseConversation = (text: string | null): Conversation => {
  if (text === null) return EMPTY_CONVERSATION
  try {
    const stored: unknown = JSON.parse(text)
    if (!isRecord(stored) || stored.version !== FORMAT_VERSION || !isRecord(stored.conversation)) {
      return EMPTY_CONVERSATION
    }
    const { id, lastSequence, turns } = stored.conversation
    if (!(id === null || typeof id === 'string') || !Number.isSafeInteger(lastSequence))
      return EMPTY_CONVERSATION
    if (!Array.isArray(turns) || !turns.every(isTurn)) return EMPTY_CONVERSATION
    return { id, lastSequence: lastSequence as number, turns: turns.slice(-MAXIMUM_TURNS) }
  } catch {
    return EMPTY_CONVERSATION
  }
}

/** What the history needs of a browser storage. */
export type HistoryStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * The tab's session storage; `null` where the browser refuses it, as it does for third-party frames and with cookies
 * switched off (reading the property itself throws there).
 */
export const sessionStorageIfAllowed = (): HistoryStorage | null => {
  try {
    const storage = window.sessionStorage
    storage.getItem('vindplaats')
    return storage
  } catch {
    return null
  }
}

/** A place for one conversation. A storage that fails later on, for example because it is full, is simply not used. */
export class ConversationHistory {
  readonly #key: string
  readonly #storage: HistoryStorage | null

  /** @param key Names the place within the tab; two widgets on a page need two. */
  constructor(key: string, storage: HistoryStorage | null) {
    this.#key = key
    this.#storage = storage
  }

  read(): Conversation {
    try {
      return parseConversation(this.#storage?.getItem(this.#key) ?? null)
    } catch {
      return EMPTY_CONVERSATION
    }
  }

  write(conversation: Conversation): void {
    try {
      if (conversation.turns.length === 0) this.#storage?.removeItem(this.#key)
      else this.#storage?.setItem(this.#key, serializeConversation(conversation))
    } catch {
      // Full or forbidden: the conversation lives on in memory.
    }
  }
}
