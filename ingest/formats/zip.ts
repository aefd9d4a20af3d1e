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
  readonly offset: number
}

/** Signature of an entry in the directory at the end of a ZIP file, and of the end of that directory. */
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

/** Text of a file in a ZIP file; `null` where there is none that can be unpacked to at most `most` bytes. */
export function readEntry(bytes: Uint8Array, name: string, most: number): string | null {
  const entry = entriesOf(bytes).find(each => each.name === name)
  if (!entry || entry.offset + 30 > bytes.length) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start =
    entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true)
  const packed = bytes.subarray(start, start + entry.packed)
  try {
    return new TextDecoder().decode(
      entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: most }),
    )
  } catch {
    return null
  }
}
