import { describe, expect, it } from 'vitest'
import { contentOf, expectSound, furnitureOf, paragraphOf, parentOf, piecesOf, textsOf } from './support.js'

const RULE = ' '.repeat(49)

describe('pages of plain text', () => {
  it('a paragraph that runs over a page break is one paragraph with a span on each page', async () => {
    const content = await contentOf(
      ' De gemeente heeft in het afgelopen jaar samen met de provincie en het\nwaterschap gewerkt aan een plan voor de\n kust dat dit voorjaar wordt vastgesteld.\n\nDaarna volgt de uitvoering van het plan door de provincie en de gemeente\nsamen met het waterschap en de bewoners\nvan de kust en van de eilanden daarvoor.\nDat duurt tot het einde van het jaar en daarna nog even langer dan gepland was.\nDit is de laatste regel.\n\nEn dit is nog een alinea.\n\nEn nog een.\n\nEn de laatste.\n',
    )
    expectSound(content)
    const [first] = content.paragraphs
    expect(first?.spans).toHaveLength(2)
    expect(first?.text).toMatch(/plan voor de kust dat dit voorjaar/)
    expect(content.pages).toBe(2)
    expect(content.paragraphs.map(each => each.page)).toEqual([1, 2, 2, 2, 2])
  })

  it('a form feed is a page break', async () => {
    const content = await contentOf(
      'Het eerste deel van de zin staat hier en\n\fhet tweede deel staat daar.\n\nTwee.\n',
    )
    expect(textsOf(content)).toEqual([
      'Het eerste deel van de zin staat hier en het tweede deel staat daar.',
      'Twee.',
    ])
    expect(content.pages).toBe(2)
  })

  it('an empty page is counted and a warning', async () => {
    const content = await contentOf('Een.\n\f\n\fDrie.\n\f')
    expect(content.pages).toBe(3)
    expect(content.paragraphs.map(each => each.page)).toEqual([1, 3])
    expect(content.warnings).toEqual(['page 2 holds no text'])
  })

  it('a sentence that ends with the page ends its paragraph', async () => {
    const content = await contentOf('Dit is de eerste zin.\n\fDit is de tweede zin.\n')
    expect(textsOf(content)).toEqual(['Dit is de eerste zin.', 'Dit is de tweede zin.'])
  })

  it('an abbreviation at the end of a page ends no sentence', async () => {
    const content = await contentOf(
      'Zie hiervoor het besluit van de Raad, bijv.\n\fRichtlijn 12 over zwemwater.\n',
    )
    expect(textsOf(content)).toHaveLength(1)
  })

  it.each([
    ['NL 7   NL', ['running footer: NL 7   NL']],
    [
      '7710/12 abc/DEF/gh 3\nDG C 1 LIMITE NL',
      ['running footer: abc/DEF/gh 3', 'running footer: DG C 1 LIMITE NL'],
    ],
    ['Pagina 3 van 12', ['page number: Pagina 3 van 12']],
  ])('the footer %j is furniture and ends its page', async (footer, expected) => {
    const content = await contentOf(
      `De Raad heeft gesproken over de kwaliteit van het water in de\n\n\n${footer}\n\nrivieren en de meren van Europa.\n`,
    )
    expectSound(content)
    expect(textsOf(content, 'metadata')).toEqual([
      'De Raad heeft gesproken over de kwaliteit van het water in de rivieren en de meren van Europa.',
    ])
    expect(furnitureOf(content)).toEqual(expected)
    expect(content.pages).toBe(2)
  })

  it('a header that returns on each page is furniture, whatever its page number', async () => {
    const pages = [1, 2, 3, 4].map(
      page =>
        `Nota kustbeheer, versie 2                ${page}\n\nDit is de tekst van bladzijde ${'abcd'[page - 1]} van de nota.\n`,
    )
    const content = await contentOf(pages.join('\f'))
    expectSound(content)
    expect(textsOf(content)).toHaveLength(4)
    expect(content.furniture.map(each => each.name)).toEqual(Array(4).fill('running header'))
  })

  it('numbers that count up on lines of their own are page numbers, a single number is not', async () => {
    const counted = await contentOf(
      'Een zin over\n\n1\n\nhet water.\n\nTwee zinnen over\n\n2\n\nhet land.\n\nDrie.\n\n3\n',
    )
    expect(textsOf(counted)).toEqual(['Een zin over het water.', 'Twee zinnen over het land.', 'Drie.'])
    expect(counted.furniture.map(each => each.name)).toEqual(['page number', 'page number', 'page number'])
    const single = await contentOf('De uitkomst is:\n\n42\n\nDat is veel.\n')
    expect(textsOf(single)).toContain('42')
  })

  it('a document without page breaks has no page numbers', async () => {
    const content = await contentOf('Een alinea.\n\nNog een alinea.\n')
    expect(content.pages).toBeNull()
    expect(content.paragraphs.map(each => each.page)).toEqual([null, null])
  })
})

