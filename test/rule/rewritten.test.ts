import fixture from '../../fixtures/rule/rewritten.ts'
import rule from '../../src/rule/rewritten.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 2,
    verdict: 'safe',
    fix: 'copy-chown',
    message: /layer 2 stores .* again to change the owner to 1000:1000/,
    after: /^COPY --chown=1000:1000 \. \/app$/,
  },
  { layer: 3, verdict: 'safe', fix: 'copy-chown', after: /^leave what came with FROM as it is/ },
  { layer: 4, verdict: 'safe', fix: 'copy-chmod', message: /mode to 755/, after: /^COPY --chmod=755 / },
  { layer: 5, verdict: 'safe', fix: 'write-once', message: /another time/ },
  {
    layer: 8,
    fix: 'write-once',
    message: /nothing changed/,
    after: /^RUN --mount=type=bind,source=notes.txt,target=\/app\/notes.txt/,
  },
  { layer: 9, fix: 'write-once', message: /layer 9 repeats layer 7/ },
])
