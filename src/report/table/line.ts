import { showName } from '../../bytes/name.ts'

/** Text out of an image or about it, on one line and harmless to print. Blanks that instructions are laid out with become one; all
 *  others that are not seen are shown. */
export function oneLine(text: string): string {
  return showName(text.replace(/(?:[ \t\n]|\r\n)+/g, ' ').replace(/^ | $/g, ''))
}

/** The lines of a text that has several, each harmless to print; indents stay. */
export function eachLine(text: string): string[] {
  return text
    .replaceAll('\t', '  ')
    .split(/\r?\n/)
    .map(line => showName(line.trimEnd()))
    .filter(line => line !== '')
}
