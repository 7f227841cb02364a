import { showName } from '../bytes/name.ts'
import { ImgauditError } from '../error.ts'
import { maskSecrets } from '../image/secret-text.ts'
import { shorten } from '../report/shorten.ts'
import { withoutCommandLines } from '../report/workflow-command.ts'
import { coloursOn, type Host } from './host.ts'

/** What is told of an error, and the exit code for it. */
export interface Failure {
  readonly text: string
  readonly exitCode: number
}

/** An expected error is one sentence and what to do; any other is a bug, and its stack helps to find it. */
export async function failureOf(error: unknown, host: Pick<Host, 'argv' | 'env' | 'stderr'>): Promise<Failure> {
  const { default: picocolors } = await import('picocolors')
  const ink = picocolors.createColors(coloursOn(host.stderr, host.env, !host.argv.includes('--no-color')))
  if (error instanceof ImgauditError) {
    const message = `${ink.red('error:')} ${harmless(error.message)} (${error.code})`
    return { text: `${message}\n  ${ink.green('fix:')} ${harmless(error.fix)}\n`, exitCode: error.exitCode }
  }
  const stack = unquoted(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const message = `${ink.red('error:')} this is a bug in imgaudit, not in the image (BUG)`
  const fix = 'report it with the lines above and what imgaudit --version says'
  const lines = stack.split('\n').map(harmless).join('\n    ')
  return { text: `${withoutCommandLines(lines)}\n${message}\n  ${ink.green('fix:')} ${fix}\n`, exitCode: 3 }
}

/** Characters that are told: a manifest's value can have megabytes. */
const most = 4000

/** Values of an image, of an engine's answer and of addresses with passwords stand in it. None of ours has a second line. */
function harmless(text: string): string {
  return shorten(showName(maskSecrets(text.trim())), most)
}

/** V8 quotes what is no JSON, which can be anything. */
function unquoted(stack: string): string {
  return stack.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/ms, ' is not valid JSON')
}
