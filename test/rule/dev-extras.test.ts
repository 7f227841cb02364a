import { expect, it } from 'vitest'
import fixture from '../../fixtures/rule/dev-extras.ts'
import rule from '../../src/rule/dev-extras.ts'
import { examine, image } from '../fixture.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'check',
    fix: 'dev-stage',
    message: /^gdb, vim-tiny, libbabeltrace1: 5 files/,
    because: /^libbabeltrace1 came for the sake of gdb, vim-tiny: nothing that stays depends on it, or/m,
    after:
      /^RUN apt-get update && apt-get install -y less git && rm -rf \/var\/lib\/apt\/lists\/\*\nFROM prod AS dev\nRUN apt-get install -y gdb vim-tiny$/,
  },
  { layer: 1, verdict: 'keep', because: /editor-needed needs nano/ },
  {
    layer: 2,
    verdict: 'check',
    message: /^pytest: /,
    after: /^RUN pip install torch ipython tensorboard ipykernel\nFROM prod AS dev\nRUN pip install pytest==8\.3\.4$/,
  },
  {
    layer: 2,
    verdict: 'keep',
    because: /the image starts tensorboard/,
  },
])

it('keeps notebooks in an image that starts one', async () => {
  const site = '/opt/venv/lib/python3.11/site-packages'
  const notebook = image(
    { config: { entrypoint: ['/opt/venv/bin/jupyter', 'lab'] } },
    {
      run: 'pip install jupyterlab',
      add: {
        [`${site}/jupyterlab/app.py`]: 900,
        [`${site}/jupyterlab-4.0.dist-info/RECORD`]: 'jupyterlab/app.py,,\n',
        [`${site}/jupyterlab-4.0.dist-info/METADATA`]: 'Metadata-Version: 2.1\nName: jupyterlab\nVersion: 4.0\n',
      },
    },
  )
  const findings = [...rule.check(await examine(notebook))]
  expect(findings.map(({ verdict, because }) => [verdict, because[0]])).toEqual([
    ['keep', 'the image starts jupyter, which needs jupyterlab'],
  ])
})
