/**
 * Makes two data sets in BEIR format from a folder of Dutch laws, which are not part of this project:
 * `npx tsx evals/beir/build.ts <folder of laws> <target folder>`. The questions beside this file name law, article and passage.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type LawPassage, readLaws } from './laws.js'

/** The data sets, each with the laws of its corpus: those whose number leaves this remainder when divided by four. */
const DATA_SETS = { burgervragen: 2, vakvragen: 3 } as const

const questionSchema = z.strictObject({
  _id: z.string(),
  text: z.string(),
  law: z.string(),
  article: z.string(),
  /** Numbers of the right passages of the article. */
  passages: z.array(z.int().positive()).min(1),
})

const idOf = ({ law, article, number }: Pick<LawPassage, 'law' | 'article' | 'number'>) =>
  `${law}_${article}_${number}`.replace(/[^\w.-]+/g, '-')

const [laws, target] = process.argv.slice(2)
if (!laws || !target) throw new Error('Name the folder of laws and the folder to write to.')
for (const [name, remainder] of Object.entries(DATA_SETS)) {
  const folder = join(target, name)
  await mkdir(join(folder, 'qrels'), { recursive: true })
  const lines: string[] = []
  const ids = new Set<string>()
  for await (const passage of readLaws(laws, law => Number(law.slice(-4)) % 4 === remainder)) {
    const { title, article, headings, text, law } = passage
    const _id = idOf(passage)
    // A few laws print an article number twice; the first stands for both.
    if (ids.has(_id)) continue
    ids.add(_id)
    const heading = [title, ...headings, `Artikel ${article}`].join(', ')
    lines.push(JSON.stringify({ _id, title: heading, text, metadata: { section: `${law} ${article}` } }))
  }
  const questions = (await readFile(new URL(`${name}/questions.jsonl`, import.meta.url), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map(line => questionSchema.parse(JSON.parse(line)))
  const qrels = ['query-id\tcorpus-id\tscore']
  for (const { _id, law, article, passages } of questions)
    for (const number of passages) {
      const passage = idOf({ law, article, number })
      if (!ids.has(passage)) throw new Error(`${name}, question ${_id}: there is no passage ${passage}.`)
      qrels.push(`${_id}\t${passage}\t1`)
    }
  await writeFile(join(folder, 'corpus.jsonl'), `${lines.join('\n')}\n`)
  const queries = questions.map(({ _id, text }) => JSON.stringify({ _id, text }))
  await writeFile(join(folder, 'queries.jsonl'), `${queries.join('\n')}\n`)
  await writeFile(join(folder, 'qrels', 'test.tsv'), `${qrels.join('\n')}\n`)
  console.log(`${name}: ${lines.length} passages, ${questions.length} questions`)
}
