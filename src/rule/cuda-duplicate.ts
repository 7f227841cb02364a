import type { LibraryCopy } from '../evidence/cuda-libraries.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { providerText } from '../evidence/library-provider.ts'
import { linksOf } from '../evidence/link/linked.ts'
import { loaderClauses } from '../evidence/loader-clauses.ts'
import { loaderFolders } from '../evidence/loader-folders.ts'
import type { Installation } from '../evidence/owners.ts'
import type { EntryId } from '../image/filesystem.ts'
import { parentPath } from '../image/path.ts'
import { leaveOut } from './amend.ts'
import { instruction, judge, originLayer, withOlderCopies } from './claims.ts'
import { claimsOf } from './copies.ts'
import { environmentOrder } from './environment.ts'
import { grouped } from './grouped.ts'
import { takeApart } from './install-command.ts'
import { listed } from './leftovers.ts'
import { type Duplicate, libraryDuplicates } from './library-duplicates.ts'
import { linksTo } from './library-links.ts'
import { files } from './place.ts'
import type { Claim, Finding, Fix, Rule, Verdict } from './rule.ts'
import { smallerFix } from './smaller-base.ts'

const rule: Rule = {
  id: 'cuda-duplicate',
  title: 'CUDA libraries that PyTorch already brings',
  guide: { section: 3, title: 'Essential CUDA Runtime Libraries' },
  help: `
Why: PyTorch's wheels bring the CUDA libraries that they run on: cuBLAS, cuDNN, cuFFT, NCCL and the rest lie in
site-packages, in nvidia/<library>/lib (nvidia/cu13/lib for CUDA 13) or in torch/lib. conda's packages bring them into
the lib folder of the environment, tensorflow[and-cuda] and jax[cuda12] by the same wheels. torch finds its own first,
by paths that are written into it. An image built FROM a runtime or devel variant of nvidia/cuda, or with CUDA or cuDNN
by apt, stores a second copy, gigabytes of it, that torch never opens. Copies count as the same library when programs
ask for them by the same name (libcublas.so.12), whatever version they are; the finding lists every copy with its owner,
layer, version and bytes. Two environments that each bring torch (conda and pip, a venv and the system) are the same
mistake once more. A second copy is not only size: where LD_LIBRARY_PATH leads to the toolkit, NVIDIA's wheels take
their own dependencies from there, and fail with an undefined symbol when the versions differ.

Fix: Build FROM the base variant of the same release, FROM nvidia/cuda:12.4.1-base-ubuntu22.04, or from a plain
distribution with Python, and let pip bring the libraries. What you install yourself, leave out of that RUN: no
cuda-toolkit, no libcudnn9-cuda-12. apt-get purge or rm in a later layer frees nothing. What has to be compiled is
compiled in a stage FROM the devel variant, and copied. Of two environments keep the one that runs.

Keep: Not everything looks into site-packages. onnxruntime-gpu, CTranslate2, CuPy, DALI for CUDA 12 and TensorFlow
without its wheels load the system's copies: where one of them is installed, those libraries are kept and the finding
says for whom. (import torch first, onnxruntime.preload_dlls(), or LD_LIBRARY_PATH to the wheels' folders make do with
one copy.) Programs and extensions that you compiled yourself link to the toolkit too: so every program and library of
the image is followed as the loader would (RPATH, LD_LIBRARY_PATH, RUNPATH, ldconfig's cache). A copy that none of them
gets is safe to leave out; one that a library may open by its name, or that is only found first, is to be checked; one
that is loaded stays, and the finding names what loads it. imgaudit why <image> <path> tells the same of any file. The
wheels' own copies stay in any case, CUPTI among them: import torch fails without it.`,

  *check(evidence) {
    const duplicates = libraryDuplicates(evidence)
    const keyOf = ({ copy, kind, verdict, because }: Duplicate) =>
      `${String(copy.layer).padStart(6, '0')} ${kind} ${verdict} ${verdict === 'keep' ? because.join(' ') : ''}`
    const groups = grouped(duplicates, keyOf)
    for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) yield findingOf(evidence, group)
    yield* torchTwice(evidence, new Set(duplicates.map(({ copy }) => evidence.filesystem.inode(copy.entry))))
  },
}

