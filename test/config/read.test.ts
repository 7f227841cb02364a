import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { examples } from '../../src/config/fault.ts'
import { fileAt } from '../../src/config/find.ts'
import { readConfiguration } from '../../src/config/read.ts'
import { ImgauditError } from '../../src/error.ts'

let cwd = ''

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-config-'))
})

afterEach(() => rmSync(cwd, { recursive: true }))

async function read(text: string | Buffer, name = 'imgaudit.config.yaml') {
  writeFileSync(join(cwd, name), text)
  return readConfiguration(fileAt(join(cwd, name), name))
}

/** The message without the file's name, and the fix. */
async function refused(text: string | Buffer, name?: string): Promise<readonly [string, string]> {
  const error = await read(text, name).then(
    value => value,
    (error: unknown) => error,
  )
  if (!(error instanceof ImgauditError)) throw new Error(`was read: ${JSON.stringify(error)}`)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 })
  expect(error.message).not.toContain('\n')
  return [error.message.replace(`${name ?? 'imgaudit.config.yaml'}`, ''), error.fix]
}

const guide = 'in an empty folder imgaudit init writes one that shows how'
const ofIgnores = new Set(['path', 'image', 'reason', 'until'])
const rulesFix = 'imgaudit rules lists them'
const quoted = 'write what begins with * in quotes: "**/*.whl"'
const like = (key: string) => `write it like ${examples[key]}`

