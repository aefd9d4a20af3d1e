import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configurationTable, readConfiguration, VARIABLE_NAMES } from '../../server/configuration.js'

const faultOf = (environment: Record<string, string>): string => {
  try {
    readConfiguration(environment)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('the configuration', () => {
  it('needs no variable at all', () => {
    const configuration = readConfiguration({})
    expect(configuration.sources).toEqual([resolve('seeds')])
    expect(configuration.server).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      basePath: '',
      publicUrl: null,
    })
    expect(configuration.embeddings).toEqual({ provider: 'embedded' })
    expect(configuration.chat).toBeNull()
    expect(configuration.access).toMatchObject({ authentication: 'none', visitors: 'allow', jwt: null })
    expect(configuration.storage.retentionDays).toBe(30)
    expect(configuration.logging.questions).toBe(false)
  })

  it('takes an empty variable for an unset one', () => {
    expect(readConfiguration({ PORT: '', CHAT_MODEL: '  ' })).toEqual(readConfiguration({}))
  })

  it('is frozen to the bottom', () => {
    const configuration = readConfiguration({ ALLOWED_ORIGINS: 'https://a.example' })
    expect(Object.isFrozen(configuration)).toBe(true)
    expect(Object.isFrozen(configuration.limits)).toBe(true)
    expect(Object.isFrozen(configuration.access.allowedOrigins)).toBe(true)
  })

  it('names every wrong variable in one message, with what it should be', () => {
    const message = faultOf({
      PORT: 'abc',
      RETENTION_DAYS: '-1',
      CHAT_MODEL: 'gpt',
      AUTH: 'password',
      ALLOWED_ORIGINS: 'https://a.example/path',
      TRUSTED_PROXIES: '10.0.0.0/99',
      BASE_PATH: 'no slash',
      LOG_QUESTIONS: 'yes',
      CHAT_TEMPERATURE: '3',
      CONTACT_URL: 'javascript:alert(1)',
      PUBLIC_URL: 'https://user:password@host',
    })
    expect(message).toContain('11 faults')
    for (const name of [
      'PORT: "abc" is not a whole number from 0 to 65535',
      'RETENTION_DAYS',
      'CHAT_MODEL: "gpt" is not of the form ollama:<model> or openai:<model>',
      'AUTH: "password" is not one of none, api-keys, jwt',
      'ALLOWED_ORIGINS',
      'TRUSTED_PROXIES',
      'BASE_PATH',
      'LOG_QUESTIONS',
      'CHAT_TEMPERATURE',
      'CONTACT_URL',
      'PUBLIC_URL',
    ]) {
      expect(message).toContain(name)
    }
  })

  it.each([
    [{ AUTH: 'api-keys' }, 'API_KEYS_FILE'],
    [{ AUTH: 'jwt' }, 'JWT_ISSUER'],
    [{ AUTH: 'jwt', JWT_ISSUER: 'https://id.example' }, 'JWT_AUDIENCE'],
    [{ CHAT_MODEL: 'openai:small' }, 'OPENAI_API_KEY'],
    [{ FRAME_ANCESTORS: "'none' https://a.example" }, 'FRAME_ANCESTORS'],
    [{ SOURCES: ',' }, 'SOURCES'],
  ])('tells what goes with what: %o', (environment, name) => {
    expect(faultOf(environment as unknown as Record<string, string>)).toContain(name)
  })

  it('never repeats a secret in a fault', () => {
    expect(faultOf({ API_KEYS: 'secret-entry', OPENAI_API_KEY: 'secret-key', PORT: 'x' })).not.toContain(
      'secret',
    )
  })

  it('lets visitors in by default only where nobody has to prove anything', () => {
    const keys = { AUTH: 'api-keys', API_KEYS: 'a:caller:00' }
    expect(readConfiguration({}).access.visitors).toBe('allow')
    expect(readConfiguration(keys).access.visitors).toBe('deny')
    expect(readConfiguration({ ...keys, VISITORS: 'allow' }).access.visitors).toBe('allow')
  })

  it('keeps an issuer as it is, and takes the slash off addresses that paths are added to', () => {
    const configuration = readConfiguration({
      AUTH: 'jwt',
      JWT_ISSUER: 'https://id.example/',
      JWT_AUDIENCE: 'vindplaats',
      PUBLIC_URL: 'https://vragen.example/vindplaats/',
      BASE_PATH: '/vindplaats/',
    })
    expect(configuration.access.jwt?.issuer).toBe('https://id.example/')
    expect(configuration.server).toMatchObject({
      publicUrl: 'https://vragen.example/vindplaats',
      basePath: '/vindplaats',
    })
  })

  it('reads models, lists and choices', () => {
    const configuration = readConfiguration({
      EMBEDDINGS: 'transformers:/models/e5',
      CHAT_MODEL: 'ollama:llama3.1:8b',
      SUGGESTED_QUESTIONS: 'Wat is dit? | En wat dat?',
      FRAME_ANCESTORS: "'self' https://intranet.example:8443",
      TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,fd00::/8',
      UNSUPPORTED: 'remove',
    })
    expect(configuration.embeddings).toEqual({ provider: 'transformers', model: '/models/e5' })
    expect(configuration.chat).toEqual({ provider: 'ollama', model: 'llama3.1:8b' })
    expect(configuration.visitorPage.suggestedQuestions).toEqual(['Wat is dit?', 'En wat dat?'])
    expect(configuration.access.frameAncestors).toEqual(["'self'", 'https://intranet.example:8443'])
    expect(configuration.server.trustedProxies).toEqual(['loopback', '10.0.0.0/8', 'fd00::/8'])
    expect(configuration.unsupported).toBe('remove')
  })

  it('stands in the documentation, whole and current', () => {
    const documentation = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8')
    expect(documentation).toContain(configurationTable())
    for (const name of VARIABLE_NAMES) expect(documentation).toContain(`\`${name}\``)
  })
})