describe('blank lines that are only spacing', () => {
  it('a blank line inside a sentence ends nothing, a short last line does', async () => {
    const content = await contentOf(
      `overwegende dat het peil van de zeespiegel in de afgelopen eeuw is gestegen en dat die

stijging naar verwachting doorzet,

gelet op de afspraken die de landen daarover in de laatste jaren met elkaar en met de

eilanden hebben gemaakt,

erop wijzend dat de kosten van uitstel hoger zijn dan die van maatregelen die nu meteen

genomen worden,

`,
    )
    expectSound(content)
    expect(textsOf(content).map(text => text.split(' ')[0])).toEqual(['overwegende', 'gelet', 'erop'])
    expect(textsOf(content).every(text => text.endsWith(','))).toBe(true)
  })

  it('where blank lines end paragraphs, a full line before one ends its paragraph too', async () => {
    const content = await contentOf(
      'De eerste alinea is een regel.\n\nDe tweede alinea is langer dan de eerste.\n\nDe derde alinea is weer kort.\n',
    )
    expect(textsOf(content)).toHaveLength(3)
  })

  it('without blank lines a short last line ends a paragraph', async () => {
    const long = 'Deze regel is zo lang als de kolom breed is en loopt dus gewoon door op de'
    const lines = Array.from({ length: 14 }, () => `${long}\nvolgende en houdt op.`)
    expect(textsOf(await contentOf(lines.join('\n')))).toHaveLength(14)
  })
})

describe('margin of a letter', () => {
  const letter = `Het kabinet wil dat de dijken langs de grote rivieren in twintig jaar zijn versterkt.

De waterschappen voeren dat uit en leggen daarvan ieder jaar rekening af aan ons.
\fDaarvoor is geld beschikbaar uit het fonds dat de provincies samen beheren en uit Waterkeringen

de begroting van het ministerie. Over de verdeling spreken wij nog dit najaar met Directie Rivieren

de waterschappen en de provincies. Daarna volgt een brief aan de Kamer waarin wij Datum

uiteenzetten hoe het geld wordt besteed en wat het oplevert voor de bewoners. 3 maart 2031
\fTot slot gaan wij in op de vragen van de leden over de zoetwatervoorziening in de Waterkeringen

zomer. Die vragen hadden vooral betrekking op de landbouw in het zuiden van het Datum

land en op de natuur. Wij komen daar in het voorjaar uitgebreider op terug. 3 maart 2031
`

  it('is cut off the lines it was read with, so that sentences read on', async () => {
    const content = await contentOf(letter)
    expectSound(content)
    expect(paragraphOf(content, 'Daarvoor').text).toBe(
      'Daarvoor is geld beschikbaar uit het fonds dat de provincies samen beheren en uit de begroting van het ministerie. Over de verdeling spreken wij nog dit najaar met de waterschappen en de provincies. Daarna volgt een brief aan de Kamer waarin wij uiteenzetten hoe het geld wordt besteed en wat het oplevert voor de bewoners.',
    )
    expect(paragraphOf(content, 'Tot slot').text).toMatch(/in de zomer\. .* van het land en op/)
  })

  it('is furniture, but for the date, which is metadata once', async () => {
    const content = await contentOf(letter)
    expect(furnitureOf(content)).toEqual([
      'margin text: Waterkeringen',
      'margin text: Directie Rivieren',
      'margin text: Datum',
      'margin text: Waterkeringen',
      'margin text: Datum',
      'margin text: 3 maart 2031',
    ])
    const [date] = content.paragraphs.filter(each => each.kind === 'metadata')
    expect(date?.text).toBe('3 maart 2031')
    expect(date?.searchText).toBe('Datum: 3 maart 2031')
  })

  it('ordinary text that names a date or a directorate at a line end is left whole', async () => {
    const text = `De Kamer heeft over het kustbeheer gesproken in het debat van 3 maart 2031.
De minister heeft toen gezegd dat de uitvoering ligt bij de Directie Rivieren
en dat zij daarover schrijft.\n\fZij doet dat voor de zomer, samen met de Directie Rivieren
en de provincies.\n`
    expect(furnitureOf(await contentOf(text))).toEqual([])
  })
})

