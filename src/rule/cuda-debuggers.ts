import type { Rule } from './rule.ts'
import { toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'cuda-debuggers',
  title: 'Debuggers, old profilers, samples and documentation of CUDA',
  guide: { section: 1, title: 'NVIDIA Base Image Variants' },
  help: `
Why: cuda-gdb, compute-sanitizer (cuda-memcheck before), nvprof, the visual profiler with its Java, Nsight for Eclipse,
samples and documentation come with the devel variants and with every metapackage of the toolkit. Programs do not use
them.

Fix: Build in a stage FROM devel and ship one FROM runtime or base. Where you install the toolkit yourself, name
cuda-libraries-12-4, and cuda-minimal-build-12-4 for what compiles, in place of cuda-toolkit-12-4.

Keep: When people debug in running containers of this image. What the image itself starts is kept, and so is EULA.txt.`,

  *check(evidence) {
    yield* toolkitFindings(evidence, {
      component: 'debuggers',
      what: "CUDA's debuggers, samples and documentation",
      verdict: 'safe',
      because: 'nothing that runs links to a debugger, and the image does not start by one',
      dependents: true,
    })
  },
}

export default rule
