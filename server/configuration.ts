/**
 * Every setting of the server, the commands and the evals: the zod schema of the environment and its only reader.
 *
 * The configuration is read once, whole, checked and frozen. Its fault lists every wrong variable at once, by name.
 */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ServerFault } from './faults.js'
import { seedQuestions } from './texts.js'

/** An external model: who serves it and what it is called there. */
export interface ModelChoice<Provider extends string> {
  readonly provider: Provider
  /** Name as the provider knows it; for `transformers` also a folder. */
  readonly model: string
}

/** Which embedder the index is built and searched with. */
export type EmbeddingsChoice =
  | { readonly provider: 'embedded' }
  | ModelChoice<'ollama' | 'openai' | 'transformers'>

/** The settings as the program uses them. Deeply frozen. */
export interface Configuration {
  /** Absolute folders that hold the documents. */
  readonly sources: readonly string[]
  /** Absolute folder for index, added documents and database. */
  readonly dataDirectory: string
  readonly server: {
    readonly host: string
    /** 0 lets the system choose. */
    readonly port: number
    /** Path prefix without trailing slash; empty at the root. */
    readonly basePath: string
    /** Address under which visitors reach the server, with `basePath`, without trailing slash; `null`: not known. */
    readonly publicUrl: string | null
    /** Addresses or CIDR ranges whose `X-Forwarded-*` headers are believed. */
    readonly trustedProxies: readonly string[]
    readonly shutdownSeconds: number
  }
  readonly embeddings: EmbeddingsChoice
  readonly openai: { readonly baseUrl: string | null; readonly apiKey: string | null }
  readonly ollama: { readonly baseUrl: string }
  /** `null`: answers are composed by search. */
  readonly chat: ModelChoice<'ollama' | 'openai'> | null
  readonly chatTimeoutSeconds: number
  /** 0..2. */
  readonly chatTemperature: number
  /** What happens to unsupported sentences; `null`: removed when they carry a number, date or name, else flagged. */
  readonly unsupported: 'flag' | 'remove' | null
  readonly access: {
    readonly authentication: 'none' | 'api-keys' | 'jwt'
    /** File with one API key entry a line; absolute. */
    readonly apiKeysFile: string | null
    /** API key entries given in the environment. */
    readonly apiKeys: readonly string[]
    readonly jwt: {
      readonly issuer: string
      readonly audience: string
      /** `null`: found through the discovery document of the issuer. */
      readonly jwksUrl: string | null
      /** Name of the claim that lists roles; dots step into objects. */
      readonly rolesClaim: string
      /** Role a caller needs to ask questions; `null`: any valid token. */
      readonly requiredRole: string | null
      /** Role that may read `/metrics`. */
      readonly operatorRole: string
    } | null
    readonly visitors: 'allow' | 'deny'
    readonly visitorTokenSeconds: number
    /** Origins besides our own that may use the API; `*` allows all. */
    readonly allowedOrigins: readonly string[]
    /** Sources of the CSP directive `frame-ancestors`. */
    readonly frameAncestors: readonly string[]
    readonly metrics: 'allow' | 'loopback' | 'deny'
  }
  readonly limits: {
    readonly windowSeconds: number
    readonly questionsPerVisitor: number
    readonly questionsPerKey: number
    readonly questionsPerAddress: number
    readonly requestsPerAddress: number
    readonly maximumBodyBytes: number
    readonly maximumMessageBytes: number
    readonly maximumSockets: number
    readonly maximumSocketsPerAddress: number
    readonly maximumSocketBufferBytes: number
    readonly maximumReplayBytes: number
    readonly maximumReplayTotalBytes: number
    readonly maximumConversations: number
    readonly maximumQueuedQuestions: number
    readonly maximumConcurrentQuestions: number
    readonly resumeWindowSeconds: number
    readonly heartbeatSeconds: number
    readonly idleTimeoutSeconds: number
    readonly answerTimeoutSeconds: number
    readonly requestTimeoutSeconds: number
  }
  readonly storage: {
    /** Days that questions, answers and feedback are kept; 0 stores nothing. */
    readonly retentionDays: number
  }
  readonly logging: {
    readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
    /** Whether the text of questions is logged. */
    readonly questions: boolean
  }
  readonly visitorPage: {
    readonly contactUrl: string | null
    readonly suggestedQuestions: readonly string[]
    readonly moreInformationUrl: string | null
  }
}