describe('footnotes of plain text', () => {
  const page = (body: string, notes: string): string => `${body}\n\n${RULE}\n${notes}\n`
  const document = [
    page(
      ' De commissie heeft in 2019 een rapport geschreven over het beheer van de kust1 en over\nde kosten daarvan, met cijfers van 20182. Zij beveelt aan om meer te doen voor de',
      '1 Rapport van de commissie Kust en Zee van 9 en\n\n10 juni 2019.\n2 Cijfers van het bureau, vastgesteld door de Raad op voorstel van de',
    ),
    page(
      ' bewoners van de eilanden. Dat is ook de wens van de provincie3.',
      'gedeputeerde staten.\n3 Brief van de provincie.',
    ),
    ` Een alinea op de laatste bladzijde.\n${'\nNog een.\n'.repeat(8)}`,
  ].join('')

  it('are paragraphs of their own, and the text around them is one paragraph', async () => {
    const content = await contentOf(document)
    expectSound(content)
    expect(textsOf(content).slice(0, 4)).toEqual([
      'De commissie heeft in 2019 een rapport geschreven over het beheer van de kust1 en over de kosten daarvan, met cijfers van 20182. Zij beveelt aan om meer te doen voor de bewoners van de eilanden. Dat is ook de wens van de provincie3.',
      '1 Rapport van de commissie Kust en Zee van 9 en 10 juni 2019.',
      '2 Cijfers van het bureau, vastgesteld door de Raad op voorstel van de gedeputeerde staten.',
      '3 Brief van de provincie.',
    ])
  })

  it('are linked from the text that refers to them, whose search text loses their numbers', async () => {
    const content = await contentOf(document)
    const text = paragraphOf(content, 'De commissie')
    const labels = text.footnotes.map(id => content.paragraphs.find(each => each.id === id)?.label)
    expect(labels).toEqual(['voetnoot 1', 'voetnoot 2', 'voetnoot 3'])
    expect(text.searchText).toContain('van de kust en over de kosten daarvan, met cijfers van 2018. Zij')
    expect(text.searchText).toContain('van de provincie.')
    expect(paragraphOf(content, '3 Brief').searchText).toBe('Brief van de provincie.')
  })

  it('that continue on the next page have a span on each page', async () => {
    const content = await contentOf(document)
    expect(piecesOf(content, paragraphOf(content, '2 Cijfers'))).toHaveLength(2)
  })

  it('without a rule above them are found by their number and the reference to it', async () => {
    const content = await contentOf(
      'De kust is mooi1 en dat moet zo blijven voor de\n\n1 Zie het rapport.\n\fbewoners van het land.\n\nEinde.\n',
    )
    expect(textsOf(content)).toEqual([
      'De kust is mooi1 en dat moet zo blijven voor de bewoners van het land.',
      '1 Zie het rapport.',
      'Einde.',
    ])
  })

  it('whose numbers begin anew are linked to the text before them', async () => {
    const content = await contentOf(
      `Het eerste deel gaat over water1.\n\n${RULE}\n1 Noot bij water.\n\fHet tweede deel gaat over land1 en over zee2.\n\n${RULE}\n1 Noot bij land.\n2 Noot bij zee.\n\fEinde.\n`,
    )
    const note = (beginning: string): string | undefined =>
      content.paragraphs.find(each => each.id === paragraphOf(content, beginning).footnotes[0])?.text
    expect(note('Het eerste')).toBe('1 Noot bij water.')
    expect(note('Het tweede')).toBe('1 Noot bij land.')
  })

  it('to which nothing refers are a warning', async () => {
    const content = await contentOf(`Een zin.\n\n${RULE}\n1 Een noot.\n\fEen andere zin.\n`)
    expect(content.warnings).toEqual(['no place in the text refers to footnote 1'])
  })
})

