import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { baseName, parentPath } from '../image/path.ts'
import { judge, originLayer } from './claims.ts'
import { claimsOf, copiesAmong, linkInstead } from './copies.ts'
import { grouped } from './grouped.ts'
import { files, place } from './place.ts'
import type { Rule } from './rule.ts'

/** A smaller file is a tokenizer, a test or a configuration. */
const smallest = 1024 * 1024

const rule: Rule = {
  id: 'model-weights',
  title: 'Model weights in the image',
  help: `
Why: Weights are most of an image that has them: every push and every pull moves them, though they change on other
days than the code. Weights that are stored twice (the cache of a hub beside a folder that the application reads, a
checkpoint beside its copy) cost their whole size again.

Fix: Store each once: download with local_dir into the folder that the application reads, or point HF_HOME at the
cache and copy nothing out of it. Where start-up may take longer, mount weights as a volume, or download them at the
start.

Keep: Weights in the image start fast, work without a network and are versioned with the code. One copy is therefore
only counted. A second copy is claimed; keep it when one of the two is written to at run time.`,

  *check(evidence) {
    const weights = [...weightsOf(evidence)]
    const copies = copiesAmong(evidence, weights)
    for (const [layer, twice] of grouped(copies, copy => originLayer(evidence, copy.entry))) {
      const [first] = twice
      if (first === undefined) continue
      const path = evidence.filesystem.path(first.entry)
      const stays = evidence.filesystem.path(first.stays)
      yield {
        ...judge(evidence, layer, {
          verdict: 'check',
          because: ['the bytes are equal (SHA-256): whatever reads one copy can read the other'],
          fix: { id: 'weights-once', after: linkInstead(evidence, first, layer) },
        }),
        message: `${files(twice.length)} of weights of layer ${layer} that the image has twice: ${path} is ${stays}`,
        claims: twice.flatMap(copy => claimsOf(evidence, copy.entry, copy.stays)),
      }
    }
    const extra = new Set(copies.map(copy => evidence.filesystem.inode(copy.entry)))
    const once = weights.filter(inode => !extra.has(inode)).map(inode => evidence.filesystem.nameOf(inode))
    for (const [layer, entries] of grouped(once, entry => originLayer(evidence, entry))) {
      yield {
        ...judge(evidence, layer, {
          verdict: 'keep',
          because: ['weights may be baked in on purpose'],
          fix: { id: 'mount-weights', after: 'mount the weights as a volume, or download them at the start' },
        }),
        message: `weights baked into layer ${layer}: ${place(evidence, entries)}`,
        claims: entries.flatMap(entry => claimsOf(evidence, entry)),
      }
    }
  },
}

/** Contents of weights that the image shows, each once. */
function* weightsOf(evidence: Evidence): Iterable<EntryId> {
  const { filesystem } = evidence
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.content(id) < smallest || filesystem.kind(id) !== 'file' || !filesystem.live(id)) continue
    if (filesystem.names(id).some(name => filesystem.visible(name) && isWeights(evidence, name))) yield id
  }
}

/** Endings that nothing but weights has. */
const certain: ReadonlySet<string> = new Set(
  'safetensors gguf ggml ckpt onnx onnx_data pth tflite keras pdparams nemo torchscript mlmodel'.split(' '),
)
/** Endings that many things have: weights where the name or a neighbour says so, and no package brings them. */
const likely: ReadonlySet<string> = new Set('bin pt h5 hdf5 msgpack engine plan npz'.split(' '))
const tellingName =
  /(^|[-_.])(model|weights?|checkpoint|consolidated|adapter|pytorch|ggml|encoder|decoder|unet|vae|lora|optimizer)([-_.]|\d|$)/i
const tellingFolder = /\/(models?|weights|checkpoints?|ckpts?)(\/|$)/i
const neighbours = ['config.json', 'model_index.json', 'tokenizer.json', 'params.json', 'pytorch_model.bin.index.json']

function isWeights(evidence: Evidence, entry: EntryId): boolean {
  const { filesystem, owners } = evidence
  const path = filesystem.path(entry)
  if (isHubBlob(path)) return true
  const name = baseName(path)
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  if (certain.has(ending)) return true
  if (!likely.has(ending) || owners.owner(entry) !== undefined) return false
  // Translations are named by language, and pt is Portuguese.
  if (ending === 'pt') return !/\/(locales?|lang|i18n|translations)\//.test(path)
  const folder = parentPath(path)
  if (tellingName.test(name) || tellingFolder.test(folder)) return true
  return neighbours.some(neighbour => {
    const beside = filesystem.at(`${folder === '/' ? '' : folder}/${neighbour}`)
    return beside !== undefined && filesystem.visible(beside)
  })
}

/** Hubs name their files by digest: Hugging Face in `models--<name>/blobs/`, ollama in `models/blobs/sha256-…`. */
function isHubBlob(path: string): boolean {
  const blobs = path.lastIndexOf('/blobs/')
  if (blobs < 0) return false
  const folder = path.slice(0, blobs)
  return (
    baseName(folder).startsWith('models--') || (folder.endsWith('/models') && path.startsWith('/blobs/sha256-', blobs))
  )
}

export default rule
