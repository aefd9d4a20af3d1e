/** What the widget asks of the server over HTTP, and how a socket to it is made. The one file that knows addresses. */
import type { DocumentList, ParagraphView, VisitorToken, WidgetSettings } from '../server/protocol.js'

/** Milliseconds after which a request counts as failed. */
const REQUEST_TIMEOUT = 10_000

/** Milliseconds before its end at which a visitor token is not used any more. */
const TOKEN_MARGIN = 15_000

/** Paragraphs fetched on either side of a cited one: about a printed page together. */
export const NEIGHBOURS = 5

/** The server of one widget. */
export class ServerApi {
  /** Address of the server with a trailing slash; may have a path. */
  readonly baseUrl: string
  #settings: Promise<WidgetSettings> | null = null
  #token: { readonly value: string; readonly endsAt: number } | null = null

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`
  }

  /** The settings, asked once; a failure is forgotten, so that the next call tries again. */
  settings(): Promise<WidgetSettings> {
    this.#settings ??= this.#json<WidgetSettings>('v1/widget-settings', {}).catch((error: unknown) => {
      this.#settings = null
      throw error
    })
    return this.#settings
  }

  /** All documents. Rejects when the server cannot be reached or refuses. */
  async documents(): Promise<DocumentList> {
    return this.#json<DocumentList>('v1/documents', { headers: await this.#authorization() })
  }

  /** A paragraph among its neighbours. Rejects when it is unknown or the server cannot be reached. */
  async paragraph(documentId: string, anchor: string): Promise<ParagraphView> {
    const path = `v1/documents/${encodeURIComponent(documentId)}/paragraphs/${encodeURIComponent(anchor)}`
    return this.#json<ParagraphView>(`${path}?neighbours=${NEIGHBOURS}`, {
      headers: await this.#authorization(),
    })
  }

  /** A socket to `/v1/chat`, not yet open. Rejects when a visitor token is needed and refused. */
  async openSocket(): Promise<WebSocket> {
    const address = new URL('v1/chat', this.baseUrl)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    const token = await this.#visitorToken()
    const socket = new WebSocket(
      address,
      token === null ? [] : ['vindplaats.v1', `vindplaats.token.${token}`],
    )
    // A server that was restarted does not know its old tokens; the next socket comes with a new one.
    socket.addEventListener('close', () => {
      this.#token = null
    })
    return socket
  }

  /** The page of a kept answer. */
  answerPage(answerId: string): string {
    return new URL(`antwoorden/${encodeURIComponent(answerId)}`, this.baseUrl).href
  }

  /** The absolute address of a link the server gave; `null` for anything that is no web address. */
  absolute(href: string): string | null {
    if (!URL.canParse(href, this.baseUrl)) return null
    const url = new URL(href, this.baseUrl)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
  }

  async #authorization(): Promise<Record<string, string>> {
    const token = await this.#visitorToken()
    return token === null ? {} : { authorization: `Bearer ${token}` }
  }

  async #visitorToken(): Promise<string | null> {
    const settings = await this.settings().catch(() => null)
    if (!settings?.visitorTokenRequired) return null
    if (this.#token === null || this.#token.endsAt < Date.now() + TOKEN_MARGIN) {
      const { token, expiresInSeconds } = await this.#json<VisitorToken>('v1/visitor-tokens', {
        method: 'POST',
      }).catch((error: unknown) => {
        // The server may have been set up anew since the settings were read. A page of a website that is no longer let in cannot
        // read why it gets no token; without settings the next socket is tried without one, and its close tells the reason.
        this.#settings = null
        throw error
      })
      this.#token = { value: token, endsAt: Date.now() + expiresInSeconds * 1_000 }
    }
    return this.#token.value
  }

  async #json<Value>(path: string, request: RequestInit): Promise<Value> {
    const response = await fetch(new URL(path, this.baseUrl), {
      ...request,
      // No cookies, in either direction.
      credentials: 'omit',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    })
    if (!response.ok) throw new Error(`The server answered ${response.status} to ${path}`)
    return (await response.json()) as Value
  }
}
