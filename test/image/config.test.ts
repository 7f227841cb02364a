import { expect, test } from 'vitest'
import { parseConfig } from '../../src/image/config.ts'

const oci = 'application/vnd.oci.image.config.v1+json'

test('missing and null fields are as engines take them', () => {
  for (const document of [
    '{}',
    '{"config":null,"rootfs":null,"history":null}',
    '{"config":{"Env":null,"Labels":null}}',
  ]) {
    const config = parse(document)
    expect(config).toMatchObject({
      os: 'linux',
      architecture: 'unknown',
      user: '',
      command: [],
      diffIds: [],
      history: [],
    })
    expect(config.env.size).toBe(0)
  }
})

test('values have equals signs in them, and the last of two names counts', () => {
  const { env } = parse('{"config":{"Env":["A=1","B=x=y","A=2","C"]}}')
  expect([...env]).toEqual([
    ['A', '2'],
    ['B', 'x=y'],
    ['C', ''],
  ])
})

test('an OCI configuration cannot carry a health check, unless it does', () => {
  const checked = '{"config":{"Healthcheck":{"Test":["CMD","true"]}}}'
  expect(parse('{}').healthcheck).toBeUndefined()
  expect(parse('{}', oci).healthcheck).toBeNull()
  expect(parse(checked).healthcheck).toEqual(['CMD', 'true'])
  expect(parse(checked, oci).healthcheck).toEqual(['CMD', 'true'])
})

test('fields are those that Go reads: in either case, the last of several, null changes nothing', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const odd = parse(
    `{"OS":"linux","rootfS":{"type":"layers","diff_ids":["${digest}"]},"config":{"user":"app","cmd":["sh"]}}`,
  )
  expect([odd.user, odd.command, odd.diffIds]).toEqual(['app', ['sh'], [digest]])
  expect(parse('{"config":{"User":"app","user":"root"}}').user).toBe('root')
  expect(parse('{"config":{"user":"root","User":"app","USER":null}}').user).toBe('app')
  expect(parse('{"history":[{"Empty_Layer":true}]}').history.map(({ emptyLayer }) => emptyLayer)).toEqual([true])
  // Labels are no fields.
  expect([...parse('{"config":{"Labels":{"a":"1","A":"2"}}}').labels]).toEqual([
    ['a', '1'],
    ['A', '2'],
  ])
})

test('a diff ID that is none', () => {
  expect(() => parse('{"rootfs":{"diff_ids":["sha256:1"]}}')).toThrow('layer 0')
})

function parse(document: string, mediaType?: string) {
  return parseConfig(Buffer.from(document), mediaType)
}
