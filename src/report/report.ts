import { sum } from '../bytes/sum.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { evidenceNotices } from '../evidence/notices.ts'
import { packageHistories } from '../evidence/package-history.ts'
import type { Layer } from '../image/image.ts'
import { maskSecrets } from '../image/secret-text.ts'
import type { Settled, Settlement } from '../savings/settle.ts'
import { causesOf } from './causes.ts'
import { foldersLeftOut, foldersOf } from './folders.ts'
import { gpuCodeOf } from './gpu-code.ts'
import { largeFilesOf } from './large-files.ts'
import { byBytesThenName } from './order.ts'
import { rowsOf } from './rows.ts'
import type { Report } from './schema.ts'
import { schemaVersion } from './schema-version.ts'
import { unownedOf } from './unowned.ts'

/** Makes the report of an image: pure, and the same bytes for the same image whatever way it was read. */
export function makeReport(evidence: Evidence, settlement: Settlement, version: string): Report {
  const { image, filesystem } = evidence
  const layers = layersOf(evidence)
  const size = {
    files: sum(layers.map(layer => layer.size.files)),
    unpacked: sum(layers.map(layer => layer.size.unpacked)),
    stored: storedOf(image.layers),
    hidden: sum(layers.map(layer => layer.size.hidden)),
  }
  const causes = causesOf(evidence, settlement)
  const saved = (verdict: string) =>
    sum(settlement.findings.filter(({ finding }) => finding.verdict === verdict).map(({ saves }) => saves))
  const folders = foldersOf(filesystem, size.files)
  return {
    schemaVersion,
    tool: { name: 'imgaudit', version },
    image: {
      reference: image.reference,
      id: image.id,
      digest: image.digest ?? null,
      platform: image.platform,
      created: image.config.created ?? null,
      source: image.source,
    },
    size,
    layers,
    findings: findingsOf(evidence, settlement),
    causes,
    packages: packagesOf(evidence),
    unowned: unownedOf(evidence),
    folders,
    files: largeFilesOf(filesystem, size.files),
    gpuCode: gpuCodeOf(evidence),
    savings: {
      safe: saved('safe'),
      check: saved('check'),
      after: size.files - saved('safe'),
      stored: size.stored === null ? null : savedStored(settlement),
    },
    blobs: settlement.costs.parts() ?? null,
    against: null,
    budgets: [],
    notices: [
      ...image.notices,
      ...image.layers.flatMap(layer => layer.index.notices),
      ...filesystem.notices,
      ...evidenceNotices(evidence),
      ...foldersLeftOut(folders),
    ].map(({ code, message }) => ({ code, message: maskSecrets(message) })),
  }
}

/** Rules show what of the configuration and the history they have judged by. */
function masked(text: string | undefined): string | null {
  return text === undefined ? null : maskSecrets(text)
}

function packagesOf(evidence: Evidence): Report['packages'] {
  return packageHistories(evidence)
    .map(({ manager, name, version, root, bytes, layer, hidden, history }) => {
      return { manager, name, version, root, bytes, layer, hidden, history: [...history] }
    })
    .sort(
      byBytesThenName(
        row => row.bytes,
        row => `${row.manager}:${row.name} ${row.root}`,
      ),
    )
}

function layersOf({ image, filesystem, base }: Evidence): Report['layers'] {
  const hidden = image.layers.map(() => 0)
  for (let id = 0; id < filesystem.count; id++) {
    const content = filesystem.content(id)
    const layer = filesystem.layerOf(id)
    if (content > 0 && !filesystem.live(id)) hidden[layer] = (hidden[layer] ?? 0) + content
  }
  return image.layers.map(({ position, index, history, stored }) => ({
    index: position,
    diffId: index.diffId,
    createdBy: history?.createdBy ?? null,
    base: base[position] ?? null,
    entries: index.entries.length,
    route: index.route,
    verified: index.verified,
    size: { files: index.files, unpacked: index.unpacked, stored: stored ?? null, hidden: hidden[position] ?? 0 },
    dockerfile: null,
  }))
}

/** Each blob once: a diff ID that stands twice is kept, and pulled, once. */
function storedOf(layers: readonly Layer[]): number | null {
  const blobs = new Map<string, number>()
  for (const { index, stored } of layers) {
    if (stored === undefined) return null
    blobs.set(index.diffId, stored)
  }
  return sum([...blobs.values()])
}

/** Of blobs; null where a finding's part of it is not known, since the others' would pass for the whole. */
function savedStored({ findings }: Settlement): { readonly safe: number; readonly check: number } | null {
  const sums = { safe: 0, check: 0, keep: 0 }
  for (const { finding, stored } of findings) {
    if (stored.saves === undefined) return null
    sums[finding.verdict] += stored.saves
  }
  return { safe: sums.safe, check: sums.check }
}

function findingsOf({ filesystem }: Evidence, { findings, costs }: Settlement): Report['findings'] {
  const rows = rowsOf(filesystem, findings, costs)
  const layersOf = ({ claims }: Settled) => {
    const layers = new Set<number>()
    for (const { entry } of claims) layers.add(filesystem.layerOf(entry))
    return layers
  }
  return findings
    .map((settled, at) => {
      const { rule, finding, bytes, saves, stored } = settled
      const paths = rows[at] ?? []
      return {
        rule: rule.id,
        title: rule.title,
        guide: rule.guide === undefined ? null : { section: rule.guide.section, title: rule.guide.title },
        verdict: finding.verdict,
        because: finding.because.map(maskSecrets),
        message: maskSecrets(finding.message),
        fix: {
          id: finding.fix.id,
          layer: finding.fix.layer,
          before: masked(finding.fix.before),
          after: masked(finding.fix.after),
        },
        bytes,
        saves,
        stored:
          stored.bytes === undefined || stored.saves === undefined
            ? null
            : { bytes: stored.bytes, saves: stored.saves },
        count: sum(paths.map(path => path.count)),
        layers: [...layersOf(settled)].sort((a, b) => a - b),
        paths,
        ignored: null,
      }
    })
    .sort(
      byBytesThenName(
        finding => finding.saves,
        finding => `${finding.rule} ${finding.fix.layer} ${finding.verdict} ${finding.message}`,
      ),
    )
}
