import { compareNames } from '../bytes/name.ts'
import type { GpuCode } from '../probe/binary/gpu-code.ts'

/** What GPU code is for, oldest first: `sm_75`, `sm_100`, `compute_120`. */
export function archsOf({ labels }: GpuCode): string[] {
  const archs = labels.filter(({ kind }) => kind !== 'overhead').map(({ arch }) => arch)
  return archs.sort((a, b) => archNumber(a) - archNumber(b) || compareNames(a, b))
}

/** 90 of `compute_90a`. */
export function archNumber(arch: string): number {
  return Number(/\d+/.exec(arch)?.[0] ?? 0)
}
