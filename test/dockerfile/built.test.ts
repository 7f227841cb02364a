import fc from 'fast-check'
import { expect, it } from 'vitest'
import { placeIn } from '../../src/dockerfile/place.ts'
import { linesOf, recorded } from './recorded.ts'

/** One instruction: as it is written over lines, and as builders record it; null for what makes no layer. */
interface Built {
  readonly written: readonly string[]
  readonly buildkit: string | null
  readonly classic: string | null
  readonly buildah: string | null
  readonly kaniko: string | null
}

const word = fc.constantFrom(
  'make',
  'install',
  '--no-cache',
  '"a b"',
  "'$HOME'",
  '/opt/x',
  '&&',
  '|',
  'x#y',
  '>f',
  'a=b',
)
/** What stands between two words: a blank, or the end of a line and what may follow it. */
const gap = fc.constantFrom(
  ' ',
  '  ',
  ' \\\n',
  ' \\  \n\t',
  ' \\\n# a comment\n  ',
  ' \\\n\n   # one\n  # and another \\\n ',
)

const command = fc.tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.array(gap, { minLength: 6, maxLength: 6 }))

const run = command.map(([words, gaps]): Built => {
  const text = words.map((each, at) => (at === 0 ? each : `${gaps[at]}${each}`)).join('')
  const joined = text.replace(/\\[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*/g, '')
  return {
    written: `RUN --mount=type=cache,target=/c ${text}`.split('\n'),
    buildkit: `RUN |1 A=b c /bin/sh -c ${joined} # buildkit`,
    classic: `/bin/sh -c ${joined}`,
    buildah: `/bin/sh -c --mount=type=cache,target=/c ${joined}`,
    kaniko: `RUN --mount=type=cache,target=/c ${joined}`,
  }
})

const copy = fc.tuple(fc.nat(9), fc.constantFrom('/srv', '/opt/app/', 'here/')).map(([from, to]): Built => {
  const absolute = to.startsWith('/') ? to : `/work/${to}`
  return {
    written: ['COPY --chown=1:1 \\', `  s${from} ${to}`],
    buildkit: `COPY --chown=1:1 s${from} ${to} # buildkit`,
    classic: `/bin/sh -c #(nop) COPY --chown=1:1 dir:0123abcd in ${to} `,
    buildah: `/bin/sh -c #(nop) COPY dir:0123abcd in ${absolute} `,
    kaniko: `COPY --chown=1:1 s${from} ${to}`,
  }
})

const heredoc = fc.array(word, { minLength: 1, maxLength: 4 }).map((words): Built => {
  const recorded = `RUN /bin/sh -c ${words.join('\n')}\n # buildkit`
  const all = { buildkit: recorded, classic: recorded, buildah: recorded, kaniko: recorded }
  return { written: ['RUN <<EOF', ...words, 'EOF'], ...all }
})

const setting = fc
  .constantFrom('ENV A=1 \\\n  B=2', 'LABEL x=y', 'USER 1000', 'EXPOSE 80', '# a comment', '', 'ARG C', 'CMD ["a"]')
  .map((text): Built => ({ written: text.split('\n'), buildkit: null, classic: null, buildah: null, kaniko: null }))

const dockerfile = fc.array(
  fc.oneof({ weight: 4, arbitrary: run }, { weight: 3, arbitrary: copy }, heredoc, { weight: 2, arbitrary: setting }),
  { maxLength: 20 },
)

it('every layer has the lines of its instruction, whoever built it', () => {
  fc.assert(
    fc.property(dockerfile, fc.constantFrom('buildkit', 'classic', 'buildah', 'kaniko'), (built, builder) => {
      const text = ['FROM debian', 'WORKDIR /work']
      const history: string[] = ['/bin/sh -c #(nop) ADD file:01ab in / ']
      const expected: string[] = ['1-1']
      for (const instruction of built) {
        const start = text.length + 1
        text.push(...instruction.written)
        const made = instruction[builder]
        if (made === null) continue
        history.push(made)
        expected.push(`${start}-${text.length}`)
      }
      const base = history.map((_, at) => at === 0)
      const placed = placeIn(recorded(history, base), { path: 'Dockerfile', text: text.join('\n') })
      expect(placed.notices).toEqual([])
      expect(linesOf(placed)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})
