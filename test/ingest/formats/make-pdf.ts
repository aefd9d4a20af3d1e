/** Writes small PDF files, so that tests need no program that prints. */

/** One page: the operators that paint it. */
export type PageContent = string

const A4 = '[0 0 595 842]'

/** A grey picture painted over most of the page, as a scan is. */
export const PICTURE = 'q 500 0 0 700 50 70 cm /Im1 Do Q'

/** A line of text: the operators before it set how it is painted. */
export const line = (text: string, y: number, before = '', size = 11): string =>
  `q ${before} BT /F1 ${size} Tf 1 0 0 1 60 ${y} Tm (${text.replace(/[()\\]/g, '\\$&')}) Tj ET Q`

/** A PDF of some pages. */
export function makePdf(pages: readonly PageContent[]): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >> >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${6 + at * 2} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    `<< /Type /XObject /Subtype /Image /Width 100 /Height 150 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 15000 >>\nstream\n${'x'.repeat(15_000)}\nendstream`,
    '<< /Type /OCG /Name (laag) >>',
    ...pages.flatMap((content, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox ${A4} /Contents ${7 + at * 2} 0 R /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> /Properties << /Layer 5 0 R >> /ExtGState << /Clear << /ca 0 >> /Marker << /BM /Multiply >> >> >> >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    ]),
  ]
  let text = '%PDF-1.7\n'
  const offsets = objects.map((object, at) => {
    const offset = text.length
    text += `${at + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const entries = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const table = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}
