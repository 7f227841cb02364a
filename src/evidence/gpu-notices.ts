import type { Notice } from '../image/notice.ts'
import { baseName } from '../image/path.ts'
import type { GpuCode, GpuLabel } from '../probe/binary/gpu-code.ts'
import type { Evidence } from './evidence.ts'
import { archsOf } from './gpu-archs.ts'
import { type GpuFile, gpuFiles } from './gpu-files.ts'
import { fitOf } from './gpu-fit.ts'
import { gpuSettings } from './gpu-selection.ts'
import { gpuText } from './gpu-target.ts'

/** What a reader should know of the image's GPU code: files of which the named GPUs can load nothing, settings that choose
 *  otherwise, and code that could not be accounted for. */
export function gpuNotices(evidence: Evidence): Notice[] {
  const all = gpuFiles(evidence)
  return [...unloadable(evidence, all), ...settings(evidence), ...inexact(evidence, all)]
}

/** Libraries and programs with code for GPUs of the same maker, and none for one that is named. */
function* unloadable({ filesystem, gpus }: Evidence, all: readonly GpuFile[]): Iterable<Notice> {
  const largest = all.toSorted((a, b) => b.code.bytes - a.code.bytes || a.inode - b.inode)
  for (const { inode, entry, code, whole } of largest) {
    // Objects of one architecture stand beside each other: whoever loads them chooses.
    const machine = filesystem.binary(inode)?.elf?.machine
    if (whole || machine === undefined || gpuMachines.has(machine)) continue
    if (isStub(code)) continue
    const labels = code.labels.filter(({ kind }) => kind !== 'overhead')
    const missing = gpus.filter(({ arch }) => {
      const own = labels.filter(label => isAmd(label) === arch.startsWith('gfx'))
      return own.length > 0 && own.every(label => fitOf(label, arch) === 'never')
    })
    if (missing.length === 0) continue
    yield {
      code: 'gpu-code-missing',
      message: `${filesystem.path(entry)} has GPU code for ${archsOf(code).join(', ')}, and none that ${missing.map(gpuText).join(' or ')} can load: what runs from it fails there`,
    }
  }
}

/** What the linker puts there for code that has no kernel: 1,904 bytes in libcufftw, in a library that runs nothing itself. */
function isStub(code: GpuCode): boolean {
  for (const { pieces } of code.containers()) {
    if (pieces.some(({ label, unpacked }) => label.kind !== 'overhead' && unpacked > stubAtMost)) return false
  }
  return true
}

const stubAtMost = 2048

/** e_machine of cubins, and of AMD's objects. */
const gpuMachines: ReadonlySet<number> = new Set([190, 224])

function isAmd({ arch }: GpuLabel): boolean {
  return /^(?:gfx|amdgcn)/.test(arch)
}

function* settings(evidence: Evidence): Iterable<Notice> {
  if (evidence.gpus.length === 0) return
  const { forcesPtx, overrides } = gpuSettings(evidence)
  if (forcesPtx !== undefined) {
    yield {
      code: 'ptx-forced',
      message: `the image sets ${forcesPtx}: PTX is compiled although machine code fits, so unused-gpu-code leaves both alone`,
    }
  }
  if (overrides !== undefined) {
    yield {
      code: 'gpu-overridden',
      message: `the image sets HSA_OVERRIDE_GFX_VERSION: AMD's GPUs are taken for ${overrides}, so unused-gpu-code leaves code for it alone`,
    }
  }
}

function* inexact({ filesystem }: Evidence, all: readonly GpuFile[]): Iterable<Notice> {
  for (const { entry, code } of all) {
    if (code.inexact === undefined) continue
    yield {
      code: 'gpu-code-inexact',
      message: `GPU code of ${baseName(filesystem.path(entry))} is not known to the byte: ${code.inexact}`,
    }
  }
}
