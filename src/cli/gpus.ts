import picocolors from 'picocolors'
import { gpuNames } from '../evidence/gpu-names.ts'
import { grid, remaining } from '../report/table/grid.ts'
import { wrap } from '../report/table/wrap.ts'

/** Every architecture that `--gpu` knows, with the GPUs that have it. */
export function listGpus({ width, colour }: { readonly width: number; readonly colour: boolean }): string {
  const ink = picocolors.createColors(colour)
  const archs = Object.keys(gpuNames)
  const longest = Math.max(...archs.map(arch => arch.length), 'architecture'.length)
  const room = remaining(width, [longest])
  const lines = grid(
    [
      { name: 'architecture', width: longest },
      { name: 'GPUs', width: room },
    ],
    Object.entries(gpuNames).map(([arch, names]) => [ink.bold(arch), wrap(names.join(', '), room).join('\n')]),
  )
  return `${lines.join('\n')}\n\n  imgaudit <image> --gpu H100,L4 says what neither of them can load.\n`
}
