/**
 * 32-bit FNV-1a (Fowler, Noll and Vo, draft-eastlake-fnv) over the UTF-16 units of a text: always the same number for the same
 * text, 0..2³²−1. Alike texts have alike hashes, so whoever needs them spread mixes the number further; the mixes differ because
 * vectors and sketches that are stored depend on them.
 */
export function fnv1a(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
