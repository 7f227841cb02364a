import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from '../../src/index.ts'
import { legacyArchive, tarOf } from '../archive.ts'
import { imgaudit } from './imgaudit.ts'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-limit-'))
  const layer = await tarOf([
    ['a', Buffer.from('a')],
    ['b', Buffer.from('b')],
  ])
  writeFileSync(join(folder, 'app.tar'), await legacyArchive({ layers: [layer] }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...argv: readonly string[]) => imgaudit(folder, ['app.tar', '--no-cache', ...argv])

describe('--limit', () => {
  it('ends what goes over it, with what to type', async () => {
    const { code, stdout, stderr } = await run('--limit', 'entries=5')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('the image has more than 5 entries, with what takes as much memory')
    expect(stderr).toContain('fix: if you trust the image, lift the limit: --limit entries=20')
    expect((await run('--limit', 'entries=20')).code).toBe(0)
  })

  it('can be repeated, and lifted', async () => {
    expect((await run('--limit', 'document=10', '--limit', 'entries=20')).stderr).toMatch(/at most 10 \(LIMIT\)/)
    expect((await run('--limit', 'document=10', '--limit', 'document=none')).code).toBe(0)
  })

  it.each([
    'entries',
    'entries=',
    'entries=5GB',
    'entries=-1',
    'entries=0',
    'unpacked=5M',
    'layers=5',
    '=5',
    'entries=1T',
  ])('refuses %s', async text => {
    const { code, stderr } = await run('--limit', text)
    expect(code).toBe(2)
    expect(stderr).toContain(`got '${text}'`)
    expect(stderr).toContain('--limit entries=20M')
  })

  it('does nothing for what reads no image', async () => {
    expect((await imgaudit(folder, ['rules', '--limit', 'entries=5'])).stderr).toContain(
      '--limit does nothing for rules',
    )
  })

  it('is readLimits in code', async () => {
    const app = join(folder, 'app.tar')
    await expect(audit(app, { cache: false, readLimits: { entries: 5 } })).rejects.toMatchObject({ code: 'LIMIT' })
    await expect(audit(app, { readLimits: { entries: Number.NaN } })).rejects.toMatchObject({ code: 'USAGE' })
    const report = await audit(app, { cache: false, readLimits: { entries: Number.POSITIVE_INFINITY } })
    expect(report.size.files).toBe(2)
  })
})
