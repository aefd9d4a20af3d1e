/** The description of the HTTP API (OpenAPI 3.1), made from the schemas of `protocol.ts`. */
import { z } from 'zod'
import type { Configuration } from './configuration.js'
import { FAULTS, type FaultCode } from './faults.js'
import {
  answerEventSchema,
  answerRequestSchema,
  answerResponseSchema,
  documentDetailSchema,
  documentListSchema,
  feedbackSchema,
  paragraphViewSchema,
  problemSchema,
  searchResponseSchema,
  storedAnswerSchema,
  visitorTokenSchema,
  widgetSettingsSchema,
} from './protocol.js'
import { apiTexts } from './texts.js'

/** Full version of the API, in the header `API-Version` (semantic versioning; the major one stands in the path). */
export const API_VERSION = '1.0.0'

/** Schemas of what is sent, by the name they have in the description. */
const RESPONSES = {
  Answer: answerResponseSchema,
  AnswerEvent: answerEventSchema,
  StoredAnswer: storedAnswerSchema,
  SearchResponse: searchResponseSchema,
  DocumentList: documentListSchema,
  DocumentDetail: documentDetailSchema,
  ParagraphView: paragraphViewSchema,
  VisitorToken: visitorTokenSchema,
  WidgetSettings: widgetSettingsSchema,
  Problem: problemSchema,
} as const

/** Schemas of what is received. */
const REQUESTS = { AnswerRequest: answerRequestSchema, Feedback: feedbackSchema } as const

type JsonObject = Readonly<Record<string, unknown>>

function jsonSchemas(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const converted = z.toJSONSchema(schema, {
        io,
        override: ({ jsonSchema }) => {
          // Within a version a field may be added, so none is forbidden.
          delete jsonSchema.additionalProperties
        },
      })
      const { $schema: _dialect, ...rest } = converted
      return [name, rest]
    }),
  )
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const json = (name: string, description: string) => ({
  description,
  headers: { 'API-Version': { $ref: '#/components/headers/ApiVersion' } },
  content: { 'application/json': { schema: reference(name) } },
})

const problem = (status: number) => {
  const codes = Object.entries(FAULTS).filter(([, row]) => row.status === status)
  return {
    description: `${apiTexts.problem}: ${codes.map(([code]) => code).join(', ')}`,
    headers: { 'API-Version': { $ref: '#/components/headers/ApiVersion' } },
    content: { 'application/problem+json': { schema: reference('Problem') } },
  }
}

const problems = (...codes: readonly FaultCode[]) =>
  Object.fromEntries(
    [...new Set(codes.map(code => FAULTS[code].status))]
      .sort()
      .map(status => [String(status), problem(status)]),
  )

/** Faults of every route. */
const COMMON = ['origin-not-allowed', 'not-acceptable', 'rate-limited', 'internal', 'not-ready'] as const
/** Faults of every route that asks for proof. */
const PROVEN = [...COMMON, 'unauthenticated', 'forbidden', 'timeout'] as const

const path = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })
const query = (name: string, schema: JsonObject, required = false) => ({
  name,
  in: 'query',
  required,
  schema,
})
const body = (name: string) => ({
  required: true,
  content: { 'application/json': { schema: reference(name) } },
})

const proven = [{ bearer: [] }]
const open: readonly [] = []

