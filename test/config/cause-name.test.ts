import { describe, expect, it } from 'vitest'
import { causeFault } from '../../src/config/cause-name.ts'
import { twoDeep } from '../../src/report/causes.ts'
import { rules } from '../../src/rule/index.ts'

describe('the name of a cause', () => {
  it.each([
    ...rules.map(({ id }) => id),
    'pip:torch',
    'dpkg:libc6',
    'conda:x',
    'rpm:a',
    'apk:b',
    '/',
    '/opt',
    '/opt/app',
  ])('%s is one', name => {
    expect(causeFault(name)).toBeUndefined()
  })

  it.each(['/', '/opt/', '/opt/app/', '/opt/app/models/'])('is what the report calls the folder %s', folder => {
    expect(causeFault(twoDeep(folder))).toBeUndefined()
  })

  it.each([
    ['pip-cahce', 'did you mean pip-cache?'],
    ['torch', 'name a rule, a package or a folder: pip-cache, pip:torch, /opt/app'],
    ['npm:left-pad', 'name a rule, a package or a folder: pip-cache, pip:torch, /opt/app'],
    ['opt/app', 'kept bytes are counted by folders two levels deep: did you mean /opt/app?'],
    ['/opt/app/', 'kept bytes are counted by folders two levels deep: did you mean /opt/app?'],
    ['/opt/app/models', 'kept bytes are counted by folders two levels deep: did you mean /opt/app?'],
  ])('%s is none', (name, fix) => {
    expect(causeFault(name)).toMatchObject({ code: 'RULE_UNKNOWN', message: `there is no cause ${name}`, fix })
  })
})
