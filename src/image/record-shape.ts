import type { PackageRecord } from '../probe/package-record.ts'
import { isObject } from './document.ts'
import { each, type Fields, fitting, maybe, natural, text, texts, truth } from './shape.ts'

const shapes: { readonly [Kind in PackageRecord['kind']]: Fields<Extract<PackageRecord, { kind: Kind }>> } = {
  'dpkg-status': {
    packages: each<Extract<PackageRecord, { kind: 'dpkg-status' }>['packages'][number]>({
      name: text,
      version: text,
      architecture: text,
      depends: texts,
      recommends: maybe(texts),
      provides: maybe(texts),
      essential: maybe(truth),
    }),
  },
  'dpkg-list': { package: text, paths: texts },
  'dpkg-diversions': {
    diversions: each<Extract<PackageRecord, { kind: 'dpkg-diversions' }>['diversions'][number]>({
      path: text,
      to: text,
      package: text,
    }),
  },
  'pip-metadata': { name: text, version: text, requires: texts },
  'pip-record': { paths: texts },
  'pip-installer': { installer: text },
  'conda-package': { name: text, version: text, paths: texts, depends: maybe(texts) },
  'apk-installed': {
    packages: each<Extract<PackageRecord, { kind: 'apk-installed' }>['packages'][number]>({
      name: text,
      version: text,
      paths: texts,
    }),
  },
  'rpm-database': {
    packages: each<Extract<PackageRecord, { kind: 'rpm-database' }>['packages'][number]>({
      name: text,
      version: text,
      architecture: text,
      depends: texts,
      recommends: maybe(texts),
      provides: maybe(texts),
      paths: texts,
    }),
  },
  'apt-extended-states': { automatic: texts },
  'ld-so-conf': { folders: texts },
  'ld-so-cache': {
    entries: each<Extract<PackageRecord, { kind: 'ld-so-cache' }>['entries'][number]>({
      name: text,
      path: text,
      flags: natural,
      hwcap: maybe(text),
    }),
  },
  'ld-so-preload': { names: texts },
  'ld-musl-path': { folders: texts },
  'os-release': { id: text, version: text, name: text },
}

const checks = new Map(Object.entries(shapes).map(([kind, fields]) => [kind, fitting(fields)]))

/** Whether a value out of a file is a record as probes make them. */
export function isPackageRecord(value: unknown): value is PackageRecord {
  return isObject(value) && typeof value.kind === 'string' && checks.get(value.kind)?.(value) === true
}
