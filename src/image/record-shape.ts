import type { PackageRecord } from '../probe/package-record.ts'
import { isObject } from './document.ts'

type Check = (value: unknown) => boolean

/** Every field of a record, the optional ones too. */
type Fields<Thing> = { readonly [Field in Exclude<keyof Thing, 'kind'>]-?: Check }

const text: Check = value => typeof value === 'string'
const texts: Check = value => {
  if (!Array.isArray(value)) return false
  // A call for each of 100,000 paths takes several times as long.
  for (let at = 0; at < value.length; at++) if (typeof value[at] !== 'string') return false
  return true
}
const maybe =
  (check: Check): Check =>
  value =>
    value === undefined || check(value)

function each<Thing>(fields: Fields<Thing>): Check {
  const check = fitting(fields)
  return value => Array.isArray(value) && value.every(check)
}

function fitting(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields)
  return value => isObject(value) && checks.every(([name, check]) => check(value[name]))
}

const shapes: { readonly [Kind in PackageRecord['kind']]: Fields<Extract<PackageRecord, { kind: Kind }>> } = {
  'dpkg-status': {
    packages: each<Extract<PackageRecord, { kind: 'dpkg-status' }>['packages'][number]>({
      name: text,
      version: text,
      architecture: text,
      depends: texts,
      recommends: maybe(texts),
      provides: maybe(texts),
      essential: maybe(value => value === true),
    }),
  },
  'dpkg-list': { package: text, paths: texts },
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
  'apt-extended-states': { automatic: texts },
  'ld-so-conf': { folders: texts },
  'os-release': { id: text, version: text, name: text },
}

const checks = new Map(Object.entries(shapes).map(([kind, fields]) => [kind, fitting(fields)]))

/** Whether a value out of a file is a record as probes make them. */
export function isPackageRecord(value: unknown): value is PackageRecord {
  return isObject(value) && typeof value.kind === 'string' && checks.get(value.kind)?.(value) === true
}
