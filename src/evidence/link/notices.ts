import type { EntryId } from '../../image/filesystem.ts'
import { NamePattern, nodesLike } from '../../image/name-pattern.ts'
import type { Notice } from '../../image/notice.ts'
import { baseName } from '../../image/path.ts'
import type { Evidence } from '../evidence.ts'
import { loaderFolders } from '../loader-folders.ts'
import { isFromDriver } from './driver.ts'
import type { Graph } from './graph.ts'
import type { LinkEdge } from './links.ts'
import { cacheNotices } from './stale-cache.ts'
import { mostSteps } from './steps.ts'

/** What about the loading of libraries a reader should know, each kind once. */
export function linkNotices(evidence: Evidence, graph: Graph): Notice[] {
  return [
    ...unfollowed(evidence, graph),
    ...cacheNotices(evidence, graph),
    ...mixed(evidence, graph),
    ...stubs(evidence, graph),
    ...emptyFolders(evidence, graph),
    ...driverLibraries(evidence),
  ]
}

/** Of the file at which the steps ended. */
export const stopped = `has, with what was followed before it, more folders and names to look for than the ${mostSteps.toLocaleString('en-US')} that are looked for`

function unfollowed({ filesystem }: Evidence, { stoppedAt }: Graph): Notice[] {
  if (stoppedAt === undefined) return []
  const path = filesystem.path(filesystem.nameOf(stoppedAt))
  return [{ code: 'loads-unfollowed', message: `${path} ${stopped}: who loads what is known in part` }]
}

/** A RUNPATH leads to one copy, LD_LIBRARY_PATH to another one, and the second comes first. */
function mixed({ filesystem, owners }: Evidence, { edges }: Graph): Notice[] {
  const shown = (inode: EntryId) => {
    const name = filesystem.nameOf(inode)
    const owner = owners.owner(name)
    return `${filesystem.path(name)}${owner === undefined ? '' : ` (${owner.name} ${owner.version})`}`
  }
  const found = edges.needs.filter(edge => edge.reach !== 'alone' && isMixed(edge, filesystem))
  const [first] = found
  if (first?.to === undefined || first.instead === undefined) return []
  const files = new Set(found.map(({ from }) => from)).size
  return [
    {
      code: 'runpath-overridden',
      message: `LD_LIBRARY_PATH comes before RUNPATH: ${shown(first.from)} gets ${shown(first.to)}, and has a RUNPATH to ${shown(first.instead)}${files === 1 ? '' : `; so for ${files} files in all`}. Versions that are mixed fail with undefined symbols`,
    },
  ]
}

function isMixed({ to, instead }: LinkEdge, filesystem: Evidence['filesystem']): boolean {
  if (to === undefined || instead === undefined) return false
  const [a, b] = [to, instead].map(inode => filesystem.binary(inode)?.elf?.buildId)
  return a === undefined || a !== b
}

/** Stubs are there to link against: with one of them loaded, nothing of CUDA works. */
function stubs(evidence: Evidence, { root }: Graph): Notice[] {
  const found = loaderFolders(evidence).filter(({ folder }) => {
    if (baseName(folder) !== 'stubs') return false
    const node = root.folder(folder)?.node
    return node !== undefined && [...root.filesystem.tree.childrenOf(node)].some(child => root.at(child) !== undefined)
  })
  return found.slice(0, 1).map(({ written, from }) => ({
    code: 'stubs-searched',
    message: `${from} has ${written}, which holds stubs: a program that gets one in place of a real library (libcuda.so.1) fails`,
  }))
}

/** An empty folder between colons is the one that a program happens to run in. */
function emptyFolders({ image, filesystem }: Evidence, { files }: Graph): Notice[] {
  const notices: Notice[] = []
  const path = image.config.env.get('LD_LIBRARY_PATH')
  if (path?.split(/[:;]/).includes('') && path !== '') {
    const message = `LD_LIBRARY_PATH=${path} has an empty folder, which is the working directory (${image.config.workingDir || '/'} at first): what lies there is loaded`
    notices.push({ code: 'empty-library-path', message })
  }
  const found = files.filter(({ elf }) => {
    const text = elf.dynamic?.runpath ?? elf.dynamic?.rpath
    return text?.split(':').includes('') && text !== ''
  })
  const [first] = found
  if (first !== undefined) {
    const others = found.length === 1 ? '' : `, one of ${found.length},`
    const message = `${filesystem.path(filesystem.nameOf(first.inode))}${others} has an empty folder in its RPATH or RUNPATH, which is the working directory: what lies there is loaded`
    notices.push({ code: 'empty-runpath', message })
  }
  return notices
}

const driverNames = new NamePattern({ starts: ['libcuda', 'libnv', 'libvdpau_nv', 'libGL', 'libEGL_nv'] })
/** CUDA's own libraries for older drivers, and what is only to link against. */
const apart = /\/(?:stubs|compat)\//

/** The host mounts its driver over whatever is there; what the image has of another one breaks it, or is dead weight. */
function driverLibraries({ filesystem }: Evidence): Notice[] {
  const last = filesystem.layers.length - 1
  const found = nodesLike(filesystem.tree, driverNames).flatMap(node => {
    if (!isFromDriver(filesystem.tree.name(node))) return []
    const id = filesystem.atNode(node, last)
    if (id === undefined || filesystem.kind(filesystem.inode(id)) !== 'file') return []
    return apart.test(filesystem.path(id)) ? [] : [id]
  })
  const [first] = found
  if (first === undefined) return []
  const others = found.length === 1 ? 'is a library' : `is one of ${found.length} libraries`
  const message = `${filesystem.path(first)} ${others} of NVIDIA's driver: the host brings that, of its own version`
  return [{ code: 'driver-library', message }]
}
