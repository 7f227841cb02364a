import type { Evidence } from '../evidence/evidence.ts'
import { isOfEstargz } from '../image/estargz.ts'
import type { EntryId } from '../image/filesystem.ts'
import { instruction, judge, originLayer } from './claims.ts'
import { commandOf, copyOf } from './dockerfile.ts'
import { grouped } from './grouped.ts'
import { place } from './place.ts'
import type { Rule } from './rule.ts'

const rule: Rule = {
  id: 'rewritten',
  title: 'Files stored again whole for a chown, chmod or touch',
  help: `
Why: A layer stores files, not changes of files. A RUN that changes the owner, the mode or the time of a file stores
all of its bytes a second time, and the first copy stays in the layer below.

Fix: Give files their owner and mode where they are written: COPY --chown=app:app, COPY --chmod=755, or the chown at
the end of the RUN that writes them. Switch USER before an install instead of changing the owner after it. A file that
is copied twice (requirements.txt first, then everything) can be bound for the one RUN that needs it early: RUN
--mount=type=bind,source=requirements.txt,target=requirements.txt.

Keep: Nothing can miss the second copy: the bytes are equal, and the owner and mode stay as they are.`,

  *check(evidence) {
    const { filesystem, identity, image } = evidence
    const again: EntryId[] = []
    for (let id = 0; id < filesystem.count; id++) {
      if (identity.rewrites(id) === undefined || filesystem.content(filesystem.inode(id)) === 0) continue
      // Every layer for lazy pulling has the same landmark; there is nothing to change about that.
      if (!isOfEstargz(filesystem.path(id))) again.push(id)
    }
    for (const [layer, entries] of grouped(again, id => filesystem.layerOf(id))) {
      const diffId = image.config.diffIds[layer]
      const twin = image.config.diffIds.indexOf(diffId ?? '')
      const change = twin < layer && twin >= 0 ? repeat(layer, twin) : changeOf(evidence, layer, entries)
      yield {
        ...judge(evidence, layer, {
          verdict: 'safe',
          because: [
            `the bytes are those of the copy below, file by file: ${places(evidence, entries)} has them already`,
          ],
          fix: { id: change.fix, after: change.after },
        }),
        message: change.message(place(evidence, entries)),
        claims: entries.map(entry => ({ entry })),
      }
    }
  },
}

interface Change {
  readonly fix: string
  readonly after: string
  message(place: string): string
}

function repeat(layer: number, twin: number): Change {
  return {
    fix: 'write-once',
    after: `leave this instruction out: layer ${twin} is the same layer`,
    message: what => `layer ${layer} repeats layer ${twin}: ${what}`,
  }
}

/** What the layer did to most of the bytes that it stored again. */
function changeOf(evidence: Evidence, layer: number, entries: readonly EntryId[]): Change {
  const { filesystem } = evidence
  const bytes = { owner: 0, mode: 0, time: 0, nothing: 0 }
  const owners = new Set<string>()
  const modes = new Set<string>()
  for (const id of entries) {
    const after = filesystem.inode(id)
    const before = filesystem.inode(evidence.identity.rewrites(id) ?? id)
    const uid = filesystem.uid(after)
    const gid = filesystem.gid(after)
    const mode = filesystem.mode(after)
    const owned = uid === filesystem.uid(before) && gid === filesystem.gid(before)
    const change = !owned
      ? 'owner'
      : mode !== filesystem.mode(before)
        ? 'mode'
        : filesystem.mtime(after) !== filesystem.mtime(before)
          ? 'time'
          : 'nothing'
    bytes[change] += filesystem.content(after)
    if (change === 'owner') owners.add(`${uid}:${gid}`)
    if (change === 'mode') modes.add((mode & 0o7777).toString(8))
  }
  const only = (values: ReadonlySet<string>) => (values.size === 1 ? [...values].join() : undefined)
  const largest = entries.reduce((a, b) => (contentOf(evidence, b) > contentOf(evidence, a) ? b : a))
  const origin = originLayer(evidence, largest)
  const inherited = evidence.base[origin] === true
  const written = inherited ? undefined : instruction(evidence, origin)
  const here = instruction(evidence, layer)
  const most = Math.max(bytes.owner, bytes.mode, bytes.time)
  if (most > 0 && most === bytes.owner) {
    const owner = only(owners)
    return {
      fix: 'copy-chown',
      after:
        withOption(written, `--chown=${owner ?? '<user>:<group>'}`) ??
        (inherited ? leaveAlone : inOneRun(written, here, 'chown')),
      message: what =>
        `layer ${layer} stores ${what} again to change the owner${owner === undefined ? '' : ` to ${owner}`}`,
    }
  }
  if (most > 0 && most === bytes.mode) {
    const mode = only(modes)
    return {
      fix: 'copy-chmod',
      after:
        withOption(written, `--chmod=${mode ?? '<mode>'}`) ??
        (inherited ? leaveAlone : inOneRun(written, here, 'chmod')),
      message: what =>
        `layer ${layer} stores ${what} again to change the mode${mode === undefined ? '' : ` to ${mode}`}`,
    }
  }
  return {
    fix: 'write-once',
    after: bindOnce(written) ?? 'write these files in one of the two instructions only',
    message: what => `layer ${layer} stores ${what} again ${most > 0 ? 'with another time' : 'with nothing changed'}`,
  }
}

const leaveAlone = 'leave what came with FROM as it is: run as its owner, or give access by a group'

function contentOf({ filesystem }: Evidence, entry: EntryId): number {
  return filesystem.content(filesystem.inode(entry))
}

/** `COPY . /app` as `COPY --chown=1000:1000 . /app`. */
function withOption(written: string | undefined, option: string): string | undefined {
  return copyOf(written) === undefined ? undefined : written?.replace(/^(COPY|ADD)\s+/, `$1 ${option} `)
}

function inOneRun(written: string | undefined, here: string | undefined, command: string): string {
  const first = commandOf(written)
  const second = commandOf(here)
  if (first !== undefined && second !== undefined && first !== second) return `RUN ${first} && ${second}`
  return `${command} at the end of the RUN that writes these files, or before it by USER`
}

/** `COPY requirements.txt /app/` as a mount for the RUN that needs it before everything is copied. */
function bindOnce(written: string | undefined): string | undefined {
  const copy = copyOf(written)
  const [source] = copy?.sources ?? []
  if (copy === undefined || source === undefined || copy.sources.length > 1 || source === '.') return undefined
  const target = copy.target.endsWith(source) ? copy.target : `${copy.target.replace(/\/$/, '')}/${source}`
  return `RUN --mount=type=bind,source=${source},target=${target} …`
}

/** `layer 2`, `layers 2 and 3`: where the contents were first written. */
function places(evidence: Evidence, entries: readonly EntryId[]): string {
  const layers = [...new Set(entries.map(entry => originLayer(evidence, entry)))].sort((a, b) => a - b)
  return layers.length === 1 ? `layer ${layers.join()}` : `one of layers ${layers.join(', ')}`
}

export default rule
