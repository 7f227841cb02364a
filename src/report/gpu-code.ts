import type { Evidence } from '../evidence/evidence.ts'
import { gpuFiles } from '../evidence/gpu-files.ts'
import { fitOf } from '../evidence/gpu-fit.ts'
import { unusedIn } from '../evidence/unused-gpu-code.ts'
import type { GpuLabel } from '../probe/binary/gpu-code.ts'
import { byBytesThenName } from './order.ts'
import type { Report } from './schema.ts'

type Row = Report['gpuCode'][number]

/** GPU code that the image shows, by what it is for: live contents, each once. Σ bytes are all bytes of it. */
export function gpuCodeOf(evidence: Evidence): Report['gpuCode'] {
  const { gpus } = evidence
  const rows = new Map<string, Row>()
  for (const { code } of gpuFiles(evidence)) {
    const seen = new Set<Row>()
    for (const { pieces } of code.containers()) {
      for (const { label, bytes, unpacked } of pieces) {
        const row = rowOf(rows, evidence, label)
        row.bytes += bytes
        row.unpacked += unpacked
        seen.add(row)
      }
    }
    for (const row of seen) row.count++
    if (gpus.length === 0) continue
    for (const { label, bytes } of unusedIn(evidence)(code)) {
      const row = rowOf(rows, evidence, label)
      row.unused = (row.unused ?? 0) + bytes
    }
  }
  return [...rows.values()].sort(
    byBytesThenName(
      row => row.bytes,
      row => `${row.kind} ${row.arch}`,
    ),
  )
}

function rowOf(rows: Map<string, Row>, { gpus }: Evidence, label: GpuLabel): Row {
  const key = `${label.kind} ${label.arch}`
  const known = rows.get(key)
  if (known !== undefined) return known
  const named = gpus.length > 0
  const fitting = gpus.filter(({ arch }) => label.kind !== 'overhead' && fitOf(label, arch) !== 'never')
  const row: Row = {
    arch: label.arch,
    kind: label.kind,
    bytes: 0,
    unpacked: 0,
    count: 0,
    gpus: named ? fitting.map(({ name }) => name) : null,
    unused: named ? 0 : null,
  }
  rows.set(key, row)
  return row
}
