/** Named arrays and strings in one buffer that opens without copying. */

/** What a section can hold. */
export type Section = Uint8Array | Uint16Array | Uint32Array | Float32Array | readonly string[]

const KINDS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array } as const
type Kind = keyof typeof KINDS

interface Entry {
  readonly name: string
  readonly kind: Kind | 'text'
  readonly start: number
  /** Number of elements; for text the number of bytes. */
  readonly length: number
}

/** Sections start at multiples of this many bytes, so that every kind of array can lie on them. */
const ALIGNMENT = 8

const align = (at: number) => Math.ceil(at / ALIGNMENT) * ALIGNMENT

function kindOf(section: Exclude<Section, readonly string[]>): Kind {
  for (const [kind, type] of Object.entries(KINDS)) if (section instanceof type) return kind as Kind
  throw new TypeError('a section must be an array of a known kind')
}

/** Packs sections into one buffer. Strings must hold no line break. */
export function packSections(sections: Readonly<Record<string, Section>>): Buffer {
  const entries: Entry[] = []
  const chunks: Buffer[] = []
  let at = 0
  for (const [name, section] of Object.entries(sections)) {
    const text = Array.isArray(section)
    const bytes = text
      ? Buffer.from(section.join('\n'), 'utf8')
      : Buffer.from(
          (section as Uint8Array).buffer,
          (section as Uint8Array).byteOffset,
          (section as Uint8Array).byteLength,
        )
    const kind = text ? 'text' : kindOf(section as Uint8Array)
    // An empty list and a list of one empty string are told apart by the length −1.
    const length = text ? (section.length === 0 ? -1 : bytes.length) : section.length
    entries.push({ name, kind, start: at, length })
    chunks.push(bytes, Buffer.alloc(align(bytes.length) - bytes.length))
    at += align(bytes.length)
  }
  const header = Buffer.from(JSON.stringify(entries), 'utf8')
  const lead = Buffer.alloc(align(4 + header.length))
  lead.writeUInt32LE(header.length, 0)
  header.copy(lead, 4)
  return Buffer.concat([lead, ...chunks])
}

/** Sections of one buffer. */
export interface OpenSections {
  u8(name: string): Uint8Array
  u16(name: string): Uint16Array
  u32(name: string): Uint32Array
  f32(name: string): Float32Array
  text(name: string): string[]
}

/** Opens what `packSections` gave. The buffer must have been checked: nothing is validated here. */
export function openSections(stored: Buffer): OpenSections {
  // Typed arrays need aligned memory; a buffer read from disk starts wherever the pool put it.
  const memory = stored.byteOffset % ALIGNMENT === 0 ? stored : Buffer.from(Uint8Array.from(stored).buffer)
  const headerLength = memory.readUInt32LE(0)
  const entries = JSON.parse(memory.subarray(4, 4 + headerLength).toString('utf8')) as Entry[]
  const base = align(4 + headerLength)
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  const find = (name: string): Entry => {
    const entry = byName.get(name)
    if (!entry) throw new RangeError(`there is no section ${name}`)
    return entry
  }
  const place = (name: string) => {
    const { start, length } = find(name)
    return [memory.buffer as ArrayBuffer, memory.byteOffset + base + start, length] as const
  }
  return {
    u8: name => new Uint8Array(...place(name)),
    u16: name => new Uint16Array(...place(name)),
    u32: name => new Uint32Array(...place(name)),
    f32: name => new Float32Array(...place(name)),
    text: name => {
      const { start, length } = find(name)
      if (length < 0) return []
      return memory
        .subarray(base + start, base + start + length)
        .toString('utf8')
        .split('\n')
    },
  }
}
