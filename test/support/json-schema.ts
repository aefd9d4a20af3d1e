/** A small judge of JSON Schema (2020-12), independent of the library that wrote the schemas. */

type Schema = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

const KNOWN = new Set([
  '$ref',
  'type',
  'const',
  'enum',
  'anyOf',
  'oneOf',
  'allOf',
  'properties',
  'required',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'default',
  'description',
  'examples',
])

/**
 * Everything that is wrong with a value, as `path: complaint`; empty when it fits. Unlike the standard, a property that
 * the schema does not name is wrong, so that nothing undocumented is sent.
 *
 * @throws {Error} for a keyword that this judge does not know
 */
export function judge(value: unknown, schema: Schema, root: Schema, path = ''): string[] {
  for (const keyword of Object.keys(schema)) {
    if (!KNOWN.has(keyword)) throw new Error(`This judge does not know ${keyword}.`)
  }
  const reference = schema.$ref
  if (typeof reference === 'string') {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((at, step) => isObject(at) && at[step], root)
    if (!isObject(target)) throw new Error(`${reference} leads nowhere.`)
    return judge(value, target, root, path)
  }
  const faults: string[] = []
  const complain = (text: string) => faults.push(`${path || '/'}: ${text}`)
  if (schema.type !== undefined) {
    const types = [schema.type].flat()
    const fits = types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value))
    if (!fits) complain(`is ${typeOf(value)}, not ${types.join(' or ')}`)
  }
  if ('const' in schema && value !== schema.const) complain(`is not ${JSON.stringify(schema.const)}`)
  if (Array.isArray(schema.enum) && !schema.enum.includes(value))
    complain(`is not one of ${schema.enum.join(', ')}`)
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const options = schema[keyword] as Schema[] | undefined
    if (!options) continue
    const judged = options.map(option => judge(value, option, root, path))
    const fitting = judged.filter(found => found.length === 0).length
    if (fitting === 0) complain(`fits none of ${keyword}: ${judged.map(found => found[0]).join('; ')}`)
    if (keyword === 'oneOf' && fitting > 1) complain('fits more than one of oneOf')
  }
  for (const part of (schema.allOf as Schema[] | undefined) ?? [])
    faults.push(...judge(value, part, root, path))
  if (isObject(value)) faults.push(...judgeObject(value, schema, root, path))
  if (Array.isArray(value)) faults.push(...judgeArray(value, schema, root, path))
  if (typeof value === 'number') {
    if (value < Number(schema.minimum ?? Number.NEGATIVE_INFINITY)) complain('is too small')
    if (value > Number(schema.maximum ?? Number.POSITIVE_INFINITY)) complain('is too large')
    if (value <= Number(schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY)) complain('is too small')
  }
  if (typeof value === 'string') {
    if (value.length < Number(schema.minLength ?? 0)) complain('is too short')
    if (value.length > Number(schema.maxLength ?? Number.POSITIVE_INFINITY)) complain('is too long')
    if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern, 'u').test(value))
      complain('has another form')
  }
  return faults
}

function judgeObject(value: Record<string, unknown>, schema: Schema, root: Schema, path: string): string[] {
  const properties = (schema.properties ?? {}) as Record<string, Schema>
  const faults = ((schema.required ?? []) as string[])
    .filter(name => !(name in value))
    .map(name => `${path}/${name}: is missing`)
  for (const [name, inner] of Object.entries(value)) {
    const property = properties[name]
    if (property) faults.push(...judge(inner, property, root, `${path}/${name}`))
    else if (schema.properties) faults.push(`${path}/${name}: is not documented`)
  }
  return faults
}

function judgeArray(value: readonly unknown[], schema: Schema, root: Schema, path: string): string[] {
  const faults: string[] = []
  if (value.length < Number(schema.minItems ?? 0)) faults.push(`${path}: has too few items`)
  if (value.length > Number(schema.maxItems ?? Number.POSITIVE_INFINITY))
    faults.push(`${path}: has too many items`)
  const prefix = (schema.prefixItems ?? []) as Schema[]
  for (const [at, item] of value.entries()) {
    const inner = prefix[at] ?? schema.items
    if (isObject(inner)) faults.push(...judge(item, inner, root, `${path}/${at}`))
  }
  return faults
}
