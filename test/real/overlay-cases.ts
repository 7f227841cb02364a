import type { Member, WideLayer } from '../wide-stack.ts'

/** What an engine makes of a stack: what we say, something else, or nothing. */
export type Verdict = 'same' | 'other' | 'refused'

/** A layer over `base`, and what Docker 20.10 (overlay2), current Docker (containerd, overlayfs) and umoci make of it. */
export interface Case {
  readonly title: string
  readonly layer: WideLayer
  readonly verdicts: readonly [overlay2: Verdict, containerd: Verdict, umoci: Verdict]
  /** Codes of what we say about it. */
  readonly notices: readonly string[]
}

const plain = { content: '', target: '', mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000 }
const file = (name: string, content = ''): Member => ({ ...plain, name, kind: 'file', content })
const folder = (name: string): Member => ({ ...plain, name, kind: 'directory', mode: 0o755 })
const link = (name: string, target: string): Member => ({ ...plain, name, kind: 'symlink', target })
const hard = (name: string, target: string): Member => ({ ...plain, name, kind: 'hardlink', target })
const fifo = (name: string): Member => ({ ...plain, name, kind: 'fifo' })

/** What lies below in every case. */
export const base: WideLayer = [
  folder('d'),
  file('d/x', 'old'),
  file('d/y', 'oldy'),
  file('x', 'rootx'),
  file('f', 'file'),
  link('l', 'd'),
  folder('e'),
  file('e/x', 'ex'),
]

function over(title: string, layer: WideLayer, verdicts: Case['verdicts'], ...notices: readonly string[]): Case {
  return { title, layer, verdicts, notices }
}

/** Where all that take it agree. Where one refuses, the others decide. */
const agreed: readonly Case[] = [
  over('records of aufs', [file('d/.wh..wh.plnk'), file('.wh..wh.aufs', 'q'), folder('.wh..wh.orph')], allSame()),
  over('a file in a folder of aufs', [folder('.wh..wh.plnk'), file('.wh..wh.plnk/1.2', 'q')], allSame()),
  over('what only begins like an opaque marker', [file('d/.wh..wh..opqX'), file('.wh..wh..opq.x')], allSame()),
  over('markers in the middle of a name', [file('d/x.wh..wh..opq', 'q'), file('a.wh.b', 'q')], allSame()),
  over('a marker that is a folder, with a file in it', [folder('.wh.d'), file('.wh.d/z', 'q')], allSame()),
  over('an opaque marker that is a folder', [folder('d/.wh..wh..opq'), file('d/.wh..wh..opq/z', 'q')], allSame()),
  over('markers of other kinds', [link('.wh.x', 'f'), fifo('.wh.f'), file('.wh.e', 'content')], allSame()),
  over('a marker that is a hard link', [file('g', 'q'), hard('.wh.x', 'g')], allSame()),
  over('a marker for the root’s child alone', [file('.wh.x')], allSame()),
  over('a marker for what is not there', [file('.wh.never'), file('nor/.wh.this')], allSame()),
  over('an opaque folder, marked before', [file('d/.wh..wh..opq'), folder('d'), file('d/n', 'new')], allSame()),
  over('an opaque folder, marked behind', [folder('d'), file('d/x', 'new'), file('d/.wh..wh..opq')], allSame()),
  over('an opaque folder in the place of a file', [folder('f'), file('f/.wh..wh..opq'), file('f/n', 'new')], allSame()),
  over('an opaque folder that is new', [file('n/.wh..wh..opq'), file('n/n', 'new')], allSame()),
  over('removed, and added as a file', [file('.wh.x'), file('x', 'new')], allSame()),
  over('every change of type', [link('d', 'e'), folder('f'), fifo('x'), file('e', 'new'), folder('l')], allSame()),
  over('a chain of hard links', [file('a', 'q'), hard('h', 'a'), hard('i', 'h')], allSame()),
  over('other spellings', [file('../up', 'q'), file('/abs', 'q'), file('a/../b', 'q'), file('./c//e', 'q')], allSame()),
  over('below a link of its own layer', [folder('r'), link('s', '/r'), file('s/n', 'new')], allSame()),
  over('below a hard link to one', [folder('r'), link('s', 'r'), hard('h', 's'), file('h/n', 'new')], allSame()),
  over('a marker below one', [folder('d'), link('s', 'd'), file('s/.wh.x')], allSame()),
  over('a marker before one', [folder('d'), file('s/.wh.x'), link('s', 'd')], allSame()),
  over('a hard link through one', [folder('r'), file('r/z', 'q'), link('s', 'r'), hard('h', 's/z')], allSame()),
  over('below one that leads out', [link('s', 'd'), file('s/n', 'new')], ['refused', 'same', 'same']),
  over(
    'below one that leads in circles',
    [link('s', 't'), link('t', 's'), file('s/n', 'new')],
    refused(),
    'below-link',
  ),
  over('a path twice', [file('x', 'one'), file('x', 'two'), file('./x', 'three')], ['refused', 'same', 'same']),
  over('a file, then a folder', [file('n', 'one'), folder('n'), file('n/m')], ['refused', 'same', 'same']),
  over('a folder, then a file', [folder('n'), file('n/m', 'one'), file('n', 'two')], ['refused', 'same', 'same']),
  over('linked, then replaced', [file('a', 'q'), hard('h', 'a'), file('a', 'new')], ['refused', 'same', 'same']),
  over('added, and then removed', [file('x', 'new'), file('.wh.x')], ['refused', 'refused', 'same']),
  over('removed, and something added in it', [file('.wh.d'), file('d/n', 'new')], ['refused', 'refused', 'same']),
  over('removed twice', [file('.wh.x'), file('.wh.x')], ['refused', 'refused', 'same']),
  over('removed with its folder too', [file('d/.wh.x'), file('.wh.d')], ['refused', 'refused', 'same']),
  over('below a file of its own layer', [file('g', 'q'), file('g/n', 'new')], refused(), 'below-link'),
  over('a hard link before its target', [hard('h', 'a'), file('a', 'q')], refused()),
  over('a hard link to a lower layer', [hard('h', 'f')], ['refused', 'refused', 'same'], 'hard-link-across-layers'),
  over('and removed then', [hard('h', 'f'), file('.wh.f')], ['refused', 'refused', 'same'], 'hard-link-across-layers'),
  over('a root that is a file', [file('.', 'q'), file('n', 'new')], ['same', 'same', 'refused']),
  over('a root that is a link', [link('./', 'd'), file('n', 'new')], ['same', 'same', 'refused']),
]