describe('lists of plain text', () => {
  it('items know their label and their introduction, over levels and pages', async () => {
    const content = await contentOf(`De regeling geldt voor:

a) gemeenten die aan zee liggen, met name:

– hun havens;

– hun stranden;

b) provincies.

\fOok andere overheden kunnen meedoen.

1. De minister beslist.
2. De minister hoort daarbij:
a) de gemeente;
b) de provincie.
3. De minister is klaar.
`)
    expectSound(content)
    const shown = content.paragraphs.map(each => [
      each.kind,
      each.label,
      parentOf(content, each)?.slice(0, 12) ?? null,
    ])
    expect(shown).toEqual([
      ['text', null, null],
      ['list-item', 'a)', 'De regeling '],
      ['list-item', '–', 'a) gemeenten'],
      ['list-item', '–', 'a) gemeenten'],
      ['list-item', 'b)', 'De regeling '],
      ['text', null, null],
      ['text', '1.', null],
      ['text', '2.', null],
      ['list-item', '2 a)', '2. De minist'],
      ['list-item', '2 b)', '2. De minist'],
      ['text', '3.', null],
    ])
  })

  it('metadata from a footer in the middle of a list does not end it', async () => {
    const content = await contentOf(
      'Het gaat om:\n\na) de zee;\n\n\n1234/31 abc/DEF/gh 2\nDG E 1 NL\n\nb) de kust.\n',
    )
    expect(parentOf(content, paragraphOf(content, 'b)'))).toBe('Het gaat om:')
  })

  it('an enumeration without labels is a list under its introduction', async () => {
    const content = await contentOf(
      'De landen streven naar het volgende:\n\nde zee beschermen,\n\nde kust versterken.\n\nDit is een nieuwe alinea.\n',
    )
    expect(content.paragraphs.map(each => each.kind)).toEqual(['text', 'list-item', 'list-item', 'text'])
    expect(parentOf(content, paragraphOf(content, 'de kust'))).toBe('De landen streven naar het volgende:')
  })

  it('a label that stands alone is furniture and never put on an item', async () => {
    const content = await contentOf(
      'Het volgende geldt:\n\nb)\n\nd)\n\nde zee beschermen,\n\nde kust versterken.\n',
    )
    expect(content.paragraphs.map(each => each.label)).toEqual([null, null, null])
    expect(furnitureOf(content)).toEqual(['stray label: b)', 'stray label: d)'])
  })

  it('a label directly above its item stays with it', async () => {
    const content = await contentOf(
      'Het volgende geldt:\n\na)\nde zee beschermen,\n\nb)\nde kust versterken.\n',
    )
    expect(textsOf(content)).toEqual([
      'Het volgende geldt:',
      'a) de zee beschermen,',
      'b) de kust versterken.',
    ])
  })

  it('a line that only looks like an item is text', async () => {
    const content = await contentOf(
      'Het verdrag noemt a) de zee, b) de kust en\nc) de rivieren, en geldt – naar de letter\n– alleen daar, met een marge van 2\n10. Dat is genoeg.\n',
    )
    expect(content.paragraphs).toHaveLength(1)
  })
})