describe('a configuration file', () => {
  it.each(Object.entries(examples))('can say what errors show of %s', async (key, example) => {
    const within = `ignore: [{ rule: nsight${key === 'reason' ? '' : ', reason: x'}, ${example} }]`
    const text = key === 'causes' ? `budgets: { ${example} }` : example
    expect(Object.keys(await read(ofIgnores.has(key) ? within : text))).toHaveLength(1)
  })

  it('is the same in YAML, in JSON and in package.json', async () => {
    const said = { budgets: { size: '3GB', causes: { 'pip-cache': 0 } }, failOn: ['secrets'] }
    const yaml = 'budgets:\n  size: 3GB\n  causes: { pip-cache: 0 }\nfailOn:\n  - secrets\n'
    const wanted = { budgets: { size: { bytes: 3e9 }, causes: { 'pip-cache': { bytes: 0 } } }, failOn: ['secrets'] }
    expect(await read(yaml)).toEqual(wanted)
    expect(await read(yaml, 'imgaudit.config.yml')).toEqual(wanted)
    expect(await read(`\uFEFF${yaml.replaceAll('\n', '\r\n')}`)).toEqual(wanted)
    expect(await read(JSON.stringify(said), 'imgaudit.config.json')).toEqual(wanted)
    expect(await read(JSON.stringify(said, null, '\t'), 'imgaudit.config.json')).toEqual(wanted)
    expect(await read(JSON.stringify({ name: 'app', imgaudit: said }, null, '\t'), 'package.json')).toEqual(wanted)
  })

  it.each(['', '# nothing\n', '---\n', 'budgets:\nfailOn:\n'])('can say nothing: %j', async text => {
    await read(text)
  })

  it.each(['2026-12-31', '"2026-12-31"', "'2026-12-31'", '!!str 2026-12-31'])('has days as %s', async day => {
    const { ignore } = await read(`ignore:\n  - rule: nsight\n    reason: x\n    until: ${day}\n`)
    expect(ignore?.[0]?.until).toBe('2026-12-31')
  })

  it('may use anchors', async () => {
    expect((await read('failOn: &a [secrets]\nimages:\n  - image: a\n    failOn: *a\n')).images?.[0]?.failOn).toEqual([
      'secrets',
    ])
  })

  it.each([
    ['budgets:\n  size: 3 apples', ":2:3: budgets.size: expected a size like 3GB, got '3 apples'", 'write it like 3GB'],
    [
      'budgets:\n  size: 500M',
      ":2:3: budgets.size: expected a size like 3GB, got '500M'",
      'say which of the two: 500MB (1000s) or 500MiB (1024s)',
    ],
    ['budgets: { size: 10% }', ":1:12: budgets.size: expected a size like 3GB, got '10%'", 'write it like 3GB'],
    ['budgets: { size: -1 }', ":1:12: budgets.size: expected a size like 3GB, got '-1'", 'write it like 3GB'],
    ['budgets: { size: }', ':1:12: budgets.size: expected a size like 3GB, got nothing', 'write it like 3GB'],
    [
      'budgets:\n  waste: [1]',
      ':2:3: budgets.waste: expected a size like 500MB, or a share like 10%, got a list',
      'write it like 500MB or 10%',
    ],
    [
      'budgets:\n  causes:\n    pip-cache: yes',
      ":3:5: budgets.causes.pip-cache: expected a size like 500MB, or a share like 10%, got 'yes'",
      'write it like 500MB or 10%',
    ],
    [
      'budgets:\n  causes:\n    pip-cahce: 0',
      ':3:5: budgets.causes.pip-cahce: there is no cause pip-cahce',
      'did you mean pip-cache?',
    ],
    [
      'budgets:\n  causes:\n    opt/app: 0',
      ':3:5: budgets.causes["opt/app"]: there is no cause opt/app',
      'kept bytes are counted by folders two levels deep: did you mean /opt/app?',
    ],
    ['budgets: 3GB', ":1:1: budgets: expected keys and values, got '3GB'", like('budgets')],
    ['[]', ':1:1: expected keys and values, got a list', guide],
    ['budget: {}', ':1:1: budget: there is no such key', 'did you mean budgets?'],
    ['x: 1\nbudgets: {}', ':1:1: x: there is no such key', 'there are $schema, budgets, failOn, ignore, gpu, images'],
    ['budgets:\n  sise: 1', ':2:3: budgets.sise: there is no such key', 'did you mean budgets.size?'],
    [
      'budgets: {sise: 1}\nx: 1',
      ':1:11: budgets.sise: there is no such key (and 1 more)',
      'did you mean budgets.size?',
    ],
    ['failOn: secrets', ":1:1: failOn: expected a list, got 'secrets'", like('failOn')],
    [
      'failOn:\n  - secrets\n  - secret',
      ":3:5: failOn[1]: expected the name of a rule, as imgaudit rules lists them, got 'secret'",
      'did you mean secrets?',
    ],
    [
      'ignore:\n  - rule: zzzzzzzzzzzz\n    reason: x',
      ":2:5: ignore[0].rule: expected the name of a rule, as imgaudit rules lists them, got 'zzzzzzzzzzzz'",
      'imgaudit rules lists them',
    ],
    ['ignore:\n  - rule: nsight', ':2:5: ignore[0].reason: expected a reason, in words, got nothing', like('reason')],
    [
      'ignore:\n  - rule: nsight\n    reason: " "',
      ":3:5: ignore[0].reason: expected a reason, in words, got ' '",
      like('reason'),
    ],
    [
      'ignore:\n  - { rule: nsight, reason: x, path: opt/app }',
      ":2:32: ignore[0].path: expected a pattern of paths like /opt/models or **/*.whl, got 'opt/app'",
      like('path'),
    ],
    [
      'ignore:\n  - { rule: nsight, reason: x, path: "!/opt" }',
      ":2:32: ignore[0].path: expected a pattern of paths like /opt/models or **/*.whl, got '!/opt'",
      like('path'),
    ],
    [
      'ignore:\n  - { rule: nsight, reason: x, until: 2026-02-30 }',
      ":2:32: ignore[0].until: expected a day like 2026-12-31, got '2026-02-30'",
      like('until'),
    ],
    [
      'ignore:\n  - { rule: nsight, reason: x, pth: a }',
      ':2:32: ignore[0].pth: there is no such key',
      'did you mean ignore[0].path?',
    ],
    [
      'gpu: [L40X]',
      ":1:7: gpu[0]: there is no GPU 'L40X'",
      'did you mean L40S or L40 or L20? --gpu list prints what is known',
    ],
    [
      'gpu: [9.0]',
      ":1:7: gpu[0]: expected the name of a GPU like H100, in quotes where it is a number, got '9'",
      like('gpu'),
    ],
    [
      'images:\n  - budgets: {}',
      ':2:5: images[0].image: expected a pattern of images like app:* or registry.example.com/team/**, got nothing',
      like('image'),
    ],
    [
      'images:\n  - image: "*"\n    budgets:\n      size: x',
      ":4:7: images[0].budgets.size: expected a size like 3GB, got 'x'",
      'write it like 3GB',
    ],
    [
      'images:\n  - { image: a, images: [] }',
      ':2:17: images[0].images: there is no such key',
      'did you mean images[0].image?',
    ],
    ['budgets:\n  size: 1\n  size: 2', ':3:3: size stands here twice', 'leave one of the two out'],
    ['budgets: {}\n---\nbudgets: {}', ':2:1: a second document begins here', 'leave one document'],
    [
      'failOn: [secrets\nbudgets: {}',
      ':2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
      guide,
    ],
    ['budgets: !!js/function x', ':1:10: Unresolved tag: tag:yaml.org,2002:js/function', guide],
    ['budgets:\n\tsize: 1', ':2:1: Tabs are not allowed as indentation', 'indent with blanks'],
    ['failOn: [""]', ":1:10: failOn[0]: expected the name of a rule, as imgaudit rules lists them, got ''", rulesFix],
    ['ignore:\n  - path: **/*.whl', ':2:11: **/*.whl would be an alias, and is none', quoted],
    ['images:\n  - image: *', ':2:12: Alias cannot be an empty string', quoted],
    ['gpu: [*a, &a H100]', ':1:7: *a would be an alias, and is none', quoted],
    ['? [a]\n: 1', ':1:1: ["[ a ]"]: there is no such key', 'there are $schema, budgets, failOn, ignore, gpu, images'],
    [
      '__proto__: { size: 1 }',
      ':1:1: __proto__: there is no such key',
      'there are $schema, budgets, failOn, ignore, gpu, images',
    ],
    [
      '"a\\u001b[2J": 1',
      ':1:1: ["a\\u001b[2J"]: there is no such key',
      'there are $schema, budgets, failOn, ignore, gpu, images',
    ],
  ])('is refused in one sentence: %j', async (text, message, fix) => {
    expect(await refused(text)).toEqual([message, fix])
  })

  it.each([
    ['{ "budgets": { "size": "x" } }', ":1:16: budgets.size: expected a size like 3GB, got 'x'"],
    ['{\n\t"failOn": [],\n\t"failOn": []\n}', ':3:2: failOn stands here twice'],
    ['{\n  "failOn": [],\n}', ':3:1: it is not JSON'],
    ['{ "failOn": []', ':1:15: it is not JSON'],
    ['failOn: []', ': it is not JSON'],
  ])('is refused in JSON: %j', async (text, message) => {
    expect((await refused(text, 'imgaudit.config.json'))[0]).toBe(message)
  })

  it.each([
    ['{\n  "imgaudit": {\n    "budget": {}\n  }\n}', ':3:5: budget: there is no such key'],
    ['{ "imgaudit": { "gpu": [], "gpu": [] } }', ':1:28: gpu stands here twice'],
    ['{ "imgaudit": "budgets" }', ":1:3: expected keys and values, got 'budgets'"],
  ])('is refused in package.json: %j', async (text, message) => {
    expect((await refused(text, 'package.json'))[0]).toBe(message)
  })

  it('minds nothing else that package.json says, even twice', async () => {
    expect(await read('{ "a": 1, "a": 2, "imgaudit": { "gpu": ["L4"] }, "a": 3 }', 'package.json')).toEqual({
      gpu: ['L4'],
    })
  })

  it('says nothing where a package.json was named that has no key of ours', async () => {
    expect((await refused('{ "name": "app" }', 'package.json'))[0]).toBe(' has no key imgaudit')
  })

  it('cannot be a bomb', async () => {
    const rows = [...'bcdefghi'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(', ')}]`)
    const bomb = `a: &a [${Array(9).fill('lol').join(', ')}]\n${rows.join('\n')}\n`
    expect(await refused(bomb)).toEqual([': it has too many aliases', 'write out what its aliases stand for'])
    expect((await refused('&a [*a]'))[0]).toBe(':1:4: expected keys and values, got a list')
    expect((await refused('images: &a [*a]'))[0]).toBe(':1:13: images[0]: expected keys and values, got a list')
    expect((await refused('['.repeat(100_000)))[0]).toMatch(/^:1:\d+: /)
    expect(
      (await refused(`{"images":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'imgaudit.config.json'))[0],
    ).toMatch(/^:1:\d+: /)
  })

  it('is a file of text', async () => {
    const fix = 'imgaudit init writes one to begin with'
    expect(await refused(Buffer.from('budgets: {}', 'utf16le').fill(0xff, 0, 1))).toEqual([
      ' is no configuration: it is not UTF-8 text',
      fix,
    ])
    expect(await refused(Buffer.alloc(2_000_000, '#'))).toEqual([' is no configuration: it is too large', fix])
    const file = (name: string) => readConfiguration(fileAt(join(cwd, name), name))
    await expect(file('none.yaml')).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: 'there is no none.yaml' })
    mkdirSync(join(cwd, 'folder.yaml'))
    await expect(file('folder.yaml')).rejects.toMatchObject({
      message: expect.stringMatching(/^folder.yaml cannot be read: /),
    })
    symlinkSync('nowhere', join(cwd, 'link.yaml'))
    await expect(file('link.yaml')).rejects.toMatchObject({ message: 'there is no link.yaml' })
  })
})
