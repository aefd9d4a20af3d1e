/** Makes the files of `fixtures/` with LibreOffice and Chromium: npx tsx test/ingest/formats/make-fixtures.ts */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { asHtml, readSeed } from './print-seeds.js'

const FOLDER = join(import.meta.dirname, 'fixtures')
const LETTER = '004_55d96375dd9ef642.txt'
const FONT = 'font:10pt "Liberation Serif",serif'
const MARGINS = { top: '25mm', bottom: '25mm', left: '20mm', right: '20mm' }
const RUNNING = {
  displayHeaderFooter: true,
  headerTemplate: `<div style='font-size:8px;font-family:"Liberation Serif";margin-left:20mm'>Proefdruk van een brief</div>`,
  footerTemplate: `<div style='font-size:8px;font-family:"Liberation Serif";margin-left:90mm'>Pagina <span class="pageNumber"></span> van <span class="totalPages"></span></div>`,
}
const TABLE = `<!DOCTYPE html><meta charset="utf-8"><style>h1,th{font-weight:normal}</style><body style='${FONT}'><h1>Uitgaven aan de zee</h1>
<p>De tabel toont wat de zee kost, per jaar en per kust.</p><table><tr><th width="150">Jaar</th><th width="200">Kust</th><th width="150">Bedrag</th></tr>
<tr><td>2031</td><td>Noordkust</td><td>40 miljoen euro</td></tr><tr><td>2032</td><td>Zuidkust</td><td>50 miljoen euro</td></tr>
<tr><td>2033</td><td>Oostkust</td><td>60 miljoen euro</td></tr></table><p>Na de tabel gaat de tekst weer verder.</p>`

const letter = await readSeed(LETTER)
const folder = mkdtempSync(join(tmpdir(), 'fixtures-'))
const page = join(folder, 'letter.html')
writeFileSync(page, asHtml(letter, `body{${FONT}}`))
for (const format of ['docx:MS Word 2007 XML', 'pdf'])
  execFileSync('soffice', [
    '--headless',
    '--infilter=HTML (StarWriter)',
    '--convert-to',
    format,
    '--outdir',
    folder,
    page,
  ])
copyFileSync(join(folder, 'letter.docx'), join(FOLDER, 'letter.docx'))
copyFileSync(join(folder, 'letter.pdf'), join(FOLDER, 'letter-printed.pdf'))

const locked = join(folder, 'locked.txt')
writeFileSync(locked, 'Geheim.')
const password = JSON.stringify({
  EncryptFile: { type: 'boolean', value: 'true' },
  DocumentOpenPassword: { type: 'string', value: 'geheim' },
})
execFileSync('soffice', [
  '--headless',
  '--convert-to',
  `pdf:writer_pdf_Export:${password}`,
  '--outdir',
  folder,
  locked,
])
copyFileSync(join(folder, 'locked.pdf'), join(FOLDER, 'locked.pdf'))

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: false })
const print = async (name: string, html: string, options: object): Promise<void> => {
  const tab = await browser.newPage()
  await tab.setContent(html)
  await tab.pdf({ path: join(FOLDER, name), format: 'A4', margin: MARGINS, ...options })
  await tab.close()
}
const columns = asHtml(letter, `body{${FONT};columns:2;text-align:justify;hyphens:auto}`)
await print('letter-tagged.pdf', asHtml(letter, `body{${FONT}}`), { tagged: true, ...RUNNING })
await print('letter-columns.pdf', columns, { tagged: false, ...RUNNING })
await print('table.pdf', TABLE, { tagged: false })
await print('scan.pdf', '<div style="width:90mm;height:120mm;background:#ccc"></div>', { tagged: false })
await browser.close()
