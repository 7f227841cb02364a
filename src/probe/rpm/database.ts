import { Budget } from '../budget.ts'
import type { RpmDatabase } from '../package-record.ts'
import { type RpmFacts, rpmPackage } from './package.ts'
import { rpmHeaders } from './sqlite.ts'

/** Reads rpm's database out of the bytes of SQLite's file, which are written to; undefined where it holds more than any
 *  real one. Throws an error where it is damaged. */
export async function readRpmDatabase(bytes: Buffer): Promise<RpmDatabase | undefined> {
  const budget = new Budget()
  const facts: RpmFacts[] = []
  for await (const header of rpmHeaders(bytes)) {
    const found = rpmPackage(header, budget)
    if (found === undefined) return undefined
    facts.push(found)
  }
  const needs = facts.map(({ name, requires, recommends, provides, paths }) => {
    const own = new Set([name, ...provides, ...paths])
    const ofOthers = (one: string) => !own.has(one)
    return { depends: requires.filter(ofOthers), recommends: recommends.filter(ofOthers) }
  })
  const wanted = new Set(needs.flatMap(({ depends, recommends }) => [...depends, ...recommends]))
  return {
    kind: 'rpm-database',
    packages: facts.map(({ name, version, architecture, provides, paths }, at) => {
      const { depends = [], recommends = [] } = needs[at] ?? {}
      // Nobody asks for most of what is provided; a path can be asked for as well.
      const asked = new Set([...provides, ...paths].filter(one => wanted.has(one) && one !== name))
      return {
        name,
        version,
        architecture,
        depends,
        ...(recommends.length > 0 ? { recommends } : {}),
        ...(asked.size > 0 ? { provides: [...asked] } : {}),
        paths,
      }
    }),
  }
}
