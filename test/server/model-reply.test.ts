import { describe, expect, it } from 'vitest'
import { readSentences, saysNoAnswer } from '../../server/model-reply.js'

const read = (reply: string) => readSentences(reply, true).map(({ text, markers }) => [text, [...markers]])

describe('reading a reply', () => {
  it.each([
    ['a marker before the period', 'Het kost vier euro [1].', [['Het kost vier euro.', [1]]]],
    ['a marker behind the period', 'Het kost vier euro. [1]', [['Het kost vier euro.', [1]]]],
    [
      'a marker behind the period without a space',
      'Het kost vier euro.[1] Dat is veel.[2]',
      [
        ['Het kost vier euro.', [1]],
        ['Dat is veel.', [2]],
      ],
    ],
    ['two markers', 'Het kost vier euro [1][2].', [['Het kost vier euro.', [1, 2]]]],
    ['two numbers in one bracket', 'Het kost vier euro [1, 2].', [['Het kost vier euro.', [1, 2]]]],
    ['"en" in a bracket', 'Het kost vier euro [1 en 3].', [['Het kost vier euro.', [1, 3]]]],
    ['a range', 'Het kost vier euro [1-3].', [['Het kost vier euro.', [1, 2, 3]]]],
    ['Chinese brackets', 'Het kost vier euro【2】.', [['Het kost vier euro.', [2]]]],
    ['Chinese brackets with a source', 'Het kost vier euro【2†bron】.', [['Het kost vier euro.', [2]]]],
    ['a word in the bracket', 'Het kost vier euro [bron 2].', [['Het kost vier euro.', [2]]]],
    ['a footnote', 'Het kost vier euro [^2].', [['Het kost vier euro.', [2]]]],
    ['the same marker twice', 'Het kost [1] vier euro [1].', [['Het kost vier euro.', [1]]]],
    ['no marker', 'Het kost vier euro.', [['Het kost vier euro.', []]]],
    ['a marker on a line of its own', 'Het kost vier euro.\n[1]', [['Het kost vier euro.', [1]]]],
    [
      'a list',
      'Er zijn drie redenen:\n- de prijs [1]\n- de plek [2]',
      [
        ['Er zijn drie redenen:', []],
        ['de prijs', [1]],
        ['de plek', [2]],
      ],
    ],
    [
      'a numbered list',
      '1. de prijs [1]\n2. de plek [2]',
      [
        ['de prijs', [1]],
        ['de plek', [2]],
      ],
    ],
    [
      'bold, headings and code',
      '## Antwoord\n**Het kost** `vier` euro [1].',
      [
        ['Antwoord', []],
        ['Het kost vier euro.', [1]],
      ],
    ],
    ['a link', 'Zie [de brief](https://boos.example/x) [1].', [['Zie de brief.', [1]]]],
    ['tags', 'Het kost <b onclick="x()">vier</b> euro [1].', [['Het kost vier euro.', [1]]]],
    [
      'scripts',
      'Het kost vier euro [1].<script>alert("Het kost nul euro.")</script>',
      [['Het kost vier euro.', [1]]],
    ],
    [
      'a script that does not end',
      'Het kost vier euro [1]. <script>alert(1)',
      [['Het kost vier euro.', [1]]],
    ],
    [
      'thinking aloud',
      '<think>De bron zegt vijf.</think>Het kost vier euro [1].',
      [['Het kost vier euro.', [1]]],
    ],
    [
      'an abbreviation',
      'Het kost ca. vier euro, zie art. 13 [1].',
      [['Het kost ca. vier euro, zie art. 13.', [1]]],
    ],
    ['other brackets', 'De raad [van state] besliste [1].', [['De raad [van state] besliste.', [1]]]],
    [
      'characters that nobody sees',
      `Het kost${String.fromCodePoint(0x200b, 0xe0041)} vier euro [1].`,
      [['Het kost vier euro.', [1]]],
    ],
    [
      'characters that stand in for markers',
      'Het kost \uE0007\uE001 vier euro [1].',
      [['Het kost 7 vier euro.', [1]]],
    ],
  ])('understands %s', (_, reply, sentences) => {
    expect(read(reply)).toEqual(sentences)
  })

  it('holds the last sentence back until the reply has ended', () => {
    expect(readSentences('Het kost vier euro. [1] Dat is', false).map(({ text }) => text)).toEqual([
      'Het kost vier euro.',
    ])
    expect(readSentences('Het kost vier euro.', false)).toEqual([])
  })

  it('never reads another sentence while the reply grows than in the end', () => {
    const reply =
      'Het tarief wordt <b>vier</b> euro [1, 2]. Bewoners krijgen een vergunning【3】.\n- In de zomer open. [4]\n- Gratis.'
    const end = readSentences(reply, true)
    for (let length = 0; length <= reply.length; length++) {
      const sofar = readSentences(reply.slice(0, length), false)
      expect(sofar).toEqual(end.slice(0, sofar.length))
    }
  })
})

describe('a reply without an answer', () => {
  it.each(['GEEN ANTWOORD', 'Geen antwoord.', '"GEEN ANTWOORD"', '**GEEN ANTWOORD**'])('is %s', reply => {
    expect(saysNoAnswer(readSentences(reply, true))).toBe(true)
  })

  it.each([
    '',
    'Er is geen antwoord op de brief gekomen [1].',
    'GEEN ANTWOORD. Maar het kost vier euro [1].',
  ])('is not "%s"', reply => {
    expect(saysNoAnswer(readSentences(reply, true))).toBe(false)
  })
})
