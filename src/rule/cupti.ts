import type { Evidence } from '../evidence/evidence.ts'
import { NamePattern, nodesLike } from '../image/name-pattern.ts'
import { baseName, parentPath } from '../image/path.ts'
import type { Rule } from './rule.ts'
import { type Judged, toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'cupti',
  title: "The toolkit's CUPTI",
  guide: { section: 3, title: 'Optional Profiling Tools (CUPTI, NSight)' },
  help: `
Why: CUPTI is what profilers measure a GPU with. PyTorch, JAX and TensorFlow get their own from a wheel
(nvidia-cuda-cupti) or from their conda environment, and import torch fails without that one: it is never claimed here.
The toolkit's copy, with static libraries, samples and documentation, is then nobody's.

Fix: Do not install it: cuda-libraries-12-4 has no CUPTI, cuda-command-line-tools-12-4 and cuda-toolkit-12-4 bring it.
A final stage built FROM a runtime or base variant has none.

Keep: When torch was built from source, when JAX or TensorFlow use the toolkit of the system, or when LD_LIBRARY_PATH
points at extras/CUPTI for a profiler of your own.`,

  *check(evidence) {
    const torch = foreignTorch(evidence)
    yield* toolkitFindings(evidence, {
      component: 'cupti',
      what: "the toolkit's CUPTI",
      verdict: 'safe',
      because: 'no package of this image takes CUPTI from the toolkit: those that want it bring their own',
      // A conda environment's own CUPTI is not claimed at all, only what comes for compiling with it.
      needs: ({ use, owner }) => (use === 'library' && owner?.manager !== 'conda' ? ['cupti'] : []),
      also: (_, { use }) => (use === 'library' ? (torch ?? searched(evidence)) : undefined),
      dependents: true,
    })
  },
}

/** Whoever puts CUPTI's folder into the search path has a profiler that looks there. */
function searched({ image }: Evidence): Judged | undefined {
  const variable = ['LD_LIBRARY_PATH', 'LD_PRELOAD'].find(name => /cupti/i.test(image.config.env.get(name) ?? ''))
  if (variable === undefined) return undefined
  return { verdict: 'check', because: [`${variable} names CUPTI: something may profile with it`] }
}

const torchLibrary = new NamePattern({ ends: ['libtorch_cuda.so'] })

/** A torch that no package of Python's brought, as Triton's server has one and programs in C++, with no CUPTI beside. */
function foreignTorch({ filesystem, owners }: Evidence): Judged | undefined {
  const { tree } = filesystem
  for (const node of nodesLike(tree, torchLibrary)) {
    const path = tree.path(node)
    if (!path.endsWith('/libtorch_cuda.so')) continue
    const id = filesystem.at(path)
    const manager = id === undefined ? 'pip' : owners.owner(id)?.manager
    if (manager === 'pip' || manager === 'conda') continue
    if ([...tree.children(parentPath(path))].some(beside => baseName(beside).startsWith('libcupti'))) continue
    return { verdict: 'check', because: [`${path} may load CUPTI when it starts, and has none beside it`] }
  }
  return undefined
}

export default rule
