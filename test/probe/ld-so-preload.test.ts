import { expect, it } from 'vitest'
import { ldSoPreload, parseLdSoPreload } from '../../src/probe/ld-so-preload.ts'

it('reads names with blanks, colons and lines between them, and no comments', () => {
  const text = '# libno.so\nliba.so:/opt/libb.so  libc.so # libno.so\n\n$LIB/libd.so'
  expect(parseLdSoPreload(text)?.names).toEqual(['liba.so', '/opt/libb.so', 'libc.so', '$LIB/libd.so'])
  expect(parseLdSoPreload('')?.names).toEqual([])
})

it('wants one file', () => {
  expect(ldSoPreload.wants('/etc/ld.so.preload', 1)).toBe(true)
  expect(ldSoPreload.wants('/opt/etc/ld.so.preload', 1)).toBe(false)
})
