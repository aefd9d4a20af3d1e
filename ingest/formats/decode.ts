/** From bytes to text, for the formats that are text. */

/** Text with what had to be guessed about it. */
export interface DecodedText {
  readonly text: string
  readonly warnings: readonly string[]
}

/**
 * Decodes UTF-8, UTF-16 with a byte order mark and, where the bytes are not valid UTF-8, Windows-1252. A byte order mark
 * is not part of the text.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), warnings: [] }
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), warnings: [] }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), warnings: [] }
  } catch {
    return {
      text: new TextDecoder('windows-1252').decode(bytes),
      warnings: ['the file is not valid UTF-8 and was read as Windows-1252; check the accents'],
    }
  }
}

/** Whether the bytes look like text: no NUL byte in the first 4 KiB, unless a byte order mark announces UTF-16. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true
  return !bytes.subarray(0, 4096).includes(0)
}