/** A variable of the environment. */
interface Variable<Value> {
  /** What it is for, in whole English sentences, Markdown allowed. */
  readonly description: string
  /** Text that counts when the variable is unset or empty; `null`: no value. */
  readonly standard: string | null
  /** What is accepted, for the table. */
  readonly accepts: string
  readonly schema: z.ZodType<Value, string>
}

const check = <Value>(parse: (text: string) => Value | undefined, complaint: (text: string) => string) =>
  z.string().transform((text, context): Value => {
    const value = parse(text)
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: complaint(text), input: text })
    return z.NEVER
  })

const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

const wholeNumber = (minimum: number, maximum: number) => ({
  accepts: `${minimum}..${maximum}`,
  schema: check(
    text => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return value >= minimum && value <= maximum ? value : undefined
    },
    text => `${shown(text)} is not a whole number from ${minimum} to ${maximum}.`,
  ),
})

const decimal = (minimum: number, maximum: number) => ({
  accepts: `${minimum}..${maximum}`,
  schema: check(
    text => {
      const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
      return value >= minimum && value <= maximum ? value : undefined
    },
    text => `${shown(text)} is not a number from ${minimum} to ${maximum}.`,
  ),
})

const oneOf = <const Values extends readonly string[]>(...values: Values) => ({
  accepts: values.map(value => `\`${value}\``).join(', '),
  schema: check(
    text => values.find((value): value is Values[number] => value === text),
    text => `${shown(text)} is not one of ${values.join(', ')}.`,
  ),
})

const truth = {
  accepts: '`true`, `false`',
  schema: check(
    text => (text === 'true' ? true : text === 'false' ? false : undefined),
    text => `${shown(text)} is neither true nor false.`,
  ),
}

const parseHttpUrl = (text: string): string | undefined => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  return text.replace(/\/+$/, '')
}

const httpUrl = {
  accepts: 'an http(s) address',
  schema: check(
    parseHttpUrl,
    text => `${shown(text)} is not an http or https address without a password in it.`,
  ),
}

const text = { accepts: 'text', schema: z.string() }

const folder = {
  accepts: 'a path',
  schema: check(
    path => (path.includes('\0') ? undefined : resolve(path)),
    path => `${shown(path)} is not a path.`,
  ),
}

const items = (value: string, separator: string | RegExp = ',') =>
  value
    .split(separator)
    .map(item => item.trim())
    .filter(item => item !== '')

const list = (separator: string, accepts: string) => ({
  accepts,
  schema: z.string().transform((value): readonly string[] => items(value, separator)),
})

/** A list whose every item is checked; the fault names the first wrong one. */
const checkedList = (
  accepts: string,
  parse: (item: string) => string | undefined,
  complaint: string,
  separator: string | RegExp = ',',
) => ({
  accepts,
  schema: z.string().transform((value, context): readonly string[] =>
    items(value, separator).map(item => {
      const parsed = parse(item)
      if (parsed !== undefined) return parsed
      context.issues.push({ code: 'custom', message: `${shown(item)} ${complaint}`, input: value })
      return z.NEVER
    }),
  ),
})

const parseOrigin = (item: string): string | undefined => {
  if (item === '*') return item
  const url = parseHttpUrl(item) === undefined ? null : new URL(item)
  return url && url.pathname === '/' && url.search === '' && url.hash === '' ? url.origin : undefined
}

const parseFrameAncestor = (item: string): string | undefined =>
  /^('self'|'none'|https?:|https?:\/\/(\*\.)?[\w.-]+(:(\d+|\*))?)$/.test(item) ? item : undefined

const parseProxy = (item: string): string | undefined => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(item)) return item
  const [address = '', bits, ...rest] = item.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return undefined
  if (bits === undefined) return item
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) ? item : undefined
}

