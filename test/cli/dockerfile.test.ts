import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { dockerfileOf } from '../../src/cli/dockerfile.ts'

const root = await mkdtemp(join(tmpdir(), 'imgaudit-'))
afterAll(() => rm(root, { recursive: true }))
await mkdir(join(root, 'ci'))
for (const name of ['Dockerfile', 'ci/Dockerfile', 'ci/..Dockerfile']) await writeFile(join(root, name), 'FROM a\n')

async function pathOf(cwd: string, dockerfile: string, env: Readonly<Record<string, string>> = {}) {
  return (await dockerfileOf({ cwd, env }, { dockerfile })).dockerfile?.path
}

it('names a Dockerfile from the working folder on', async () => {
  expect(await pathOf(root, './ci/../Dockerfile')).toBe('Dockerfile')
  expect(await pathOf(root, join(root, 'ci/Dockerfile'))).toBe('ci/Dockerfile')
  expect(await pathOf(join(root, 'ci'), '..Dockerfile')).toBe('..Dockerfile')
  expect(await pathOf(join(root, 'ci'), '../Dockerfile')).toBe('../Dockerfile')
})

it.each(['GITHUB_WORKSPACE', 'CI_PROJECT_DIR'])('names it from the repository on, by %s', async name => {
  const ci = join(root, 'ci')
  expect(await pathOf(ci, 'Dockerfile', { [name]: root })).toBe('ci/Dockerfile')
  expect(await pathOf(ci, '../Dockerfile', { [name]: root })).toBe('Dockerfile')
  // What lies elsewhere has no place in it.
  expect(await pathOf(root, 'Dockerfile', { [name]: ci })).toBe('Dockerfile')
  expect(await pathOf(ci, '../Dockerfile', { [name]: ci })).toBe('../Dockerfile')
  expect(await pathOf(root, 'Dockerfile', { [name]: '' })).toBe('Dockerfile')
})

it('refuses what cannot be read or is no Dockerfile, and a stage that is in none', async () => {
  const usage = expect.objectContaining({ code: 'USAGE' })
  await writeFile(join(root, 'package.json'), '{ "name": "app" }')
  const other = dockerfileOf({ cwd: root, env: {} }, { dockerfile: 'Dockerfile', target: 'build' })
  await expect(other).rejects.toThrow('Dockerfile has no stage build')
  for (const dockerfile of ['ci', 'none', '', 'package.json'])
    await expect(pathOf(root, dockerfile)).rejects.toThrow(usage)
  await expect(dockerfileOf({ cwd: root, env: {} }, { target: 'build' })).rejects.toThrow(usage)
})
