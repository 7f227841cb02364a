import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Engine } from './engines.ts'

/** A command that has the loader of an image say what each of its ELF files gets: `<path> <name> <resolved path or ->`. */
export const traceAll = `python3 -c ${quoted(readFileSync(new URL('loader.py', import.meta.url), 'utf8'))}`

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Lines that say that something was not found. */
export function missingIn(lines: string): readonly string[] {
  return lines.split('\n').filter(line => line.endsWith(' -'))
}

/** What a shell command says in a container of an image, given names on its standard input, each ended by a NUL. */
export function inside(engine: Engine, tag: string, command: string, names: readonly string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['-H', engine.host, 'run', '--rm', '--interactive', '--network=host', tag, 'sh', '-c', command]
    const child = execFile('docker', args, { maxBuffer: 2 ** 30 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    )
    child.stdin?.end(names.map(name => `${name}\0`).join(''))
  })
}
