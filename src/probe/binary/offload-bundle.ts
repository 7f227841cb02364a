import { bundleHeadSize, bundleMagic, bundleTable } from './bundle-table.ts'
import type { GpuFormat } from './gpu-format.ts'
import { laidOut } from './gpu-object.ts'

/** Clang's offload bundle, as it is (bundle-table.ts). Objects lie at multiples of 4096. */
export const offloadBundle: GpuFormat = {
  needle: Buffer.from('OFFL'),
  lead: bundleMagic.indexOf('OFFL'),
  least: bundleHeadSize,
  open(head, start, size) {
    const table = bundleTable(head)
    if (table === undefined) return undefined
    // Twice as much at a time: a table that is read anew for each of its objects would take a second.
    if (typeof table === 'number') return Math.max(table, Math.min(2 * head.length, size - start))
    const full = table.objects.reduce((end, { offset, size }) => Math.max(end, offset + size), table.size)
    if (full > Number.MAX_SAFE_INTEGER) return undefined
    return laidOut('bundle', table.objects, { start, end: start + full }, size)
  },
}
