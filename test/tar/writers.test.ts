import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFile } from '../../src/bytes/file.ts'
import { encodeName } from '../../src/bytes/name.ts'
import type { Member } from '../../src/tar/member.ts'
import { TarReader } from '../../src/tar/read.ts'
import { readSeekable, readStream } from '../../src/tar/seek.ts'
import { missing } from '../bytes/tools.ts'
import { Collector } from './list.ts'
import { gnu } from './oracle/gnu.ts'
import { answer } from './oracle/ours.ts'
import { go, libarchive, python } from './oracle/programs.ts'
import { tarStream } from './oracle/tar-stream.ts'
import { type Answer, line, type Oracle, type Told } from './oracle/told.ts'
import { makeSparse, makeTree } from './tree.ts'
import { type Writer, writers } from './writers.ts'

const present = writers.filter(writer => !missing(...writer.tools))
const oracles = [go, gnu, libarchive, python, tarStream].filter(oracle => !missing(...oracle.tools))
const answers = new Map<Oracle, Answer[]>()
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imgaudit-'))
  makeTree(join(folder, 'root'), false)
  makeTree(join(folder, 'simp'), true)
  makeTree(join(folder, 'sprs'), true)
  makeSparse(join(folder, 'sprs'))
  for (const [at, writer] of present.entries()) await writer.write(folder, pathOf(at))
  const paths = present.map((_, at) => pathOf(at))
  for (const oracle of oracles) answers.set(oracle, await oracle.read(paths))
})
afterAll(() => rmSync(folder, { recursive: true }))

function pathOf(at: number): string {
  return join(folder, `${at}.tar`)
}

describe.each(present.map((writer, at) => ({ ...writer, at })))('archives of $name', writer => {
  it('are what all others read', async () => {
    const file = openFile(pathOf(writer.at))
    const ours = await answer(reader => readSeekable(file, reader))
    expect(await answer(reader => readStream(file.stream(), reader))).toEqual(ours)
    file.close()
    expect(ours.end).toMatchObject({ markerMissing: false })
    expect(ours.members.length).toBeGreaterThan(8)
    for (const oracle of oracles) {
      // It takes names for UTF-8, and has no sparse files.
      if (writer.misread?.includes(oracle.name) || (oracle === tarStream && writer.tree !== 'simp')) continue
      const theirs = answers.get(oracle)?.[writer.at] ?? { members: [] }
      expect({ oracle: oracle.name, ...comparable(theirs, oracle, writer) }).toEqual({
        oracle: oracle.name,
        ...comparable(ours, oracle, writer),
      })
    }
  })

  it('hold the bytes that were put in', async () => {
    const file = openFile(pathOf(writer.at))
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
})

function comparable({ members, error }: Answer, oracle: Oracle, writer: Writer): object {
  // GNU tar prints no fractions, and tar-stream reads neither owners nor times out of PAX.
  const says = oracle === tarStream ? [] : oracle.says
  const digests = oracle !== gnu && oracle !== tarStream && writer.tree !== 'sprs'
  const lines = members
    .filter(told => told.type !== 'flag V')
    .map(told => usual(told, oracle === gnu))
    .map(told => line(told, says) + (digests && told.type === 'file' ? ` ${told.digest}` : ''))
  return { error, lines }
}

/** A folder with a list of what it holds is a folder. */
function usual(told: Told, seconds: boolean): Told {
  const folder = told.type === 'flag D' ? { type: 'directory', size: 0 } : {}
  return { ...told, ...folder, ...(seconds && { mtime: Math.floor(told.mtime ?? 0) }) }
}

/** The bytes on disk that an archive stores of a file. */
function original(member: Member): Buffer {
  const bytes = Buffer.alloc(member.stored)
  const file = openSync(Buffer.concat([Buffer.from(`${folder}/`), encodeName(member.name)]), 'r')
  let at = 0
  for (const run of member.sparse ?? [{ offset: 0, length: member.stored }]) {
    at += readSync(file, bytes, at, run.length, run.offset)
  }
  closeSync(file)
  return bytes
}
