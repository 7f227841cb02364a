import type { Rule } from './rule.ts'
import { toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'nsight',
  title: 'Nsight Compute and Nsight Systems',
  guide: { section: 3, title: 'Optional Profiling Tools (CUPTI, NSight)' },
  help: `
Why: Nsight Compute and Nsight Systems are profilers with windows, plug-ins and a web browser of their own. A devel base
image brings Nsight Compute, and so does every metapackage of the toolkit; Debian's toolkit recommends both. No program
links to them.

Fix: Profile from outside of the container, or in an image made for it. Do not ship the stage that is built FROM devel;
install cuda-libraries-12-4 and not cuda-toolkit-12-4; give apt-get install --no-install-recommends.

Keep: When people run ncu or nsys in this very image. What the image itself starts by one of them is kept.`,

  *check(evidence) {
    yield* toolkitFindings(evidence, {
      component: 'nsight',
      what: 'Nsight profilers',
      verdict: 'safe',
      because: 'no program links to a profiler, and the image does not start by one',
      dependents: true,
    })
  },
}

export default rule
