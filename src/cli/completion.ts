import type { Command } from 'commander'
import { bashScript } from './completion/bash.ts'
import { fishScript } from './completion/fish.ts'
import { type Grammar, grammarOf } from './completion/grammar.ts'
import type { Shell } from './completion/shell.ts'
import { zshScript } from './completion/zsh.ts'

const scripts: Readonly<Record<Shell, (program: Grammar) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** A script that completes the commands for a shell. It has all words in it, so that no key press starts this program. */
export function completionScript(program: Command, shell: Shell): string {
  return scripts[shell](grammarOf(program))
}
