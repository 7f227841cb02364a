import { describe, expect, it } from 'vitest'
import { leanInstall } from '../../src/rule/toolkit-install.ts'

const wanted = { compiles: false, release: '12.4', libraries: [], below: new Set<string>() }

describe('an install with less of the toolkit', () => {
  it('names the runtime packages in place of the -dev ones', () => {
    expect(leanInstall('apt-get install -y libcublas-dev-12-4 curl', wanted)).toBe(
      'apt-get install -y libcublas-12-4 curl',
    )
  })

  it('leaves out what a lower layer has', () => {
    const below = new Set(['libcublas-12-4', 'cuda-libraries-12-4', 'curl'])
    expect(leanInstall('apt-get install -y libcublas-dev-12-4=12.4.5.8-1 curl', { ...wanted, below })).toBe(
      'apt-get install -y curl',
    )
    expect(leanInstall('apt-get update && apt-get install -y cuda-toolkit-12-4', { ...wanted, below })).toBe('')
  })

  it('names no package that does not exist: Debian has no library for what is headers alone', () => {
    expect(leanInstall('apt-get install -y libthrust-dev libcub-dev libcu++-dev curl', wanted)).toBe(
      'apt-get install -y curl',
    )
  })
})
