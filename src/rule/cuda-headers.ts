import type { Rule } from './rule.ts'
import { toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'cuda-headers',
  title: 'Headers of CUDA, cuDNN, NCCL and TensorRT',
  guide: { section: 3, title: 'Development Headers (When Needed)' },
  help: `
Why: Headers are for compilers. What is compiled does not read them again.

Fix: Compile in a stage FROM devel and copy what came out into one FROM runtime or base. Where you install packages
yourself, name libcublas-12-4 and not libcublas-dev-12-4, cuda-libraries-12-4 and not cuda-libraries-dev-12-4.

Keep: When something compiles while the container runs: DeepSpeed, FlashInfer, DeepGEMM and extensions of torch by nvcc,
CuPy by NVRTC (unless the nvidia-cuda-runtime wheel brings it the headers). Such packages are named, and what they need
is kept.`,

  *check(evidence) {
    yield* toolkitFindings(evidence, {
      component: 'headers',
      what: 'headers of CUDA',
      verdict: 'safe',
      because: 'no package that is known to compile CUDA code at run time reads them',
      needs: () => ['cuda-headers'],
      dependents: true,
    })
  },
}

export default rule
