/** The containers of office documents, as far as is needed to tell what a file is before a library opens it. */
import { inflateRawSync } from 'node:zlib'

/** What a file is packed in: ZIP, the older OLE of Microsoft, or neither. */
export function containerOf(bytes: Uint8Array): 'zip' | 'ole' | null {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06])) return 'zip'
  return startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) ? 'ole' : null
}

/** Whether a file begins with the given bytes. */
export function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, index) => bytes[index] === byte)
}

interface Entry {
  readonly name: string
  readonly size: number
  readonly packed: number
  readonly method: number
  /** CRC-32 of the unpacked bytes. */
  readonly checksum: number
  readonly offset: number
}

/** Signature of a file in a ZIP file, of its entry in the directory at the end, and of the end of that directory. */
const LOCAL = 0x04034b50
const ENTRY = 0x02014b50
const END = 0x06054b50
/** Longest comment at the end of a ZIP file. */
const LONGEST_END = 65_557

function entriesOf(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  const first = Math.max(0, bytes.length - LONGEST_END)
  while (end >= first && view.getUint32(end, true) !== END) end--
  if (end < first) return []
  const entries: Entry[] = []
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0 && at + 46 <= end; left--) {
    if (view.getUint32(at, true) !== ENTRY) break
    const length = view.getUint16(at + 28, true)
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length))
    entries.push({
      name,
      size: view.getUint32(at + 24, true),
      packed: view.getUint32(at + 20, true),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      offset: view.getUint32(at + 42, true),
    })
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

/** Names of the files in a ZIP file; empty where its directory is damaged. */
export function entryNames(bytes: Uint8Array): string[] {
  return entriesOf(bytes).map(({ name }) => name)
}

/** Bytes that the files in a ZIP file state to have when unpacked. */
export function uncompressedSize(bytes: Uint8Array): number {
  return entriesOf(bytes).reduce((sum, { size }) => sum + size, 0)
}

/** Where the packed bytes of an entry begin. */
const dataStart = (view: DataView, { offset }: Entry): number =>
  offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)

/** Text of a file in a ZIP file; `null` where there is none that can be unpacked to at most `most` bytes. */
export function readEntry(bytes: Uint8Array, name: string, most: number): string | null {
  const entry = entriesOf(bytes).find(each => each.name === name)
  if (!entry || entry.offset + 30 > bytes.length) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = dataStart(view, entry)
  const packed = bytes.subarray(start, start + entry.packed)
  try {
    return new TextDecoder().decode(
      entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: most }),
    )
  } catch {
    return null
  }
}

/** A ZIP file in which some entries have another text. */
export function withEntries(bytes: Uint8Array, texts: ReadonlyMap<string, string>): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entriesOf(bytes)) {
    const text = texts.get(entry.name)
    const from = dataStart(view, entry)
    const data =
      text === undefined ? Buffer.from(bytes.subarray(from, from + entry.packed)) : Buffer.from(text, 'utf8')
    const name = Buffer.from(entry.name, 'utf8')
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    // Names are in UTF-8.
    facts.writeUInt16LE(0x0800, 2)
    facts.writeUInt16LE(text === undefined ? entry.method : 0, 4)
    facts.writeUInt32LE(text === undefined ? entry.checksum : checksumOf(data), 10)
    facts.writeUInt32LE(data.length, 14)
    facts.writeUInt32LE(text === undefined ? entry.size : data.length, 18)
    facts.writeUInt16LE(name.length, 22)
    const local = Buffer.alloc(4)
    local.writeUInt32LE(LOCAL)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(ENTRY)
    central.writeUInt16LE(20, 4)
    facts.copy(central, 6)
    central.writeUInt32LE(offset, 42)
    parts.push(local, facts, name, data)
    directory.push(central, name)
    offset += local.length + facts.length + name.length + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END)
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  )
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

let remainders: Uint32Array | undefined

/** CRC-32 of ISO 3309, by a table of the remainders of single bytes. */
function checksumOf(data: Uint8Array): number {
  remainders ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
    return rest
  })
  let sum = 0xffffffff
  for (const byte of data) sum = (sum >>> 8) ^ (remainders[(sum ^ byte) & 0xff] as number)
  return (sum ^ 0xffffffff) >>> 0
}
