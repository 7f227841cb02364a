import type { Evidence } from '../evidence/evidence.ts'
import { isOfEstargz } from '../image/estargz.ts'
import type { EntryId } from '../image/filesystem.ts'
import { instruction, judge } from './claims.ts'
import { copyOf, oneRun } from './dockerfile.ts'
import { grouped } from './grouped.ts'
import { type HiddenContents, hiddenContents } from './hidden.ts'
import { place } from './place.ts'
import type { Finding, Rule } from './rule.ts'

const rule: Rule = {
  id: 'replaced-later',
  title: 'Files that a later layer writes anew',
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: A layer that writes a file anew stores the new one beside the old one: the bytes below stay in the image, and
nothing can read them. A folder that becomes a symbolic link leaves all that was in it behind in the same way.

Fix: Write the file once. Do in one RUN what two of them do to the same files (install and upgrade, unpack and strip,
build and patch), install the wanted version in the first place, or do all of it in a stage of its own and COPY the
result. Leave out of a COPY what a later instruction replaces.

Keep: Databases, caches and logs that every run of a package manager writes anew (dpkg's status, ld.so.cache,
/var/log) cannot be written once by two runs. They are counted, not claimed; fewer RUNs make them smaller. So are the
tables of contents that eStargz puts into layers.`,

  *check(evidence) {
    for (const group of hiddenContents(evidence)) {
      if (!group.replaced) continue
      for (const [reason, entries] of grouped(group.entries, entry => reasonToKeep(evidence.filesystem.path(entry)))) {
        yield reason === undefined ? replaced(evidence, { ...group, entries }) : kept(evidence, group, entries, reason)
      }
    }
  },
}

function replaced(evidence: Evidence, group: HiddenContents): Finding {
  const { wrote, hid, entries } = group
  return {
    ...judge(evidence, wrote, {
      verdict: 'safe',
      because: [`layer ${hid} puts something else in its place, so nothing in a container can read it`],
      fix: fixOf(evidence, group),
    }),
    message:
      wrote === hid
        ? `${place(evidence, entries)}: layer ${wrote} has it twice, and only the last one counts`
        : `${place(evidence, entries)} of layer ${wrote}: layer ${hid} writes it anew`,
    claims: entries.map(entry => ({ entry })),
  }
}

function kept(
  evidence: Evidence,
  { wrote, hid }: HiddenContents,
  entries: readonly EntryId[],
  { because, what, fix }: ReasonToKeep,
): Finding {
  return {
    ...judge(evidence, wrote, { verdict: 'keep', because: [because], fix }),
    message: `${place(evidence, entries)} of layer ${wrote}: ${what(hid)}`,
    claims: entries.map(entry => ({ entry })),
  }
}

function fixOf(evidence: Evidence, { wrote, hid }: HiddenContents): { id: string; after: string } {
  if (copyOf(instruction(evidence, wrote)) !== undefined) {
    return { id: 'copy-less', after: `leave out of this instruction what layer ${hid} replaces` }
  }
  const after = wrote === hid ? undefined : oneRun(evidence, wrote, hid)
  return { id: 'one-run', after: after ?? 'write each file once, in the instruction that needs it last' }
}

const stateFolders = [
  '/var/lib/dpkg/',
  '/var/lib/apt/',
  '/var/lib/rpm/',
  '/usr/lib/sysimage/',
  '/usr/share/rpm/',
  '/var/lib/dnf/',
  '/var/lib/yum/',
  '/lib/apk/db/',
  '/usr/lib/apk/db/',
  '/var/cache/debconf/',
  '/var/cache/ldconfig/',
  '/var/cache/fontconfig/',
  '/var/lib/pam/',
  '/var/lib/ucf/',
  '/var/log/',
] as const

const stateFiles: ReadonlySet<string> = new Set([
  '/etc/ld.so.cache',
  '/etc/apk/world',
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/mailcap',
  '/usr/share/info/dir',
  '/usr/share/mime/mime.cache',
  '/usr/share/applications/mimeinfo.cache',
  '/usr/share/glib-2.0/schemas/gschemas.compiled',
])

/** Accounts and what is derived of them: `/etc/passwd`, `/etc/shadow-`. */
const accounts = /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$/

/** Why files cannot be written once by two layers. */
interface ReasonToKeep {
  readonly because: string
  what(hid: number): string
  readonly fix: { readonly id: string; readonly after: string }
}

const state: ReasonToKeep = {
  because: 'package managers and the dynamic linker write these files anew each time they run',
  what: hid => `state that layer ${hid} brings up to date`,
  fix: { id: 'fewer-runs', after: 'install in fewer RUNs' },
}

const lazyPulling: ReasonToKeep = {
  because: 'eStargz puts its own table of contents into each layer; no instruction does',
  what: hid => `what lazy pulling reads of it, as layer ${hid} has its own`,
  fix: { id: 'other-compression', after: 'push with compression=gzip or zstd where nothing pulls lazily' },
}

function reasonToKeep(path: string): ReasonToKeep | undefined {
  if (isOfEstargz(path)) return lazyPulling
  return isState(path) ? state : undefined
}

function isState(path: string): boolean {
  if (path.endsWith('/conda-meta/history')) return true
  if (path.startsWith('/etc/')) return stateFiles.has(path) || accounts.test(path)
  return stateFiles.has(path) || stateFolders.some(folder => path.startsWith(folder))
}

export default rule
