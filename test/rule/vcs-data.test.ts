import { expect, it } from 'vitest'
import fixture from '../../fixtures/rule/vcs-data.ts'
import rule from '../../src/rule/vcs-data.ts'
import { examine, image } from '../fixture.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 2,
    verdict: 'check',
    fix: 'dockerignore',
    message:
      /^\.git, \.venv, node_modules: \d+ files in \/app\/\.git, \/app\/\.venv, \/app\/node_modules; layer 3 stores/,
    after: /^name \/app\/\.git, \/app\/\.venv, \/app\/node_modules in \.dockerignore/,
  },
  {
    layer: 9,
    verdict: 'check',
    fix: 'one-run',
    after: /make -C \/src\/tool install && rm -rf \/src\/tool\/\.git \/src\/old\/\.svn$/,
  },
])

const modules = {
  run: 'COPY . /app',
  add: { '/app/package.json': 60, '/app/node_modules/lodash/index.js': 5_000 },
}

it.each([
  ['node is there to run it', image({ run: 'ADD node /', add: { '/usr/local/bin/node': 9_000 } }, modules)],
  ['a RUN made it', image({ ...modules, run: 'npm ci' })],
  ['nothing tells what made it', image({ ...modules, run: '' })],
  ['the start command names it', image({ config: { command: ['/app/node_modules/.bin/serve'] } }, modules)],
])('leaves node_modules alone when %s', async (_, nodeImage) => {
  expect([...rule.check(await examine(nodeImage))]).toEqual([])
})

const environment = {
  run: 'COPY . /app',
  add: {
    '/app/main.py': 100,
    '/app/.venv/pyvenv.cfg': 'home = /usr/bin\n',
    '/app/.venv/lib/python3.11/site-packages/flask/__init__.py': 4_000,
  },
}
const system = {
  run: 'pip install requests',
  add: {
    '/usr/lib/python3/dist-packages/requests/__init__.py': 500,
    '/usr/lib/python3/dist-packages/requests-2.32.3.dist-info/RECORD': 'requests/__init__.py,,\n',
    '/usr/lib/python3/dist-packages/requests-2.32.3.dist-info/METADATA': 'Name: requests\nVersion: 2.32.3\n',
  },
}

it.each([
  ['there is no other Python with packages', image(environment)],
  ['VIRTUAL_ENV names it', image({ config: { env: { VIRTUAL_ENV: '/app/.venv' } } }, system, environment)],
  ['the image starts by it', image({ config: { command: ['/app/.venv/bin/python', 'main.py'] } }, system, environment)],
  [
    'it starts by it from its folder',
    image({ config: { workingDir: '/app', command: ['sh', '-c', '.venv/bin/python main.py'] } }, system, environment),
  ],
  [
    'uv run would find it',
    image({ config: { workingDir: '/app', command: ['uv', 'run', 'main.py'] } }, system, environment),
  ],
])('leaves an environment alone when %s', async (_, venvImage) => {
  expect([...rule.check(await examine(venvImage))]).toEqual([])
})
