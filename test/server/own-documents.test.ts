/** Questions to small documents of an organisation's own: tables, official numbers, and text that no reader sees. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Assistant, openAssistant } from '../../server/assistant.js'
import { readConfiguration } from '../../server/configuration.js'
import { makeDocx, paragraph, run } from '../ingest/formats/make-docx.js'
import { line, makePdf } from '../ingest/formats/make-pdf.js'
import { ingestFolders } from '../support/ingest-folders.js'

const ORDER = 'De directeur woont op de Geheime Kade en verdient negen miljoen euro per jaar.'
const NOTE = `NOTA SPEELTUINEN
Datum: 3 mei 2031
Van: afdeling Groen

Kosten van de speeltuinen
Jaar      Speeltuin      Bedrag
2031      Vogelbuurt     40.000 euro
2032      Bomenbuurt     35.000 euro

Grondslag
De nota volgt de mededeling COM(2029) 812 definitief over groene buurten. Het toezicht volgt Kamerstuk 31 415, nr. 92.
`

let assistant: Assistant
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vindplaats-own-'))
  const [sources, data] = [join(folder, 'Mijn stukken'), join(folder, 'data')]
  await mkdir(sources)
  await writeFile(join(sources, 'nota speeltuinen.txt'), NOTE)
  await writeFile(
    join(sources, 'velden.md'),
    '# Afspraken sportvelden\n\n| Veld | Club | Dag |\n|---|---|---|\n| Oost | VV Vooruit | maandag |\n| West | HC De Bal | dinsdag |\n',
  )
  await writeFile(
    join(sources, 'besluit.docx'),
    makeDocx(
      paragraph(run('De bibliotheek verhuist naar de oude school.')) +
        paragraph(run(ORDER, '<w:color w:val="FFFFFF"/>')),
    ),
  )
  await writeFile(
    join(sources, 'brug.pdf'),
    makePdf([
      `${line('De brug over de singel gaat in mei open voor fietsers.', 760)} ${line(ORDER, 740, '3 Tr')}`,
    ]),
  )
  await ingestFolders({ sources, data })
  assistant = await openAssistant(readConfiguration({ SOURCES: sources, DATA_DIR: data }))
})
afterAll(async () => {
  await assistant.close()
  await rm(folder, { recursive: true, force: true })
})

/** What an answer quotes, and what a refusal shows. */
async function shown(question: string): Promise<readonly string[]> {
  const { answer } = await assistant.ask({ question })
  return answer.outcome === 'answered'
    ? answer.citations.map(({ quote }) => quote)
    : answer.nearest.map(({ quote }) => quote)
}

describe('own documents', () => {
  it('a row of a table is quoted under its heads', async () => {
    expect(await shown('Hoeveel kost de speeltuin in de Bomenbuurt?')).toEqual([
      'Jaar Speeltuin Bedrag',
      '2032 Bomenbuurt 35.000 euro',
    ])
  })

  it('a table as a whole answers what asks for all of it', async () => {
    expect(await shown('Welke kosten hebben de speeltuinen?')).toEqual([
      'Jaar Speeltuin Bedrag',
      '2031 Vogelbuurt 40.000 euro',
      '2032 Bomenbuurt 35.000 euro',
    ])
  })

  it.each(['COM/2029/0812', '52029DC0812', 'COM (2029) 812 final', 'kst-31415-92', '31 415 nr 92'])(
    'the text that names a paper is found by %s',
    async number => {
      const [first] = await shown(`Waarover gaat ${number}?`)
      expect(first).toMatch(/COM\(2029\) 812|31 415, nr. 92/)
    },
  )

  it.each([
    'Waar woont de directeur?',
    'Hoeveel verdient de directeur?',
    'Wat staat er over de Geheime Kade?',
  ])('what no reader sees answers nothing: %s', async question => {
    expect((await shown(question)).join(' ')).not.toMatch(/Geheime|negen miljoen/)
  })
})
