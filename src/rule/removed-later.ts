import type { Evidence } from '../evidence/evidence.ts'
import { leaveOut } from './amend.ts'
import { instruction, judge } from './claims.ts'
import { commandOf, copyOf, oneRun } from './dockerfile.ts'
import { type HiddenContents, hiddenContents } from './hidden.ts'
import { commonFolder, place } from './place.ts'
import type { Fix, Rule } from './rule.ts'

const rule: Rule = {
  id: 'removed-later',
  title: 'Files that a later layer deletes',
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: Layers only add. A layer that deletes a file of a layer below hides it by a marker; its bytes are stored, pushed
and pulled all the same. The layer to change is the one that writes the file, never the one that deletes it.

Fix: Delete in the same RUN that creates: RUN make && make install && rm -rf /src. What a COPY brings and a RUN only
needs for a moment is bound for that RUN instead and never stored: RUN
--mount=type=bind,from=builder,source=/wheels,target=/wheels pip install --no-index --find-links=/wheels app. What
only the build needs belongs in a stage of its own. What the context brings by accident belongs in .dockerignore.

Keep: Nothing in a container can read these bytes. In a layer that came with FROM they are not yours to delete.`,

  *check(evidence) {
    for (const group of hiddenContents(evidence)) {
      if (group.replaced) continue
      yield {
        ...judge(evidence, group.wrote, {
          verdict: 'safe',
          because: [`layer ${group.hid} deletes it, so nothing in a container can read it`],
          fix: fixOf(evidence, group),
        }),
        message: `${place(evidence, group.entries)} of layer ${group.wrote}: layer ${group.hid} deletes it, which frees nothing`,
        claims: group.entries.map(entry => ({ entry })),
      }
    }
  },
}

function fixOf(evidence: Evidence, group: HiddenContents): Omit<Fix, 'layer' | 'before'> {
  const copy = copyOf(instruction(evidence, group.wrote))
  if (copy === undefined) {
    const after = oneRun(evidence, group.wrote, group.hid)
    return { id: 'one-run', after: after ?? 'delete it at the end of the same instruction that writes it' }
  }
  const less = leaveOut(instruction(evidence, group.wrote), [commonFolder(evidence, group.entries)])
  if (less !== undefined && !bringsOnly(evidence, group)) return less
  const used = usedBy(evidence, group, copy.target)
  return { id: 'bind-mount', after: `RUN --mount=type=bind,${mountSource(copy)}target=${copy.target} ${used}` }
}

// Builders record no --from: a relative source comes from the context, an absolute one most likely from another stage.
function mountSource({ sources, target }: { readonly sources: readonly string[]; readonly target: string }): string {
  const [source = target] = sources.filter(name => !name.startsWith('<'))
  return `${source.startsWith('/') ? 'from=builder,' : ''}source=${sources.length === 1 ? source : target},`
}

/** Whether the layer holds nothing that the image shows: then all that its instruction brings is for a moment only. */
function bringsOnly({ filesystem }: Evidence, { wrote }: HiddenContents): boolean {
  const { from, to } = filesystem.range(wrote)
  for (let id = from; id < to; id++) {
    if (filesystem.content(id) > 0 && filesystem.live(id)) return false
  }
  return true
}

/** The command that used a folder before it was deleted, without the deletion: `pip install /wheels/*`. */
function usedBy(evidence: Evidence, { wrote, hid }: HiddenContents, folder: string): string {
  for (let layer = hid; layer > wrote; layer--) {
    const steps = commandOf(instruction(evidence, layer))?.split(/\s+&&\s+/) ?? []
    const used = steps.filter(step => !(step.startsWith('rm ') && step.includes(folder)))
    if (used.some(step => step.includes(folder))) return used.join(' && ')
  }
  return '…'
}

export default rule
