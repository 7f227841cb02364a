import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'

/**
 * A folder of files such as tars have trouble with. Names are bytes, so paths are buffers. `plain` leaves out what the
 * oldest formats cannot hold, and what tar-stream does not understand.
 */
export function makeTree(root: string, plain: boolean): void {
  mkdirSync(root)
  const path = (name: string | Buffer) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)])
  const write = (name: string | Buffer, size: number) => writeFileSync(path(name), randomBytes(size))
  for (const size of [0, 1, 511, 512, 513, 100_000]) write(`size-${size}`, size)
  write('n'.repeat(95), 10) // with its folder, 100 bytes: no NUL in the field
  write('m'.repeat(96), 10) // 101
  mkdirSync(path('empty'))
  symlinkSync('size-1', path('link'))
  linkSync(path('size-513'), path('zz-hard'))
  spawnSync('mkfifo', [path('fifo').toString()])
  utimesSync(path('size-1'), 1_234_567_890.25, 1_234_567_890.25)
  if (plain) return
  const deep = `${'deep/'.repeat(1)}${'d'.repeat(120)}/${'e'.repeat(120)}`
  mkdirSync(path(deep), { recursive: true })
  write(`${deep}/${'f'.repeat(150)}`, 700)
  symlinkSync('t'.repeat(200), path('long-link'))
  linkSync(path(`${deep}/${'f'.repeat(150)}`), path('zz-hard-to-long'))
  write(Buffer.from('caf\xe9', 'latin1'), 20)
  write(Buffer.from('caf\xe8', 'latin1'), 21)
  write('café 😀', 22)
  write('line\nbreak = "quoted" \\ tab\t', 23)
  symlinkSync(Buffer.from('to-\xff', 'latin1'), path('odd-link'))
  spawnSync('touch', ['-d', '1960-01-01T00:00:00Z', path('size-0').toString()]) // Node knows no time before 1970
}

/** Files with holes: few runs, many, a hole at the end, nothing but a hole, and one of more than 8 GiB. */
export function makeSparse(root: string): void {
  const holes: [string, number, number[]][] = [
    ['few', 1_000_000, [0, 500_000]],
    ['many', 40_000_000, Array.from({ length: 120 }, (_, i) => i * 262_144)],
    ['hole-last', 5_000_000, [0]],
    ['only-hole', 3_000_000, []],
    ['huge', 12_000_000_000, [4096, 11_999_990_000]],
  ]
  for (const [name, size, writes] of holes) {
    const file = openSync(`${root}/${name}`, 'w')
    for (const at of writes) writeSync(file, randomBytes(5000), 0, 5000, at)
    ftruncateSync(file, size)
    closeSync(file)
  }
}
