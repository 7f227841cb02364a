import type { Evidence } from '../evidence/evidence.ts'
import type { ToolkitFile } from '../evidence/toolkit.ts'
import { usersIn } from '../evidence/users.ts'
import type { Rule } from './rule.ts'
import { type Judged, toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'cuda-static-libs',
  title: 'Static libraries of CUDA, cuDNN, NCCL and TensorRT',
  guide: { section: 3, title: 'Selective Library Copying Pattern' },
  help: `
Why: A static library (libcublas_static.a) is of use to a linker alone. The -dev packages bring one beside each shared
library, of about its size: gigabytes in a whole toolkit. Some wheels bring theirs too.

Fix: Link in a stage FROM devel and ship the result. Where the -dev package stays for its headers, delete the archives in
the RUN that installs it. In wheels, delete them in the RUN of pip install.

Keep: libcudart_static.a, libcudadevrt.a and libculibos.a while something compiles with nvcc at run time: nvcc links every
program to them. Builds in this image may want libnvptxcompiler_static.a and libnvidia-ml.a. Archives that are not
CUDA's are never claimed: a C compiler cannot link without libc_nonshared.a.`,

  *check(evidence) {
    yield* toolkitFindings(evidence, {
      component: 'static-libs',
      what: 'static libraries of CUDA',
      verdict: 'safe',
      because: 'only a linker reads an archive, and nothing known here links to these at run time',
      needs: ({ use }) => (use === 'linked-by-nvcc' ? ['nvcc'] : use === 'cudadevrt' ? ['nvcc', 'cudadevrt'] : []),
      also: linkedByBuilds,
    })
  },
}

function linkedByBuilds(evidence: Evidence, { use }: ToolkitFile): Judged | undefined {
  if (use !== 'linked-by-builds') return undefined
  const users = usersIn(evidence).of('nvcc')
  if (users.length === 0) return undefined
  return {
    verdict: 'check',
    because: users.map(({ because }) => `${because}; what it compiles may link to this archive`),
  }
}

export default rule
