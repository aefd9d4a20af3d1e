/** From bytes to text, for the formats that are text. */

/**
 * Characters of Windows-1252 for the bytes 80 to 9F; all others are the same as in Unicode. Written out because the
 * decoder of Node 20 leaves these bytes as control characters.
 */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** The byte that Windows-1252 has for a character; `null` where it has none. */
function windows1252Byte(character: string): number | null {
  const special = WINDOWS_1252.indexOf(character)
  if (special >= 0) return 0x80 + special
  const code = character.charCodeAt(0)
  return character.length === 1 && code <= 0xff ? code : null
}

function decodeWindows1252(bytes: Uint8Array): string {
  return new TextDecoder('latin1')
    .decode(bytes)
    .replace(/[\u0080-\u009f]/g, character => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? character)
}

/** Sequences that UTF-8 bytes become when they are read as Windows-1252 or Latin-1 once too often. */
const DOUBLE_ENCODED =
  /[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}/g
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

/** Undoes a second encoding as UTF-8, sequence by sequence; what is no whole character stays as it is. */
export function decodeTwice(text: string): string {
  return text.replace(DOUBLE_ENCODED, sequence => {
    const bytes = [...sequence].map(character => windows1252Byte(character) ?? 0xff)
    for (let length = bytes.length; length > 1; length--) {
      try {
        return UTF_8.decode(Uint8Array.from(bytes.slice(0, length))) + sequence.slice(length)
      } catch {
        // Not a whole character; a shorter sequence may be one.
      }
    }
    return sequence
  })
}

/**
 * Repairs text that was encoded twice, for readers as well as for search, because nothing else is readable: "VeenkoloniÃ«n"
 * is Veenkoloniën. The repaired text is the source text that offsets refer to.
 */
function repairEncoding(text: string): DecodedText {
  const repaired = decodeTwice(text)
  if (repaired === text) return { text, warnings: [] }
  const places = text.match(DOUBLE_ENCODED)?.length ?? 0
  const warning = `encoding repaired: ${places} characters were encoded as UTF-8 twice; check the accents against the original`
  return { text: repaired, warnings: [warning] }
}

/** Text with what had to be guessed about it. */
export interface DecodedText {
  readonly text: string
  readonly warnings: readonly string[]
}

/**
 * Decodes UTF-8, UTF-16 with a byte order mark and, where the bytes are not valid UTF-8, Windows-1252. A byte order mark
 * is not part of the text. Text that was encoded as UTF-8 twice is repaired, with a warning.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), warnings: [] }
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), warnings: [] }
  try {
    return repairEncoding(UTF_8.decode(bytes))
  } catch {
    return {
      text: decodeWindows1252(bytes),
      warnings: ['the file is not valid UTF-8 and was read as Windows-1252; check the accents'],
    }
  }
}

/** Whether the bytes look like text: no NUL byte in the first 4 KiB, unless a byte order mark announces UTF-16. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true
  return !bytes.subarray(0, 4096).includes(0)
}