/**
 * Where they do not. Between the layer format and an engine that does not follow it, the format holds; where it says nothing,
 * overlayfs does, which nearly all images run on. A notice says that engines differ.
 */
const disputed: readonly Case[] = [
  over(
    'an opaque root, which overlayfs ignores',
    [file('.wh..wh..opq'), file('n')],
    ['other', 'other', 'same'],
    'opaque-root',
  ),
  over(
    'a folder beside its own whiteout, which overlayfs engines forget',
    [file('.wh.d'), folder('d'), file('d/n', 'new')],
    ['other', 'other', 'same'],
    'whiteout-beside-folder',
  ),
  over(
    'below a link of a lower layer, which umoci follows',
    [file('l/n', 'new')],
    ['same', 'same', 'other'],
    'below-link',
  ),
  over('a marker below one', [file('l/.wh.x')], ['same', 'same', 'other'], 'below-link'),
  over('an opaque marker below one', [file('l/.wh..wh..opq')], ['same', 'same', 'other'], 'below-link'),
  over('below a file of a lower layer', [file('f/n', 'new')], ['same', 'same', 'refused'], 'below-link'),
  over('a marker below one', [file('f/.wh.z')], ['same', 'same', 'other'], 'below-link'),
  over('an opaque marker below one', [file('f/.wh..wh..opq')], ['same', 'same', 'other'], 'below-link'),
  over(
    'a hard link to what its layer has removed: overlayfs engines link the whiteout, so that there is nothing',
    [file('.wh.f'), hard('h', 'f')],
    ['other', 'other', 'refused'],
    'dangling-hard-link',
  ),
  // No notice: nobody could have built these, or no byte depends on them.
  over(
    'a bare marker, for which umoci empties the folder',
    [folder('d'), file('d/.wh.')],
    ['refused', 'refused', 'other'],
  ),
  over('a marker for the folder itself', [folder('d'), file('d/.wh..')], ['refused', 'refused', 'other']),
  over(
    'a device 0:0, overlayfs’ own whiteout, which we count as a device: of 0 bytes, hiding what lies below',
    [{ ...plain, name: 'x', kind: 'character', device: [0, 0] }],
    ['other', 'other', 'same'],
  ),
]

export const cases: readonly Case[] = [...agreed, ...disputed]

function allSame(): Case['verdicts'] {
  return ['same', 'same', 'same']
}

function refused(): Case['verdicts'] {
  return ['refused', 'refused', 'refused']
}
