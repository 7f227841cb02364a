import { expect, test } from 'vitest'
import { Crc64 } from '../../src/bytes/crc64.ts'

test('is what Go makes with crc64.MakeTable(crc64.ISO)', () => {
  expect(new Crc64().digest().toString('hex')).toBe('0000000000000000')
  expect(new Crc64().update(Buffer.from('123456789')).digest().toString('hex')).toBe('b90956c775a41001')
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff))
  const pieces = new Crc64()
  for (let at = 0; at < bytes.length; at += 777) pieces.update(bytes.subarray(at, at + 777))
  expect(pieces.digest().toString('hex')).toBe('402652502df21593')
})
