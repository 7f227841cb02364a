import { configurationFor } from '../../../src/config/configuration.ts'
import { fileAt } from '../../../src/config/find.ts'
import { readConfiguration } from '../../../src/config/read.ts'
import { usualStorage } from '../../../src/source/containers-storage/place.ts'
import { scratchFile } from '../surroundings.ts'
import type { Target } from '../target.ts'

const yaml = `# what an image may weigh
budgets:
  size: 3GB
  waste: 10%
  causes: { pip-cache: 0, "pip:torch": 1GB }
failOn: [secrets, root-user]
gpu: [H100, "sm_90"]
ignore:
  - rule: model-weights
    path: "/opt/models/**"
    reason: they are the product
    until: 2026-12-31
images:
  - image: "team/app:*"
    budgets: &all { layer: 1GiB, growth: 5% }
  - image: other
    budgets: *all
`
const document = {
  budgets: { size: '3GB', causes: { 'pip-cache': 0 } },
  ignore: [{ rule: 'secrets', reason: 'x' }],
  images: [{ image: 'a*', gpu: ['H100'] }],
}
const pieces = [
  '- ',
  ': ',
  '&a ',
  '*a',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '|\n',
  '>\n',
  '? ',
  '<<: ',
  '!!binary ',
  '---\n',
  '#',
].concat(['budgets:', 'ignore:', '%YAML 1.2\n', '\n  '])

/** Configurations as YAML, as JSON and in a package.json. */
export const configurations: readonly Target[] = [
  target('config-yaml', 'imgaudit.config.yaml', [Buffer.from(yaml)], {}),
  target('config-json', 'imgaudit.config.json', [Buffer.from(JSON.stringify(document))], { json: true }),
  target('config-package', 'package.json', [Buffer.from(JSON.stringify({ name: 'x', imgaudit: document }))], {
    json: true,
  }),
]

function target(name: string, file: string, seeds: readonly Buffer[], more: Pick<Target, 'json'>): Target {
  return {
    name,
    seeds: () => seeds,
    pieces,
    most: 8 * 1024,
    ...more,
    async read(bytes) {
      const path = scratchFile(file, bytes)
      configurationFor(await readConfiguration(fileAt(path, file)), 'team/app:1')
    },
  }
}

const toml = `[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
driver_priority = ["overlay", "vfs"]
[storage.options]
additionalimagestores = ["/a", "$HOME/b"]
`

/** containers/storage's own configuration. */
export const storageConf: Target = {
  name: 'storage-conf',
  seeds: () => [Buffer.from(toml)],
  pieces: ['[', ']', '[[', '{', '}', '=', '"', '"""', "'''", '.', '$HOME', '\\u', '[storage]', '1979-05-27'],
  async read(bytes) {
    const conf = scratchFile('storage.conf', bytes)
    const env = { _CONTAINERS_ROOTLESS_UID: '1001', CONTAINERS_STORAGE_CONF: conf }
    await usualStorage({ env, homedir: '/nowhere' })
  },
}
