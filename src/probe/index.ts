import { apkInstalled } from './apk-installed.ts'
import { aptExtendedStates } from './apt-extended-states.ts'
import type { RecordProbe } from './collect.ts'
import { condaPackage } from './conda-package.ts'
import { dpkgDiversions } from './dpkg-diversions.ts'
import { dpkgList } from './dpkg-list.ts'
import { dpkgStatus } from './dpkg-status.ts'
import { ldMuslPath } from './ld-musl-path.ts'
import { ldSoCache } from './ld-so-cache.ts'
import { ldSoConf } from './ld-so-conf.ts'
import { ldSoPreload } from './ld-so-preload.ts'
import { osRelease } from './os-release.ts'
import { pipInstaller } from './pip-installer.ts'
import { pipMetadata } from './pip-metadata.ts'
import { pipRecord } from './pip-record.ts'
import { rpmDatabase, rpmUnread } from './rpm-database.ts'

const dpkg = [dpkgStatus, dpkgList, dpkgDiversions]

/** Every probe for package records; no file is wanted by two. */
export const probes: readonly RecordProbe[] = [
  ...dpkg,
  pipMetadata,
  pipRecord,
  pipInstaller,
  condaPackage,
  apkInstalled,
  rpmDatabase,
  ...rpmUnread,
  aptExtendedStates,
  ldSoConf,
  ldSoCache,
  ldSoPreload,
  ldMuslPath,
  osRelease,
]

/** By the last letter of what they want: called for a million files, most of which end in no such letter. */
const byLastLetter: Readonly<Record<string, readonly RecordProbe[]>> = {
  A: [pipMetadata],
  O: [pipMetadata],
  o: [pipMetadata],
  D: [pipRecord],
  t: [pipRecord],
  R: [pipInstaller],
  n: [condaPackage],
  d: [apkInstalled, ldSoPreload],
  s: [aptExtendedStates, ...rpmUnread],
  b: rpmUnread,
  l: rpmUnread,
  f: [ldSoConf],
  e: [osRelease, ldSoCache, rpmDatabase],
  h: [ldMuslPath],
}

const byCode: readonly (readonly RecordProbe[] | undefined)[] = Array.from(
  { length: 128 },
  (_, code) => byLastLetter[String.fromCharCode(code)],
)

/** The probe that wants a regular file, if any does. */
export function probeFor(path: string, content: number): RecordProbe | undefined {
  // A name in dpkg's status.d ends in any letter.
  const near = path.startsWith('/var/lib/dpkg/') ? dpkg : byCode[path.charCodeAt(path.length - 1)]
  if (near === undefined) return undefined
  for (const probe of near) if (probe.wants(path, content)) return probe
  return undefined
}
