import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFile } from '../../src/bytes/file.ts'
import type { Member } from '../../src/tar/member.ts'
import { TarReader } from '../../src/tar/read.ts'
import { readSeekable, readStream } from '../../src/tar/seek.ts'
import { missing } from '../bytes/tools.ts'
import { Collector } from './list.ts'
import { gnu, python, said, tarStream } from './oracle.ts'
import { makeSparse, makeTree } from './tree.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  makeTree(join(folder, 'root'), false)
  makeTree(join(folder, 'simp'), true)
  makeTree(join(folder, 'sprs'), true)
  makeSparse(join(folder, 'sprs'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Archives a tree. What a format cannot hold tar leaves out, and says so; that is no failure here. */
function tar(tree: string, ...options: string[]): string {
  const path = join(folder, 'archive.tar')
  spawnSync('tar', ['-cf', path, '--sort=name', '-C', folder, ...options, tree])
  return path
}

function members(path: string): Member[] {
  const file = openFile(path)
  const found: Member[] = []
  const end = readSeekable(file, new TarReader({ onMember: member => void found.push(member) }))
  file.close()
  const spans = found.reduce((total, member) => total + member.span, 0)
  expect(end).toMatchObject({ end: spans + 1024, markerMissing: false })
  expect(end.members).toBeGreaterThan(8)
  return found
}

const formats = {
  v7: ['simp', '--format=v7'],
  oldgnu: ['root', '--format=oldgnu'],
  gnu: ['root', '--format=gnu'],
  'gnu with large owners': ['root', '--format=gnu', '--owner=+3000000000', '--group=+4000000000'],
  ustar: ['root', '--format=ustar'],
  posix: ['root', '--format=posix'],
  'posix with large owners': ['root', '--format=posix', '--owner=+3000000000', '--group=+4000000000'],
  'posix with more keys': ['root', '--format=posix', '--pax-option=comment:=a=b c,atime:={2001-02-03}'],
  'no format but blocks': ['root', '--format=gnu', '-b', '1'],
  'oldgnu sparse': ['sprs', '--format=oldgnu', '-S'],
  'gnu sparse': ['sprs', '--format=gnu', '-S'],
  'posix sparse 0.0': ['sprs', '--format=posix', '-S', '--sparse-version=0.0'],
  'posix sparse 0.1': ['sprs', '--format=posix', '-S', '--sparse-version=0.1'],
  'posix sparse 1.0': ['sprs', '--format=posix', '-S', '--sparse-version=1.0'],
}

describe.skipIf(missing('tar', 'python3')).each(Object.entries(formats))(
  'archives of GNU tar: %s',
  (_, [tree = '', ...options]) => {
    it('are what GNU tar reads', () => {
      const path = tar(tree, ...options)
      const theirs = gnu(path)
      const ours = members(path)
      expect(
        ours.map(({ uid, gid, mtime, ...rest }) => ({
          ...said({ uid, gid, mtime, ...rest }),
          uid,
          gid,
          mtime: Math.floor(mtime),
        })),
      ).toEqual(theirs)
    })

    it('are what Python reads, to the offset', () => {
      const path = tar(tree, ...options)
      let offset = 0
      const ours = members(path).map(member => {
        const begin = offset
        offset += member.span
        const { uid, gid, mode, mtime, start } = member
        const sparse = member.sparse?.map(run => [run.offset, run.length]) ?? null
        return { ...said(member), uid, gid, mode, mtime, offset: begin, start, sparse }
      })
      const theirs = python(path)
      const strip = (name: string) => name.replace(/(2f)+$/, '')
      expect(ours.map(member => ({ ...member, name: strip(member.name) }))).toEqual(theirs)
    })

    it('hold the bytes that were put in', async () => {
      const path = tar(tree, ...options)
      const file = openFile(path)
      const files: [Member, Collector][] = []
      const onMember = (member: Member) => {
        if (member.type !== 'file') return undefined
        const collector = new Collector()
        files.push([member, collector])
        return collector
      }
      readSeekable(file, new TarReader({ onMember }))
      await readStream(file.stream(), new TarReader({ onMember }))
      file.close()
      expect(files.length).toBeGreaterThan(8)
      for (const [member, { content }] of files)
        expect([member.name, content.equals(original(member))]).toEqual([member.name, true])
    })
  },
)

/** The bytes on disk that an archive stores of a file. */
function original(member: Member): Buffer {
  const bytes = Buffer.alloc(member.stored)
  const name = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(said(member).name, 'hex')])
  const file = openSync(name, 'r')
  let at = 0
  for (const run of member.sparse ?? [{ offset: 0, length: member.stored }]) {
    at += readSync(file, bytes, at, run.length, run.offset)
  }
  closeSync(file)
  return bytes
}

describe.skipIf(missing('tar'))('archives that tar-stream understands', () => {
  for (const format of ['v7', 'ustar', 'gnu', 'posix']) {
    it(`${format}: are what it reads`, async () => {
      const path = tar(format === 'v7' ? 'simp' : 'root', `--format=${format}`)
      // It takes the slash off directories, and decodes PAX names as UTF-8 whatever it is told.
      const plain = (all: { name: string; type: string }[]) =>
        all.map(each => ({ ...each, name: each.type === 'directory' ? each.name.replace(/(2f)+$/, '') : each.name }))
      const ascii = (each: { name: string; target: string }) => /^([0-7].)*$/.test(each.name + each.target)
      const theirs = (await tarStream(path)).filter(ascii)
      expect(theirs.length).toBeGreaterThan(8)
      expect(plain(members(path).map(said).filter(ascii))).toEqual(plain(theirs))
    })
  }
})

describe.skipIf(missing('bsdtar'))('archives of libarchive', () => {
  for (const format of ['v7', 'ustar', 'gnutar', 'pax']) {
    it(`${format}: are what GNU tar reads`, () => {
      const path = join(folder, 'archive.tar')
      spawnSync('bsdtar', ['-cf', path, `--format=${format}`, '-C', folder, format === 'v7' ? 'simp' : 'root'])
      const theirs = gnu(path).map(({ name, type, size, target }) => ({ name, type, size, target }))
      const hardlinks = new Set(theirs.filter(each => each.type === 'hardlink').map(each => each.name))
      expect(hardlinks.size).toBeGreaterThan(0)
      expect(members(path).map(said)).toEqual(theirs)
    })
  }
})
