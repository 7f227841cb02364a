import { expect } from 'vitest'

/** What no format may have in it as it is: control characters but the ends of lines, lone surrogates, and all that Unicode wants
 *  nobody to see (Default_Ignorable_Code_Point), reorders text or ends a line. */
const raw = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu

/** A line by which the runner of a CI job does something: actions/runner's ActionCommand.cs, azure-pipelines-agent's
 *  Command.cs, TeamCity's service messages. Blanks in front are cut off, brackets count anywhere in a line. */
const commandLine = /^\s*::[^:]|##(?:\w*)\[/gm

/** Every character is one that prints, or the end of a line. */
export function expectPrintable(text: string, what: string): void {
  expect(Buffer.from(text).toString(), what).toBe(text)
  const found = [...text.matchAll(raw)].filter(([character]) => character !== '\n')
  const places = found.map(match => JSON.stringify(text.slice(Math.max(0, match.index - 30), match.index + 10)))
  expect(places.slice(0, 3), what).toEqual([])
}

/** No line is a command, but those of the formats that are meant to be. */
export function expectNoCommands(text: string, what: string): void {
  expect(text.match(commandLine) ?? [], what).toEqual([])
}
