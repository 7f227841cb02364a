import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { archive, blocks, type HeaderFields, header, longName, pax } from '../../fixtures/tar/build.ts'
import { gnu, numeric, oldSparse, paxSparse, star, v7 } from './dialects.ts'
import type { Told } from './oracle/told.ts'
import { type SoundMember, slashOf, soundMember } from './sound-member.ts'

/** An archive, what every reader should say of its members, and how it ends. */
export interface SoundArchive {
  readonly bytes: Buffer
  readonly members: readonly SoundMember[]
  readonly told: readonly Told[]
  readonly end: string
}

export const soundArchive: fc.Arbitrary<SoundArchive> = fc
  .tuple(
    fc.array(soundMember, { minLength: 1, maxLength: 6 }),
    fc.constantFrom('marker', 'filled', 'junk', 'lone', 'none'),
  )
  .map(([members, end]) => {
    const parts = members.map(written)
    const ends = {
      marker: archive(),
      filled: Buffer.alloc(10_240),
      junk: Buffer.concat([archive(), Buffer.from('junk'), header({ name: 'phantom' })]),
      lone: Buffer.alloc(512),
      none: Buffer.alloc(0),
    }
    return { bytes: Buffer.concat([...parts, ends[end]]), members, told: members.map(said), end }
  })

function said({ type, name, target, content, holes, mode, uid, gid, mtime }: SoundMember): Told {
  const runs = holes?.runs.filter(run => run[1] > 0) ?? null
  const logical = Buffer.alloc(holes?.real ?? content.length)
  let at = 0
  for (const [offset, length] of holes?.runs ?? [[0, content.length]]) {
    content.copy(logical, offset, at, at + length)
    at += length
  }
  const digest = type === 'file' ? { digest: createHash('sha256').update(logical).digest('hex') } : {}
  const hex = { name: name.toString('hex'), target: target.toString('hex') }
  return { type, ...hex, size: type === 'file' ? logical.length : 0, mode, uid, gid, mtime, runs, ...digest }
}

function written(member: SoundMember): Buffer {
  const { dialect, flag, name, target, mode, uid, gid, mtime, content } = member
  const fields = { flag, mode, size: content.length, link: target.subarray(0, 100), uid, gid, mtime }
  switch (dialect) {
    case 'v7':
      return Buffer.concat([v7({ ...fields, name }), blocks(content)])
    case 'ustar':
      return Buffer.concat([header({ ...fields, ...cut(name, 155) }), blocks(content)])
    case 'star':
    case 'xustar':
      return Buffer.concat([star({ ...fields, ...cut(name, 130) }, { trailer: dialect === 'star' }), blocks(content)])
    case 'gnu':
      return gnuMember(member, fields)
    case 'pax':
      return paxMember(member, fields)
  }
}

/** Go cuts off the slash too, for readers to which a short name that ends with one makes a folder of the longer one. */
function shortened(name: Buffer): Buffer {
  const short = name.subarray(0, 100)
  return short.at(-1) === 0x2f ? short.subarray(0, -1) : short
}

function cut(name: Buffer, prefix: number): HeaderFields {
  if (name.length <= 100) return { name }
  const slash = slashOf(name, prefix)
  return { name: name.subarray(slash + 1), over: { 345: name.subarray(0, slash) } }
}

function gnuMember(
  { name, target, content, holes, uid, gid, mtime, lavish }: SoundMember,
  plain: HeaderFields,
): Buffer {
  const numbers = {
    uid: numeric(uid, 8, lavish),
    gid: numeric(gid, 8, lavish),
    mtime: numeric(mtime, 12, lavish),
    size: numeric(content.length, 12, lavish),
  }
  const fields = { ...plain, ...numbers, name: shortened(name) }
  const before = [
    ...(target.length > 100 || (lavish && target.length > 0) ? [longName(target, 'K')] : []),
    ...(name.length > 100 || lavish ? [longName(name)] : []),
  ]
  if (holes) return Buffer.concat([...before, oldSparse(holes.real, holes.runs, content, { ...fields, flag: 'S' })])
  return Buffer.concat([...before, gnu(fields), blocks(content)])
}

/** Fields that PAX goes before are as writers leave them, and sizes wrong on purpose. */
function paxMember(member: SoundMember, plain: HeaderFields): Buffer {
  const { name, target, content, holes, uid, gid, mtime, lavish } = member
  const records: [string, string | Buffer][] = [['comment', 'a=b\nc']]
  const fields = {
    ...plain,
    name: shortened(name),
    uid: uid % 2 ** 21,
    gid: gid % 2 ** 21,
    mtime: Math.max(0, Math.floor(mtime)),
  }
  if (lavish || name.length > 100) records.push(['path', name])
  if (target.length > 100 || (lavish && target.length > 0)) records.push(['linkpath', target])
  if (lavish || uid >= 2 ** 21) records.push(['uid', String(uid)])
  if (lavish || gid >= 2 ** 21) records.push(['gid', String(gid)])
  if (lavish || mtime !== fields.mtime) records.push(['mtime', String(mtime)], ['SCHILY.xattr.user.a', 'b\0=\n'])
  if (holes) {
    const own = records.map(([key, value]): [string, string | Buffer] => [
      key === 'path' ? 'GNU.sparse.name' : key,
      value,
    ])
    return paxSparse(holes.version, holes.real, holes.runs, content, fields, own)
  }
  if (lavish) records.push(['size', String(content.length)])
  return Buffer.concat([pax(records), header({ ...fields, size: lavish ? 12_345 : content.length }), blocks(content)])
}
