import { expect, it } from 'vitest'
import { aptExtendedStates, parseAptExtendedStates } from '../../src/probe/apt-extended-states.ts'
import { fixture } from './read.ts'

it('reads what came for the sake of others', () => {
  expect(parseAptExtendedStates(fixture('debian.extended_states'))).toEqual({
    kind: 'apt-extended-states',
    automatic: ['libgcc-12-dev', 'cpp-12'],
  })
})

it('has nothing where apt asked for everything', () => {
  expect(parseAptExtendedStates('')).toEqual({ kind: 'apt-extended-states', automatic: [] })
  expect(parseAptExtendedStates('Auto-Installed: 1\n\nPackage: x\n')?.automatic).toEqual([])
})

it('wants one file', () => {
  expect(aptExtendedStates.wants('/var/lib/apt/extended_states', 1)).toBe(true)
  expect(aptExtendedStates.wants('/srv/var/lib/apt/extended_states', 1)).toBe(false)
})
