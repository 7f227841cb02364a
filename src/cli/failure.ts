import { showName } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import { coloursOn, type Host } from './host.ts'

/** What is told of an error, and the exit code for it. */
export interface Failure {
  readonly text: string
  readonly exitCode: number
}

/** An expected error is one sentence and what to do; any other is a bug, and its stack helps to find it. */
export async function failureOf(error: unknown, host: Host): Promise<Failure> {
  const { default: picocolors } = await import('picocolors')
  const ink = picocolors.createColors(coloursOn(host.stderr, host.env, !host.argv.includes('--no-color')))
  if (error instanceof ImgauditError) {
    const message = `${ink.red('error:')} ${harmless(error.message)} (${error.code})`
    return { text: `${message}\n  ${ink.green('fix:')} ${harmless(error.fix)}\n`, exitCode: error.exitCode }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = `${ink.red('error:')} this is a bug in imgaudit, not in the image (BUG)`
  const fix = 'report it with the lines above and what imgaudit --version says'
  return { text: `${harmless(stack)}\n${message}\n  ${ink.green('fix:')} ${fix}\n`, exitCode: 3 }
}

function harmless(text: string): string {
  return text.split('\n').map(showName).join('\n    ')
}
