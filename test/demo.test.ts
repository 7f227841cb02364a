import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../src/demo.ts'
import { audit } from '../src/index.ts'
import type { Report } from '../src/report/schema.ts'
import { rules } from '../src/rule/index.ts'
import { expectBalanced } from './balance.ts'
import { imgaudit } from './cli/imgaudit.ts'

let folder = ''
let report: Report

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-demo-test-'))
  await writeDemo(join(folder, 'demo.tar'))
  report = await audit(`docker-archive:${join(folder, 'demo.tar')}`, { cache: false, gpu: ['H100'] })
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('demo', () => {
  it.each(rules.map(rule => rule.id))('has something for %s', id => {
    expect(report.findings.filter(finding => finding.rule === id && finding.verdict !== 'keep')).not.toEqual([])
  })

  it('gives every rule that counts bytes some of its own', () => {
    const claiming = rules.filter(rule => rule.claimsNothing !== true).map(rule => rule.id)
    const waste = report.causes.filter(cause => cause.kind === 'waste').map(cause => cause.cause)
    expect(claiming.filter(id => !waste.includes(id))).toEqual([])
  })

  it('is balanced, small, and the same every time', async () => {
    expectBalanced(report)
    expect(statSync(join(folder, 'demo.tar')).size).toBeLessThan(20e6)
    await writeDemo(join(folder, 'again.tar'))
    expect(readFileSync(join(folder, 'again.tar')).equals(readFileSync(join(folder, 'demo.tar')))).toBe(true)
  })

  it('prints no value of a secret', () => {
    expect(JSON.stringify(report)).not.toContain('not-a-real-secret')
  })

  it('says what it is, and leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter(name => name.startsWith('imgaudit-demo-'))
    const { code, stdout } = await demo([])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^A made-up image with one of every waste/)
    expect(stdout).toContain('docker-archive:imgaudit-demo.tar')
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('imgaudit-demo-'))).toEqual(before)
  })

  it('says in a sentence that it cannot be written, and leaves nothing', async () => {
    const { code, stdout, stderr } = await demo(['--keep', 'none/kept.tar'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      /^error: the demo cannot be written to .*none\/kept\.tar: no such file or directory \(OUTPUT_/,
    )
    await expect(writeDemo(join(folder, 'stopped.tar'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(readdirSync(folder).filter(name => name.includes('stopped'))).toEqual([])
  })

  it('takes the place of no pipe, device or folder', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    await expect(writeDemo(pipe)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
    expect(lstatSync(pipe).isFIFO()).toBe(true)
    rmSync(pipe)
    await expect(writeDemo(folder)).rejects.toMatchObject({ message: expect.stringContaining('which is a folder') })
  })

  it('keeps the image where it is told to', async () => {
    const { code, stdout } = await demo(['--keep', 'kept.tar', '--format', 'json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).image.reference).toBe('docker-archive:kept.tar')
    expect(readFileSync(join(folder, 'kept.tar')).equals(readFileSync(join(folder, 'demo.tar')))).toBe(true)
  })
})

function demo(argv: readonly string[]) {
  return imgaudit(folder, ['demo', ...argv])
}
