import fixture from '../../fixtures/rule/wheels-left.ts'
import rule from '../../src/rule/wheels-left.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'safe',
    fix: 'bind-mount',
    message: /^wheels, source distributions: 2 files in \/wheels; layer 2 deletes them, which frees nothing$/,
    because: /what it holds is installed, in the same version/,
    after:
      /^RUN --mount=type=bind,from=builder,source=\/wheels,target=\/wheels pip install --no-cache-dir --no-index --find-links=\/wheels \/wheels\/\*$/,
  },
  {
    layer: 3,
    verdict: 'safe',
    fix: 'bind-mount',
    after:
      /source=installers\/cuda_12\.4\.0_550\.54\.14_linux\.run,target=\/tmp\/cuda_12\.4\.0_550\.54\.14_linux\.run …/,
  },
  {
    layer: 4,
    verdict: 'safe',
    fix: 'one-run',
    after: /&& rm -rf \/root\/idna-3\.7-py3-none-any\.whl \/tmp\/pip-install-\w+$/,
  },
  { layer: 5, verdict: 'check', fix: 'bind-mount', because: /something may serve/ },
  { layer: 6, verdict: 'keep', because: /environment names \/srv\/wheelhouse/ },
  { layer: 7, verdict: 'check', fix: 'one-run', because: /apt-get update/ },
])
