import { execFileSync } from 'node:child_process'
import { pid } from 'node:process'
import { describe, expect, it } from 'vitest'
import { isLeftOver, isReader, labelOf, ownReader, readerName } from '../../src/source/engine/reader-label.ts'
import { canBeNameless, nameless, readableModule } from '../nameless-user.ts'

const now = () => Date.now() / 1000
const yesterday = () => now() - 90_000
const name = readerName()
const label = labelOf(name)
/** The number of a process that has ended. */
const ended = () => execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim()

it('is that of this process and of its container', () => {
  expect(label).toBe(`${ownReader()} ${name}`)
  expect(label).toContain(` ${pid} `)
  expect(readerName()).not.toBe(name)
  expect(isReader(label, [`/${name}`])).toBe(true)
  expect(isReader(label, [])).toBe(false)
  expect(isReader(label, ['/other'])).toBe(false)
  expect(isReader('x', [`/${name}`])).toBe(false)
})

it('is left over when its process has ended, or another has its number', () => {
  expect(isLeftOver(label, 0)).toBe(false)
  expect(isLeftOver(label.replace(` ${pid} `, ` ${ended()} `), now())).toBe(true)
  expect(isLeftOver(label.replace(/ (\d+) (\S+)$/, ' 1 $2'), now())).toBe(true)
})

it('is left over after a day where the process cannot be looked at', () => {
  for (const other of [label.replace(/^\S+/, 'elsewhere'), label.replace(` ${pid} `, ' 0 ')]) {
    expect(isLeftOver(other, now())).toBe(false)
    expect(isLeftOver(other, yesterday())).toBe(true)
    expect(isLeftOver(other, Number.NaN)).toBe(false)
  }
})

describe.skipIf(!canBeNameless)('where /proc hides what others run', () => {
  it('a process that runs is not taken for one that has ended', async () => {
    const module = await readableModule('source/engine/reader-label.ts')
    const gone = label.replace(` ${pid} `, ` ${ended()} `)
    const script = `
      import { existsSync } from 'node:fs'
      import { isLeftOver } from ${JSON.stringify(module)}
      const [label, gone] = ${JSON.stringify([label, gone])}
      const hidden = !existsSync('/proc/${pid}')
      const [now, yesterday] = [${now()}, ${yesterday()}]
      console.log(JSON.stringify([hidden, isLeftOver(label, now), isLeftOver(label, yesterday), isLeftOver(gone, now)]))`
    const answers = nameless(65_534, script, 'mount -t proc -o hidepid=2 proc /proc')
    expect(JSON.parse(answers)).toEqual([true, false, true, true])
  })
})