const modelChoice = <const Providers extends readonly string[]>(...providers: Providers) => ({
  accepts: providers.map(provider => `\`${provider}:<model>\``).join(', '),
  schema: check(
    (value): ModelChoice<Providers[number]> | undefined => {
      const colon = value.indexOf(':')
      const provider = providers.find(name => name === value.slice(0, colon))
      const model = value.slice(colon + 1).trim()
      return provider !== undefined && model !== '' ? { provider, model } : undefined
    },
    value => `${shown(value)} is not of the form ${providers.map(name => `${name}:<model>`).join(' or ')}.`,
  ),
})

const embeddingsModel = modelChoice('ollama', 'openai', 'transformers')
const kibibyte = 1024

/** Every variable of the environment that is read, in the order of the table in the documentation. */
const VARIABLES = {
  SOURCES: {
    ...checkedList('folders, separated by commas', item => resolve(item), 'is not a path.'),
    standard: './seeds',
    description: 'What is ingested. A folder with a `manifest.json` yields the files it lists.',
  },
  DATA_DIR: {
    ...folder,
    standard: './data',
    description:
      'Holds the index, added documents and the database. The only folder that is written to, besides what `npm run build` makes.',
  },
  HOST: {
    ...text,
    accepts: 'a name or address',
    standard: '127.0.0.1',
    description: 'Where the server listens. `0.0.0.0` opens it to the network.',
  },
  PORT: {
    ...wholeNumber(0, 65_535),
    standard: '3000',
    description: 'Where the server listens. `0`: a free port.',
  },
  BASE_PATH: {
    accepts: 'a path like `/vindplaats`',
    schema: check(
      path => (/^(\/[\w.~-]+)*\/?$/.test(path) ? path.replace(/\/$/, '') : undefined),
      path => `${shown(path)} is not a path like /vindplaats.`,
    ),
    standard: null,
    description:
      'Path prefix under which everything is served, for use behind a proxy that keeps the prefix.',
  },
  PUBLIC_URL: {
    ...httpUrl,
    standard: null,
    description:
      'Address under which visitors reach the server, prefix included. Used in permalinks and in the API description.',
  },
  TRUSTED_PROXIES: {
    ...checkedList(
      'addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`',
      parseProxy,
      'is not an address, a range like 10.0.0.0/8, loopback, linklocal or uniquelocal.',
    ),
    standard: null,
    description: 'Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Empty: nobody.',
  },
  EMBEDDINGS: {
    accepts: '`embedded`, `ollama:<model>`, `openai:<model>`, `transformers:<model or folder>`',
    schema: z.string().transform((value, context): EmbeddingsChoice => {
      if (value === 'embedded') return { provider: 'embedded' }
      const parsed = embeddingsModel.schema.safeParse(value)
      if (parsed.success) return parsed.data
      context.issues.push({
        code: 'custom',
        message: `${shown(value)} is not embedded, ollama:<model>, openai:<model> or transformers:<model or folder>.`,
        input: value,
      })
      return z.NEVER
    }),
    standard: 'embedded',
    description: 'Which embedder the index is built with. `embedded` needs no download and no network.',
  },
  CHAT_MODEL: {
    ...modelChoice('ollama', 'openai'),
    standard: null,
    description:
      'Language model that writes the answers. Unset: answers are composed by search, from quotes.',
  },
  OPENAI_BASE_URL: {
    ...httpUrl,
    standard: null,
    description:
      'Base address of an OpenAI-compatible server (vLLM, LM Studio, Azure, Mistral), usually ending in `/v1`.',
  },
  OPENAI_API_KEY: { ...text, standard: null, description: 'Key for that server. Never logged.' },
  OLLAMA_BASE_URL: { ...httpUrl, standard: 'http://127.0.0.1:11434', description: 'Address of Ollama.' },
  CHAT_TIMEOUT_SECONDS: {
    ...wholeNumber(1, 600),
    standard: '60',
    description: 'Longest wait for a language model before the answer is composed by search.',
  },
  CHAT_TEMPERATURE: { ...decimal(0, 2), standard: '0', description: 'Temperature of the language model.' },
  UNSUPPORTED: {
    ...oneOf('flag', 'remove'),
    standard: null,
    description:
      'What happens to a sentence of a language model that its source does not support. Unset: removed when it carries a number, date or name, otherwise flagged.',
  },
  AUTH: {
    ...oneOf('none', 'api-keys', 'jwt'),
    standard: 'none',
    description: 'How callers prove who they are. See `docs/security.md`.',
  },
  API_KEYS_FILE: {
    ...folder,
    standard: null,
    description:
      'File with one entry `name:role:sha256` a line, made by `npm run keys`. Read again on SIGHUP.',
  },
  API_KEYS: {
    ...list(',', 'entries, separated by commas'),
    standard: null,
    description: 'The same entries without a file.',
  },
  JWT_ISSUER: {
    accepts: 'an http(s) address',
    // Compared letter by letter with `iss`, so nothing is taken off its end.
    schema: check(
      value => (parseHttpUrl(value) === undefined ? undefined : value),
      value => `${shown(value)} is not an http or https address without a password in it.`,
    ),
    standard: null,
    description: 'Required value of `iss`, exactly.',
  },
  JWT_AUDIENCE: { ...text, standard: null, description: 'Required value in `aud`.' },
  JWT_JWKS_URL: {
    ...httpUrl,
    standard: null,
    description:
      'Where the public keys are. Unset: found through `/.well-known/openid-configuration` of the issuer.',
  },
  JWT_ROLES_CLAIM: {
    ...text,
    standard: 'roles',
    description: 'Claim that lists the roles; dots step into objects, as in `realm_access.roles`.',
  },
  JWT_REQUIRED_ROLE: { ...text, standard: null, description: 'Role a caller needs. Unset: any valid token.' },
  JWT_OPERATOR_ROLE: { ...text, standard: 'operator', description: 'Role that may read `/metrics`.' },
  VISITORS: {
    ...oneOf('allow', 'deny'),
    standard: null,
    description:
      'Whether visitors of an embedded widget get a token from `/v1/visitor-tokens`. Unset: `allow` with `AUTH=none`, otherwise `deny`.',
  },
  VISITOR_TOKEN_SECONDS: {
    ...wholeNumber(30, 86_400),
    standard: '900',
    description: 'Life of a visitor token.',
  },
  ALLOWED_ORIGINS: {
    ...checkedList(
      'origins, separated by commas, or `*`',
      parseOrigin,
      'is not an origin like https://intranet.example.nl.',
    ),
    standard: null,
    description: 'Websites besides our own that may embed the widget and use the API from a browser.',
  },
  FRAME_ANCESTORS: {
    ...checkedList(
      "sources, separated by spaces or commas, as in `'self' https://intranet.example.nl`",
      parseFrameAncestor,
      "is not 'self', 'none' or an address like https://intranet.example.nl.",
      /[\s,]+/,
    ),
    standard: "'self'",
    description: 'Websites that may show our pages in a frame.',
  },
  METRICS: {
    ...oneOf('allow', 'loopback', 'deny'),
    standard: 'loopback',
    description: 'Who may read `/metrics` without an operator key or role.',
  },
  RETENTION_DAYS: {
    ...wholeNumber(0, 3650),
    standard: '30',
    description: 'Days that questions, answers and feedback are kept. `0`: nothing is stored.',
  },
  LOG_LEVEL: {
    ...oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    standard: 'info',
    description: 'Least severe lines that are logged, as JSON on standard output.',
  },
  LOG_QUESTIONS: { ...truth, standard: 'false', description: 'Whether the text of questions is logged.' },
  CONTACT_URL: {
    accepts: 'an http(s) or mailto address',
    schema: check(
      value => (/^mailto:[^\s@<>"]+@[^\s@<>"]+$/.test(value) ? value : parseHttpUrl(value)),
      value => `${shown(value)} is not an http, https or mailto address.`,
    ),
    standard: null,
    description: 'Where a visitor can turn to when the documents hold no answer.',
  },
  SUGGESTED_QUESTIONS: {
    ...list('|', 'questions, separated by `|`'),
    standard: null,
    description:
      'First questions that the widget offers. Unset: some about the shipped documents while `SOURCES` is unset, else none.',
  },
  MORE_INFORMATION_URL: {
    ...httpUrl,
    standard: null,
    description: 'Page that explains the assistant to visitors; linked from the notice in the widget.',
  },
  RATE_WINDOW_SECONDS: {
    ...wholeNumber(1, 86_400),
    standard: '60',
    description: 'Window of every rate limit below.',
  },
  RATE_QUESTIONS_PER_VISITOR: {
    ...wholeNumber(1, 1_000_000),
    standard: '20',
    description: 'Questions per window for one visitor token.',
  },
  RATE_QUESTIONS_PER_KEY: {
    ...wholeNumber(1, 1_000_000),
    standard: '600',
    description: 'Questions per window for one API key or JWT subject.',
  },
  RATE_QUESTIONS_PER_ADDRESS: {
    ...wholeNumber(1, 1_000_000),
    standard: '120',
    description: 'Questions per window for one network address (IPv6: one /64) without a key.',
  },
  RATE_REQUESTS_PER_ADDRESS: {
    ...wholeNumber(1, 10_000_000),
    standard: '1200',
    description: 'HTTP requests and socket upgrades per window for one network address.',
  },
  MAXIMUM_BODY_BYTES: {
    ...wholeNumber(kibibyte, 16 * kibibyte * kibibyte),
    standard: '131072',
    description: 'Largest request body.',
  },
  MAXIMUM_MESSAGE_BYTES: {
    ...wholeNumber(kibibyte, 16 * kibibyte * kibibyte),
    standard: '131072',
    description: 'Largest message on a socket.',
  },
  MAXIMUM_SOCKETS: { ...wholeNumber(1, 100_000), standard: '5000', description: 'Open sockets in total.' },
  MAXIMUM_SOCKETS_PER_ADDRESS: {
    ...wholeNumber(1, 100_000),
    standard: '500',
    description: 'Open sockets from one network address.',
  },
  MAXIMUM_SOCKET_BUFFER_BYTES: {
    ...wholeNumber(16 * kibibyte, 64 * kibibyte * kibibyte),
    standard: '1048576',
    description:
      'Bytes waiting for a slow reader; at a quarter of it sending pauses, above it the socket is closed.',
  },
  MAXIMUM_REPLAY_BYTES: {
    ...wholeNumber(64 * kibibyte, 64 * kibibyte * kibibyte),
    standard: '1048576',
    description: 'Bytes of answer events kept per conversation for a client that comes back.',
  },
  MAXIMUM_REPLAY_TOTAL_BYTES: {
    ...wholeNumber(kibibyte * kibibyte, 16 * kibibyte * kibibyte * kibibyte),
    standard: '134217728',
    description:
      'Bytes of answer events kept over all conversations. Beyond it the ones unused longest are replayed from the database.',
  },
  MAXIMUM_CONVERSATIONS: {
    ...wholeNumber(1, 1_000_000),
    standard: '10000',
    description: 'Conversations held in memory; the one unused longest goes first.',
  },
  MAXIMUM_QUEUED_QUESTIONS: {
    ...wholeNumber(0, 100),
    standard: '2',
    description: 'Questions that wait in one conversation while another is answered.',
  },
  MAXIMUM_CONCURRENT_QUESTIONS: {
    ...wholeNumber(1, 10_000),
    standard: '256',
    description:
      'Questions in work at once over all visitors; beyond it a question is refused with `rate-limited`.',
  },
  RESUME_WINDOW_SECONDS: {
    ...wholeNumber(1, 86_400),
    standard: '300',
    description: 'How long after a disconnect a conversation can be resumed without loss.',
  },
  HEARTBEAT_SECONDS: {
    ...wholeNumber(1, 3600),
    standard: '30',
    description: 'Time between heartbeats; a client that misses one is disconnected.',
  },
  IDLE_TIMEOUT_SECONDS: {
    ...wholeNumber(1, 86_400),
    standard: '3600',
    description: 'A socket on which nothing was asked for so long is closed.',
  },
  ANSWER_TIMEOUT_SECONDS: {
    ...wholeNumber(1, 3600),
    standard: '120',
    description: 'Longest time for one whole answer.',
  },
  REQUEST_TIMEOUT_SECONDS: {
    ...wholeNumber(1, 600),
    standard: '15',
    description: 'Longest time in which a client must have sent its headers and body.',
  },
  SHUTDOWN_SECONDS: {
    ...wholeNumber(0, 600),
    standard: '30',
    description: 'How long running answers may take to finish after SIGTERM.',
  },
} satisfies Record<string, Variable<unknown>>

