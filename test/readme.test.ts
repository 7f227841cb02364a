import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { writeDemo } from '../src/demo.ts'
import { audit } from '../src/index.ts'
import table from '../src/report/table.ts'
import { rules } from '../src/rule/index.ts'

const path = fileURLToPath(new URL('../README.md', import.meta.url))

/** Parts of the README that the program writes; `UPDATE=1` rewrites them. */
function expectPart(name: string, text: string): void {
  const readme = readFileSync(path, 'utf8')
  const part = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`)
  expect(readme).toMatch(part)
  const written = readme.replace(part, (_, open: string, close: string) => `${open}${text}\n${close}`)
  if (process.env.UPDATE === '1') writeFileSync(path, written)
  else expect(readme).toBe(written)
}

it('lists the rules', () => {
  const rows = rules.map(({ id, title, guide }) => {
    return `| \`${id}\` | ${guide === undefined ? '' : `${guide.section}, ${guide.title}`} | ${title} |`
  })
  expectPart('rules', ['| rule | guide | what it finds |', '|---|---|---|', ...rows].join('\n'))
})

it('shows what the demo prints', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-readme-'))
  try {
    const archive = join(folder, 'imgaudit-demo.tar')
    await writeDemo(archive)
    const report = await audit('docker-archive:imgaudit-demo.tar', { cwd: folder, cache: false, gpu: ['H100'] })
    const lines = table(report, { width: 80, colour: false, top: 10, all: false }).split('\n')
    const whole = lines.slice(0, lines.lastIndexOf('', 46))
    expectPart('demo', ['```', '$ imgaudit demo', ...whole, '', '…', '```'].join('\n'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
