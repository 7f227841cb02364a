import fixture from '../../fixtures/rule/package-cache.ts'
import rule from '../../src/rule/package-cache.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 1,
    verdict: 'safe',
    fix: 'uv-cache',
    message: /^uv's cache: 5 files in .*; 1 of them is a hard link to files that stay, and cost nothing$/,
    after: /^ENV UV_LINK_MODE=copy\nRUN --mount=type=cache,target=\/\S+ uv sync$/,
  },
  { layer: 2, verdict: 'keep', because: /site-packages\/numpy\/core\.so is a link into it/ },
  { layer: 3, verdict: 'safe', fix: 'conda-cache', after: /^RUN conda install -y pytorch && conda clean -afy$/ },
  { layer: 4, verdict: 'safe', fix: 'npm-cache', after: /--mount=type=cache,target=\/root\/\.npm\/_cacache/ },
  { layer: 4, verdict: 'safe', fix: 'poetry-cache' },
  { layer: 4, verdict: 'safe', fix: 'yarn-cache' },
  { layer: 5, verdict: 'safe', fix: 'cargo-cache' },
  { layer: 5, verdict: 'safe', fix: 'ccache-cache' },
  { layer: 5, verdict: 'check', fix: 'go-cache', because: /the image starts by go run/ },
  { layer: 5, verdict: 'safe', fix: 'rustup-cache' },
  { layer: 6, verdict: 'safe', fix: 'dnf-cache', after: /^RUN dnf install -y gcc && dnf clean all$/ },
  {
    layer: 7,
    verdict: 'safe',
    fix: 'apk-cache',
    message: /layer 8 deletes it, which frees nothing$/,
    after: /^RUN apk add --no-cache git$/,
  },
])