describe('headings of plain text', () => {
  it('form the path by numbers, capitals and series, so that equal headings are told apart', async () => {
    const content = await contentOf(`NOTA KUSTBEHEER

1. INLEIDING

Dit is de inleiding.

Aanbevelingen

• Doe dit.

2. UITVOERING

2.1. Geld en de verdeling daarvan over de
provincies

Dit gaat over geld.

Eerste deel: De zee

Dit gaat over de zee.

Aanbevelingen

• Doe dat.

Tweede deel: De kust

Dit gaat over de kust.

BIJLAGE

CIJFERS

Dit zijn cijfers.
`)
    const path = (beginning: string): readonly string[] => paragraphOf(content, beginning).headingPath
    expect(path('Dit is de inleiding')).toEqual(['1. INLEIDING'])
    expect(path('• Doe dit')).toEqual(['1. INLEIDING', 'Aanbevelingen'])
    expect(path('Dit gaat over geld')).toEqual([
      '2. UITVOERING',
      '2.1. Geld en de verdeling daarvan over de provincies',
    ])
    expect(path('• Doe dat').slice(-2)).toEqual(['Eerste deel: De zee', 'Aanbevelingen'])
    expect(path('Dit gaat over de kust').at(-1)).toBe('Tweede deel: De kust')
    expect(path('Dit zijn cijfers')).toEqual(['BIJLAGE', 'CIJFERS'])
    const anchors = content.paragraphs.filter(each => each.text === 'Aanbevelingen').map(each => each.anchor)
    expect(new Set(anchors).size).toBe(2)
  })

  it('numbers that follow each other directly are a list', async () => {
    const content = await contentOf(
      'AGENDA\n\n1. Opening\n\n2. Verslag\n\n3. Sluiting\n\nDe vergadering is openbaar.\n',
    )
    expect(content.paragraphs.map(each => each.kind === 'heading')).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('a short line that ends like a sentence is no heading', async () => {
    const content = await contentOf('Zo is het.\n\nEn zo blijft het.\n')
    expect(content.paragraphs.map(each => each.kind)).toEqual(['text', 'text'])
  })
})

describe('metadata and signatures', () => {
  it('the head of a document is one piece of metadata for each field, found as what it is', async () => {
    const { content, found } = await (await import('./support.js')).read(`RAAD VAN TOEZICHT

Utrecht, 4 mei 2021

1234/21

Aan: de directie

Betreft: Jaarverslag over het kustbeheer

Hierbij bieden wij u het jaarverslag aan over het beheer van de kust in het afgelopen jaar.
`)
    expectSound(content)
    const head = content.paragraphs.filter(each => each.kind === 'metadata')
    expect(head.map(each => each.searchText)).toEqual([
      'RAAD VAN TOEZICHT',
      'Datum: Utrecht, 4 mei 2021',
      'Documentnummer: 1234/21',
      'Geadresseerde: Aan: de directie',
      'Onderwerp: Betreft: Jaarverslag over het kustbeheer',
    ])
    expect(found.date).toBe('2021-05-04')
    expect(found.documentNumber).toBe('1234/21')
  })

  it('who signs and in what function is one signature', async () => {
    const content = await contentOf(
      'Hiermee sluiten wij de brief aan uw Kamer af.\n\nDe Staatssecretaris van Zee en Kust,\n\n\nA.B. de Vries - van Dijk\n\nDe burgemeester van Terschelling,\nJan van der Meer\n',
    )
    expectSound(content)
    const signed = content.paragraphs.filter(each => each.kind === 'signature')
    expect(signed.map(each => each.text)).toEqual([
      'De Staatssecretaris van Zee en Kust, A.B. de Vries - van Dijk',
      'De burgemeester van Terschelling, Jan van der Meer',
    ])
    expect(signed[0]?.searchText).toMatch(/^Ondertekening: /)
  })
})

describe('anchors', () => {
  const text = 'INLEIDING\n\nDe zee is breed.\n\nDe kust is lang.\n\na) het eerste;\n\nb) het tweede.\n'

  it('stay when another paragraph is added, changed or removed, and when white space changes', async () => {
    const before = new Map((await contentOf(text)).paragraphs.map(each => [each.text, each.anchor]))
    const after = await contentOf(
      `${text.replace('De zee is breed.', 'Heel iets anders.')}\nEen alinea erbij.\n`,
    )
    const kept = after.paragraphs.filter(each => before.has(each.text))
    expect(kept).toHaveLength(4)
    for (const each of kept) expect(each.anchor).toBe(before.get(each.text))
    const wrapped = await contentOf(text.replace('is lang', 'is\nlang'))
    expect(paragraphOf(wrapped, 'De kust').anchor).toBe(before.get('De kust is lang.'))
  })

  it('of equal texts differ by the heading above them', async () => {
    const same = 'EEN\n\nGelijke tekst.\n\nTWEE\n\nGelijke tekst.\n\nGelijke tekst.\n'
    const anchors = (await contentOf(same)).paragraphs
      .filter(each => each.kind === 'text')
      .map(each => each.anchor)
    expect(new Set(anchors).size).toBe(3)
    expect(anchors).toEqual(
      (await contentOf(same)).paragraphs.filter(each => each.kind === 'text').map(each => each.anchor),
    )
  })
})
