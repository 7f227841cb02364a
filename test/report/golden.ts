import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Compares text with test/<part>/golden/<name>, whole; `UPDATE=1` writes it. */
export function expectGolden(name: string, text: string, part = 'report'): void {
  const file = new URL(`../${part}/golden/${name}`, import.meta.url)
  if (process.env.UPDATE === '1') {
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, text)
  }
  expect(text).toBe(readFileSync(file, 'utf8'))
}