function findingOf(evidence: Evidence, group: readonly Duplicate[]): Finding {
  const [first] = group
  if (first === undefined) throw new Error('no duplicate in a group of them')
  const { copy, kind, verdict } = first
  const here = [...new Set(group.map(duplicate => providerText(duplicate.copy.provider)))]
  const there = [
    ...new Set(group.map(duplicate => `${providerText(duplicate.stays.provider)} (layer ${duplicate.stays.layer})`)),
  ]
  const judged = judge(evidence, copy.layer, {
    verdict,
    because: [
      ...new Set(group.flatMap(duplicate => duplicate.because)),
      ...(kind === 'environment' ? [] : winner(evidence, group)),
      ...(kind === 'environment' || verdict === 'safe' ? [] : mixed(evidence, group)),
      ...copiesOf(evidence, group),
    ],
    fix: fixOf(evidence, group),
  })
  const also = group.length === 1 ? 'that is also' : 'that are also'
  return {
    ...judged,
    fix: amended(evidence, judged.fix, judged.verdict),
    message: `${libraries(group.length)} of layer ${copy.layer} (${listed(here)}) ${also} in ${listed(there)}`,
    claims: group.flatMap(duplicate => claims(evidence, duplicate)),
  }
}

function libraries(count: number): string {
  return count === 1 ? '1 CUDA library' : `${count} CUDA libraries`
}

/** A copy with the links of its own layer that lead to it. */
function claims(evidence: Evidence, { copy, stays }: Duplicate): Claim[] {
  const links = linksTo(evidence, copy).flatMap(link => withOlderCopies(evidence, link))
  return [...claimsOf(evidence, copy.entry, stays.entry), ...links.map(entry => ({ entry, restsOn: stays.entry }))]
}

function fixOf(evidence: Evidence, group: readonly Duplicate[]): Omit<Fix, 'layer' | 'before'> {
  const [first] = group
  const written = first === undefined ? undefined : instruction(evidence, first.copy.layer)
  if (first?.kind === 'environment') {
    return {
      id: 'one-environment',
      after: 'install into one environment; python -m venv --system-site-packages shares it',
    }
  }
  const folders = [...new Set(group.map(({ copy }) => parentPath(copy.path)))]
  const copied = leaveOut(written, folders)
  if (copied !== undefined) return copied
  const owners = new Set(group.flatMap(({ copy }) => copy.owner?.name ?? []))
  const apart = takeApart(written, new Set([...owners, ...metas(written)]))
  const who = first?.kind === 'toolkit' ? 'install one toolkit' : 'the environment brings them'
  if (apart === undefined) {
    const what = owners.size > 0 ? listed(owners) : `what it puts into ${listed(folders)}`
    return { id: 'no-system-cuda', after: `# ${who}: leave ${what} out of this instruction` }
  }
  const stays = apart.stays === undefined ? '# nothing is left to install here' : `RUN ${apart.stays}`
  return { id: 'no-system-cuda', after: `# ${who}: without ${listed(apart.names)}\n${stays}` }
}

/** Packages that bring libraries by depending on them: `cuda-toolkit-12-4`, `cuda-libraries-12-4`, `nvidia-cuda-toolkit`. */
function metas(written: string | undefined): string[] {
  return (
    written?.match(
      /\b(?:cuda(?:-toolkit|-libraries|-runtime)?(?:-\d+-\d+|-\d+)?|nvidia-cuda-toolkit|cudnn[\d-]*)(?=[\s=]|$)/g,
    ) ?? []
  )
}

/** Where FROM is to be changed, what to; nobody is told how to leave out what is kept. */
function amended(evidence: Evidence, fix: Fix, verdict: Verdict): Fix {
  const { after, ...rest } = fix
  return verdict === 'keep' ? rest : smallerFix(evidence, fix)
}

/** Where the loader is told to look into a folder of these: then they may be the ones in use, mixed with the others. */
function mixed(evidence: Evidence, group: readonly Duplicate[]): string[] {
  const folders = new Set(group.map(({ copy }) => parentPath(copy.path)))
  const differs = group.find(({ copy, stays }) => !sameVersion(copy.version, stays.version))
  if (differs === undefined && group.every(({ verdict }) => verdict === 'keep')) return []
  const versions =
    differs === undefined
      ? ''
      : `, and versions differ (${differs.copy.name}: ${differs.copy.version} here, ${differs.stays.version} there)`
  const told = new Set<string>()
  return loaderFolders(evidence).flatMap(({ folder, written, from }) => {
    // NVIDIA's packages name one folder in several files of ldconfig's.
    const once = `${from === 'LD_LIBRARY_PATH'} ${folder}`
    if (!folders.has(folder) || told.has(once)) return []
    told.add(once)
    return from === 'LD_LIBRARY_PATH'
      ? [
          `LD_LIBRARY_PATH has ${written}, which comes before the RUNPATH that NVIDIA's wheels have: these copies may be in use, mixed with the others${versions}`,
        ]
      : [`${from} has ${written}: whatever asks for a library by its name alone gets these copies${versions}`]
  })
}

/** A file's name can have less of a version than a package's record: 9.1.0 of 9.1.0.70. */
function sameVersion(a: string, b: string): boolean {
  return `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`)
}

