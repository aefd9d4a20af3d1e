/** Signatures: the function and the name of who signs, as one piece. */
import { type Block, block } from '../formats/format.js'
import { textOf } from './text-shape.js'

const FUNCTION =
  /^(?:(?:Mede )?[Nn]amens .{2,80}|(?:De|DE|de) )?.{0,40}\b(?:[Mm]inister|MINISTER|[Mm]inister-president|[Ss]taatssecretaris|STAATSSECRETARIS|[Vv]oorzitter|[Ss]ecretaris(?:-generaal)?|[Gg]riffier|[Dd]irecteur(?:-generaal)?|[Bb]urgemeester|[Cc]ommissaris|[Pp]resident)\b[^.;:!?]{0,100}$/
const LONGEST_FUNCTION = 140
const NAME =
  /^(?:(?:drs|mr|dr|ir|ing|prof)\.\s*)*(?:(?:\p{Lu}\.\s?)+|\p{Lu}[\p{L}'’-]+)(?:[ -]+(?:(?:\p{Lu}\.)+|\p{Lu}[\p{L}'’-]+|van|de|der|den|het|ten|ter|te|von|el|al|y|-))*$/u
const LONGEST_NAME = 60

function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text) && /\p{Ll}/u.test(text) && text.includes(' ')
}

function isFunction(text: string): boolean {
  return text.length <= LONGEST_FUNCTION && /,$/.test(text) && FUNCTION.test(text)
}

/** Joins a function that ends with a comma and the name that follows it, whether or not a blank line lies between. */
export function joinSignatures(source: string, blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  for (let index = 0; index < blocks.length; index++) {
    const here = blocks[index]
    const next = blocks[index + 1]
    if (!here) continue
    const text = textOf(source, here.spans)
    const comma = text.lastIndexOf(',') + 1
    const isSigner = here.kind === 'text' || here.kind === 'heading' || here.kind === 'list-item'
    if (isSigner && next && isFunction(text) && isName(textOf(source, next.spans))) {
      joined.push(block('signature', [...here.spans, ...next.spans]))
      index++
    } else if (
      isSigner &&
      comma > 0 &&
      isFunction(text.slice(0, comma)) &&
      isName(text.slice(comma).trim())
    ) {
      joined.push({ ...here, kind: 'signature' })
    } else joined.push(here)
  }
  return joined
}