function paths(security: readonly JsonObject[]): JsonObject {
  return {
    '/answers': {
      post: {
        operationId: 'createAnswer',
        summary: apiTexts.answersPost,
        description: apiTexts.answersPostDescription,
        security,
        parameters: [query('include', { type: 'string', enum: ['retrieved'] })],
        requestBody: body('AnswerRequest'),
        responses: {
          200: {
            ...json('Answer', apiTexts.answered),
            content: {
              'application/json': { schema: reference('Answer') },
              'text/event-stream': { schema: reference('AnswerEvent') },
            },
          },
          ...problems(
            ...PROVEN,
            'request-invalid',
            'request-too-large',
            'media-type-unsupported',
            'conversation-unknown',
            'model-failed',
            'cancelled',
          ),
        },
      },
    },
    '/answers/{id}': {
      get: {
        operationId: 'getAnswer',
        summary: apiTexts.answersGet,
        security,
        parameters: [path('id')],
        responses: {
          200: json('StoredAnswer', apiTexts.answersGet),
          ...problems(...PROVEN, 'request-invalid', 'not-found', 'answer-expired'),
        },
      },
    },
    '/search': {
      get: {
        operationId: 'search',
        summary: apiTexts.search,
        security,
        parameters: [
          query('query', { type: 'string', maxLength: 20_000 }, true),
          query('limit', { type: 'integer', minimum: 1, maximum: 50, default: 10 }),
        ],
        responses: {
          200: json('SearchResponse', apiTexts.search),
          ...problems(...PROVEN, 'request-invalid'),
        },
      },
    },
    '/documents': {
      get: {
        operationId: 'listDocuments',
        summary: apiTexts.documents,
        security,
        responses: { 200: json('DocumentList', apiTexts.documents), ...problems(...PROVEN) },
      },
    },
    '/documents/{id}': {
      get: {
        operationId: 'getDocument',
        summary: apiTexts.document,
        security,
        parameters: [path('id')],
        responses: {
          200: json('DocumentDetail', apiTexts.document),
          ...problems(...PROVEN, 'request-invalid', 'not-found'),
        },
      },
    },
    '/documents/{id}/paragraphs/{anchor}': {
      get: {
        operationId: 'getParagraph',
        summary: apiTexts.paragraph,
        security,
        parameters: [
          path('id'),
          path('anchor'),
          query('neighbours', { type: 'integer', minimum: 0, maximum: 20, default: 3 }),
        ],
        responses: {
          200: json('ParagraphView', apiTexts.paragraph),
          ...problems(...PROVEN, 'request-invalid', 'not-found'),
        },
      },
    },
    '/feedback': {
      post: {
        operationId: 'giveFeedback',
        summary: apiTexts.feedback,
        security,
        requestBody: body('Feedback'),
        responses: {
          204: { description: apiTexts.kept },
          ...problems(
            ...PROVEN,
            'request-invalid',
            'request-too-large',
            'media-type-unsupported',
            'not-found',
            'answer-expired',
          ),
        },
      },
    },
    '/visitor-tokens': {
      post: {
        operationId: 'createVisitorToken',
        summary: apiTexts.visitorTokens,
        security: open,
        responses: {
          201: json('VisitorToken', apiTexts.visitorTokens),
          ...problems(...COMMON, 'request-invalid', 'forbidden'),
        },
      },
    },
    '/widget-settings': {
      get: {
        operationId: 'getWidgetSettings',
        summary: apiTexts.widgetSettings,
        security: open,
        responses: { 200: json('WidgetSettings', apiTexts.widgetSettings), ...problems(...COMMON) },
      },
    },
    '/openapi.json': {
      get: {
        operationId: 'getOpenApi',
        summary: apiTexts.openapi,
        security: open,
        responses: {
          200: {
            description: apiTexts.openapi,
            headers: { 'API-Version': { $ref: '#/components/headers/ApiVersion' } },
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        },
      },
    },
  }
}

/** The description for one configuration. */
export function openApiDocument({ server, access, visitorPage }: Configuration): JsonObject {
  const security = access.authentication === 'none' ? open : proven
  const contact = visitorPage.contactUrl
  return {
    openapi: '3.1.0',
    info: {
      title: apiTexts.title,
      version: API_VERSION,
      description: apiTexts.description,
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      contact: {
        name: apiTexts.contact,
        ...(contact?.startsWith('mailto:') && { email: contact.slice('mailto:'.length) }),
        ...(contact?.startsWith('http') && { url: contact }),
      },
    },
    servers: [{ url: `${server.publicUrl ?? server.basePath}/v1` }],
    paths: paths(security),
    components: {
      schemas: { ...jsonSchemas(RESPONSES, 'output'), ...jsonSchemas(REQUESTS, 'input') },
      headers: {
        ApiVersion: { description: 'API-Version', schema: { type: 'string', examples: [API_VERSION] } },
      },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: apiTexts.bearer } },
    },
  }
}
