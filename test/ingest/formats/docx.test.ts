import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../../ingest/read-document.js'

const letter = readFileSync(join(import.meta.dirname, 'fixtures', 'letter.docx'))
const reading = (bytes: Uint8Array, fileName: string) => readDocument(bytes, { documentId: 'd', fileName })

/** A ZIP file with one empty entry. */
function zipWith(name: string): Buffer {
  const entry = Buffer.alloc(46 + name.length)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(name.length, 28)
  entry.write(name, 46)
  const local = Buffer.alloc(30 + name.length)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(name.length, 26)
  local.write(name, 30)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(entry.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, entry, end])
}

const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])

describe('Word documents', () => {
  it('are told by what they hold, not by their name', async () => {
    expect((await reading(letter, 'zonder-naam')).format).toBe('docx')
  })

  it.each([
    ['a ZIP file renamed', zipWith('foto.jpg'), 'format-damaged', 'foto.jpg'],
    ['one that is cut off', letter.subarray(0, 3000), 'format-damaged', 'damaged'],
    ['a text renamed', Buffer.from('gewone tekst'), 'format-damaged', 'named DOCX but is no such file'],
    ['a Word document of before 2007', OLE, 'format-unsupported', 'before 2007'],
    [
      'one with a password',
      Buffer.concat([OLE, Buffer.from('EncryptedPackage', 'utf16le')]),
      'format-damaged',
      'password',
    ],
  ])('%s is refused with what to do', async (_, bytes, code, words) => {
    await expect(reading(bytes, 'brief.docx')).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    })
  })
})