type VariableName = keyof typeof VARIABLES

/** Names of every variable of the environment that is read. */
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[]

type Values = {
  readonly [Name in VariableName]:
    | z.output<(typeof VARIABLES)[Name]['schema']>
    | ((typeof VARIABLES)[Name]['standard'] extends string ? never : null)
}

/** Names of variables whose text must not appear in a message. */
const SECRETS: ReadonlySet<string> = new Set(['OPENAI_API_KEY', 'API_KEYS'])

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

/**
 * Reads and checks the whole configuration.
 *
 * @param environment the variables; an empty one counts as unset
 * @throws {ServerFault} `configuration-invalid`; the message names every wrong variable and what it should be.
 */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Configuration {
  const faults: string[] = []
  const read: Record<string, unknown> = {}
  for (const name of VARIABLE_NAMES) {
    const { schema, standard }: Variable<unknown> = VARIABLES[name]
    const given = environment[name]?.trim()
    const value = given ? given : standard
    if (value === null) {
      read[name] = null
      continue
    }
    const parsed = schema.safeParse(value)
    if (parsed.success) read[name] = parsed.data
    else {
      const complaint = parsed.error.issues.map(issue => issue.message).join(' ')
      faults.push(`${name}: ${SECRETS.has(name) ? 'its value is not valid.' : complaint}`)
    }
  }
  // Values that failed are absent here; the rules between variables then simply do not hold for them.
  const values = read as unknown as Values
  faults.push(...faultsBetween(values))
  if (faults.length > 0) {
    throw new ServerFault(
      'configuration-invalid',
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults
        .map(fault => `  ${fault}`)
        .join('\n')}\nSee docs/operations.md for every variable.`,
    )
  }
  return deepFreeze(toConfiguration(values))
}

/**
 * Reads the configuration with some variables replaced, as when the evals compare two settings.
 *
 * @throws {ServerFault} `configuration-invalid`
 */
export function readConfigurationWith(overrides: Readonly<Record<string, string>>): Configuration {
  return readConfiguration({ ...process.env, ...overrides })
}

/** Rules that tie variables together. */
function faultsBetween(values: Values): string[] {
  const faults: string[] = []
  if (values.SOURCES?.length === 0) faults.push('SOURCES: names no folder.')
  if (values.AUTH === 'api-keys' && !values.API_KEYS_FILE && !values.API_KEYS?.length) {
    faults.push(
      'AUTH: api-keys needs API_KEYS_FILE or API_KEYS. Make an entry with `npm run keys -- <name>`.',
    )
  }
  if (values.AUTH === 'jwt') {
    for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
      if (values[name] === null) faults.push(`${name}: is required with AUTH=jwt.`)
    }
  }
  const asksOpenai = values.CHAT_MODEL?.provider === 'openai' || values.EMBEDDINGS?.provider === 'openai'
  if (asksOpenai && values.OPENAI_BASE_URL === null && values.OPENAI_API_KEY === null) {
    faults.push(
      'OPENAI_API_KEY: is required for openai:<model>, unless OPENAI_BASE_URL names a server without keys.',
    )
  }
  if (
    values.FRAME_ANCESTORS &&
    values.FRAME_ANCESTORS.length > 1 &&
    values.FRAME_ANCESTORS.includes("'none'")
  ) {
    faults.push("FRAME_ANCESTORS: 'none' cannot stand beside others.")
  }
  return faults
}

/** Questions about the shipped documents fit only those. */
function suggestedFor(sources: readonly string[]): readonly string[] {
  return sources.length === 1 && sources[0] === resolve(VARIABLES.SOURCES.standard) ? seedQuestions : []
}

function toConfiguration(values: Values): Configuration {
  return {
    sources: values.SOURCES,
    dataDirectory: values.DATA_DIR,
    server: {
      host: values.HOST,
      port: values.PORT,
      basePath: values.BASE_PATH ?? '',
      publicUrl: values.PUBLIC_URL,
      trustedProxies: values.TRUSTED_PROXIES ?? [],
      shutdownSeconds: values.SHUTDOWN_SECONDS,
    },
    embeddings: values.EMBEDDINGS,
    openai: { baseUrl: values.OPENAI_BASE_URL, apiKey: values.OPENAI_API_KEY },
    ollama: { baseUrl: values.OLLAMA_BASE_URL },
    chat: values.CHAT_MODEL,
    chatTimeoutSeconds: values.CHAT_TIMEOUT_SECONDS,
    chatTemperature: values.CHAT_TEMPERATURE,
    unsupported: values.UNSUPPORTED,
    access: {
      authentication: values.AUTH,
      apiKeysFile: values.API_KEYS_FILE,
      apiKeys: values.API_KEYS ?? [],
      jwt:
        values.AUTH === 'jwt' && values.JWT_ISSUER !== null && values.JWT_AUDIENCE !== null
          ? {
              issuer: values.JWT_ISSUER,
              audience: values.JWT_AUDIENCE,
              jwksUrl: values.JWT_JWKS_URL,
              rolesClaim: values.JWT_ROLES_CLAIM,
              requiredRole: values.JWT_REQUIRED_ROLE,
              operatorRole: values.JWT_OPERATOR_ROLE,
            }
          : null,
      visitors: values.VISITORS ?? (values.AUTH === 'none' ? 'allow' : 'deny'),
      visitorTokenSeconds: values.VISITOR_TOKEN_SECONDS,
      allowedOrigins: values.ALLOWED_ORIGINS ?? [],
      frameAncestors: values.FRAME_ANCESTORS,
      metrics: values.METRICS,
    },
    limits: {
      windowSeconds: values.RATE_WINDOW_SECONDS,
      questionsPerVisitor: values.RATE_QUESTIONS_PER_VISITOR,
      questionsPerKey: values.RATE_QUESTIONS_PER_KEY,
      questionsPerAddress: values.RATE_QUESTIONS_PER_ADDRESS,
      requestsPerAddress: values.RATE_REQUESTS_PER_ADDRESS,
      maximumBodyBytes: values.MAXIMUM_BODY_BYTES,
      maximumMessageBytes: values.MAXIMUM_MESSAGE_BYTES,
      maximumSockets: values.MAXIMUM_SOCKETS,
      maximumSocketsPerAddress: values.MAXIMUM_SOCKETS_PER_ADDRESS,
      maximumSocketBufferBytes: values.MAXIMUM_SOCKET_BUFFER_BYTES,
      maximumReplayBytes: values.MAXIMUM_REPLAY_BYTES,
      maximumReplayTotalBytes: values.MAXIMUM_REPLAY_TOTAL_BYTES,
      maximumConversations: values.MAXIMUM_CONVERSATIONS,
      maximumQueuedQuestions: values.MAXIMUM_QUEUED_QUESTIONS,
      maximumConcurrentQuestions: values.MAXIMUM_CONCURRENT_QUESTIONS,
      resumeWindowSeconds: values.RESUME_WINDOW_SECONDS,
      heartbeatSeconds: values.HEARTBEAT_SECONDS,
      idleTimeoutSeconds: values.IDLE_TIMEOUT_SECONDS,
      answerTimeoutSeconds: values.ANSWER_TIMEOUT_SECONDS,
      requestTimeoutSeconds: values.REQUEST_TIMEOUT_SECONDS,
    },
    storage: { retentionDays: values.RETENTION_DAYS },
    logging: { level: values.LOG_LEVEL, questions: values.LOG_QUESTIONS },
    visitorPage: {
      contactUrl: values.CONTACT_URL,
      suggestedQuestions: values.SUGGESTED_QUESTIONS ?? suggestedFor(values.SOURCES),
      moreInformationUrl: values.MORE_INFORMATION_URL,
    },
  }
}

/** The table of every variable as Markdown, for the documentation. */
export function configurationTable(): string {
  const cell = (value: string) => value.replaceAll('|', '\\|')
  const rows = VARIABLE_NAMES.map(name => {
    const { accepts, standard, description }: Variable<unknown> = VARIABLES[name]
    return `| \`${name}\` | ${standard === null ? '–' : `\`${cell(standard)}\``} | ${cell(accepts)} | ${cell(description)} |`
  })
  return ['| Variable | Default | Accepts | Meaning |', '|---|---|---|---|', ...rows].join('\n')
}
