/** How often callers may ask: fixed windows counted in memory, bounded in size, the same for HTTP and for sockets. */
import type { Caller } from './access.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'

/** Most keys that one limit counts at once; beyond it the window that ends first is forgotten. */
const MAXIMUM_KEYS = 50_000

/** What a limit says after one use. */
export interface LimitVerdict {
  readonly name: string
  readonly allowed: boolean
  /** Uses per window. */
  readonly limit: number
  readonly windowSeconds: number
  readonly remaining: number
  /** Seconds until the window starts anew, at least 1. */
  readonly resetSeconds: number
}

/** A refusal by a limit, with the time after which a retry can succeed. */
export class RateLimitFault extends ServerFault {
  readonly verdict: LimitVerdict

  constructor(verdict: LimitVerdict) {
    super(
      'rate-limited',
      `The limit ${verdict.name} of ${verdict.limit} in ${verdict.windowSeconds} s is reached.`,
    )
    this.verdict = verdict
  }

  override get retryAfterSeconds(): number {
    return this.verdict.resetSeconds
  }
}

/** One limit: so many uses per key and window. */
export class RateLimit {
  readonly #name: string
  readonly #limit: number
  readonly #windowSeconds: number
  readonly #now: () => number
  /** Windows by key, in the order in which they started. */
  readonly #windows = new Map<string, { used: number; endsAt: number }>()

  constructor(name: string, limit: number, windowSeconds: number, now: () => number) {
    this.#name = name
    this.#limit = limit
    this.#windowSeconds = windowSeconds
    this.#now = now
  }

  /** Number of keys counted now. */
  get size(): number {
    return this.#windows.size
  }

  /** Counts one use. */
  use(key: string): LimitVerdict {
    const now = this.#now()
    let window = this.#windows.get(key)
    if (!window || window.endsAt <= now) {
      this.#windows.delete(key)
      this.#makeRoom(now)
      window = { used: 0, endsAt: now + this.#windowSeconds * 1_000 }
      this.#windows.set(key, window)
    }
    window.used += 1
    return {
      name: this.#name,
      allowed: window.used <= this.#limit,
      limit: this.#limit,
      windowSeconds: this.#windowSeconds,
      remaining: Math.max(0, this.#limit - window.used),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1_000)),
    }
  }

  #makeRoom(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size < MAXIMUM_KEYS) return
      this.#windows.delete(key)
    }
  }
}

/** All limits of one server. */
export class RateLimits {
  readonly requests: RateLimit
  readonly #perVisitor: RateLimit
  readonly #perKey: RateLimit
  readonly #perAddress: RateLimit

  constructor(limits: Configuration['limits'], now: () => number = Date.now) {
    const { windowSeconds } = limits
    this.requests = new RateLimit('requests', limits.requestsPerAddress, windowSeconds, now)
    this.#perVisitor = new RateLimit('questions-visitor', limits.questionsPerVisitor, windowSeconds, now)
    this.#perKey = new RateLimit('questions-key', limits.questionsPerKey, windowSeconds, now)
    this.#perAddress = new RateLimit('questions-address', limits.questionsPerAddress, windowSeconds, now)
  }

  /** Counts one question of a caller and returns the limits that hold for it, the strictest first. */
  useQuestion({ kind, limitKey, address }: Caller): readonly LimitVerdict[] {
    const verdicts =
      kind === 'key' || kind === 'subject'
        ? [this.#perKey.use(`${kind}:${limitKey}`)]
        : kind === 'visitor'
          ? [this.#perVisitor.use(limitKey), this.#perAddress.use(address)]
          : [this.#perAddress.use(address)]
    return verdicts.sort((left, right) => left.remaining - right.remaining)
  }

  /** @throws {RateLimitFault} when the caller may not ask now */
  takeQuestion(caller: Caller): readonly LimitVerdict[] {
    const verdicts = this.useQuestion(caller)
    const refused = verdicts.find(({ allowed }) => !allowed)
    if (refused) throw new RateLimitFault(refused)
    return verdicts
  }
}
