import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that the engines of this run live in. Empty until a test asks for one: see engines.ts. */
    engines: string
  }
}

/** Gives the run a folder for its engines, and ends whatever was started in it, however the run ends. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  const script = fileURLToPath(new URL('engines.sh', import.meta.url))

  function stop(): void {
    if (existsSync(join(folder, 'lock'))) execFileSync('bash', [script, 'stop', folder], { stdio: 'inherit' })
    rmSync(folder, { recursive: true, force: true })
  }

  project.provide('engines', folder)
  process.once('exit', stop)
  return stop
}