/** Every copy of every library, those together that come from the same packages: the largest first. */
function copiesOf(evidence: Evidence, group: readonly Duplicate[]): string[] {
  // All duplicates of one library share the list of its copies: an image can have a thousand copies of one.
  const libraries = new Map(group.map(duplicate => [duplicate.all, duplicate])).values()
  const sets = grouped(libraries, ({ all }) => all.map(identity).join('\n'))
  return [...sets.values()]
    .map(duplicates => {
      const names = duplicates.map(({ copy }) => copy.name)
      const [first] = duplicates
      const places = (first?.all ?? []).map((copy, at) => {
        const bytes = duplicates.reduce((sum, { all }) => sum + (all[at]?.bytes ?? 0), 0)
        return `${identity(copy)}, ${bytes.toLocaleString('en-US')} bytes`
      })
      const bytes = duplicates.reduce((sum, { copy }) => sum + copy.bytes, 0)
      return { bytes, text: `${listed(names, 6)}: ${places.join('; ')}${builds(evidence, duplicates)}` }
    })
    .sort((a, b) => b.bytes - a.bytes || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text)
}

/** What build ids tell of copies: stripping or a new RPATH changes the content, not the build. */
function builds({ filesystem }: Evidence, duplicates: readonly Duplicate[]): string {
  const same = new Set(
    duplicates.map(({ all }) => {
      const ids = all.map(({ entry }) => filesystem.binary(filesystem.inode(entry))?.elf?.buildId)
      return ids.includes(undefined) ? undefined : new Set(ids).size === 1
    }),
  )
  if (same.size !== 1 || same.has(undefined)) return ''
  return same.has(true) ? ' (the same build)' : ' (other builds)'
}

/** Who loads the copy that stays, of the largest one that goes. */
function winner(evidence: Evidence, group: readonly Duplicate[]): string[] {
  const [largest] = [...group].sort((a, b) => b.copy.bytes - a.copy.bytes)
  if (largest === undefined || largest.verdict === 'keep') return []
  const inode = evidence.filesystem.inode(largest.stays.entry)
  const loaded = linksOf(evidence)
    .loadersOf(inode)
    .filter(({ reach }) => reach === 'loaded')
  return loaderClauses(evidence, loaded, `loads the other ${largest.copy.name}`).slice(0, 1)
}

/** `12.4.5.8 of dpkg:libcublas-12-4, layer 2`. */
function identity({ version, owner, provider, layer }: LibraryCopy): string {
  return `${version} of ${owner === undefined ? `no package, in ${provider.place}` : owner.key}, layer ${layer}`
}

const torch = /^(?:torch|pytorch|libtorch|pytorch-gpu)$/

/** Two environments that each bring torch: the files of torch itself, beside the libraries above. */
function* torchTwice(evidence: Evidence, libraries: ReadonlySet<EntryId>): Iterable<Finding> {
  const { filesystem, owners, image } = evidence
  const order = environmentOrder(image.config.env)
  const all = owners
    .installations()
    .filter(
      ({ manager, name, upToLayer }) =>
        (manager === 'pip' || manager === 'conda') && torch.test(name) && upToLayer === undefined,
    )
    .sort((a, b) => order(a.root) - order(b.root) || a.layer - b.layer)
  const [stays] = all
  if (stays === undefined) return
  const others = all.filter(goes => environmentOf(goes) !== environmentOf(stays))
  const found = new Map<number, { from: Installation; entries: Set<EntryId> }>()
  for (const goes of others) {
    for (const entry of goes.paths()) {
      const inode = filesystem.inode(entry)
      if (!filesystem.visible(entry) || filesystem.content(inode) === 0 || libraries.has(inode)) continue
      const layer = originLayer(evidence, entry)
      const group = found.get(layer) ?? { from: goes, entries: new Set() }
      found.set(layer, group)
      for (const copy of withOlderCopies(evidence, entry)) group.entries.add(copy)
    }
  }
  for (const [layer, { from, entries }] of [...found].sort(([a], [b]) => a - b)) {
    yield {
      ...judge(evidence, layer, {
        verdict: 'check',
        because: ['both environments have torch: which one runs is for you to say'],
        fix: {
          id: 'one-environment',
          after: 'install into one environment; python -m venv --system-site-packages shares it',
        },
      }),
      message: `torch twice: ${from.key} ${from.version} in ${from.root} (layer ${layer}, ${files(entries.size)}) beside ${stays.key} ${stays.version} in ${stays.root} (layer ${stays.layer})`,
      claims: [...entries].map(entry => ({ entry, restsOn: stays.recordId })),
    }
  }
}

/** Its prefix: pip installs into conda's environments too, over conda's files. */
function environmentOf({ root }: Installation): string {
  return root.replace(/\/lib(?:64)?\/python[^/]*\/(?:site|dist)-packages$/, '')
}

export default rule
