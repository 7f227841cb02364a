import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layersOf } from '../../src/compare/layers.ts'
import { invalidatedOf, pullOf } from '../../src/compare/pull.ts'
import { layer, layers } from './random-layers.ts'

function list(...parts: readonly (readonly [diffId: string, createdBy?: string, stored?: number])[]) {
  return parts.map(([diffId, createdBy, stored], index) => layer(index, diffId, createdBy ?? null, stored ?? null))
}

describe('a pull', () => {
  it('fetches every layer that the host has not, once', () => {
    fc.assert(
      fc.property(layers, layers, (before, after) => {
        const there = new Set(before.map(({ diffId }) => diffId))
        const wanted = new Map(after.filter(({ diffId }) => !there.has(diffId)).map(one => [one.diffId, one]))
        const bytes = [...wanted.values()].reduce((sum, { size }) => sum + size.unpacked, 0)
        const { again, ...pull } = pullOf(before, after)
        expect(pull.layers).toBe(wanted.size)
        expect(pull.bytes).toBe(bytes)
        // As Docker's graph drivers look layers up: by a digest of all from the base up to it.
        const chains = new Set(before.map((_, at) => chain(before, at)))
        const missing = after.filter((_, at) => !chains.has(chain(after, at))).map(({ diffId }) => diffId)
        expect(pull.layers + again.layers).toBe(new Set(missing).size)
      }),
      { numRuns: 1000 },
    )
  })

  it('fetches nothing of the same image', () => {
    fc.assert(
      fc.property(layers, same => {
        const nothing = { bytes: 0, layers: 0 }
        expect(pullOf(same, same)).toEqual({ ...nothing, kind: 'stored', again: nothing })
        expect(invalidatedOf(same, same, layersOf(same, same))).toBeNull()
      }),
    )
  })

  it('is as large as blobs, where those are known of all that moves', () => {
    const before = list(['a', 'ADD /'], ['b', 'RUN b', 7])
    expect(pullOf(before, list(['a', 'ADD /'], ['c', 'RUN c', 40], ['b', 'RUN b', 7]))).toEqual({
      bytes: 40,
      kind: 'stored',
      layers: 1,
      again: { bytes: 7, layers: 1 },
    })
    expect(pullOf(before, list(['a', 'ADD /'], ['c', 'RUN c', 40], ['b', 'RUN b']))).toEqual({
      bytes: 300 + 1024,
      kind: 'unpacked',
      layers: 1,
      again: { bytes: 200 + 1024, layers: 1 },
    })
  })

  it('fetches a layer that stands twice once, whether the host has it or not', () => {
    const before = list(['a'], ['e', 'WORKDIR /x'])
    const after = list(['a'], ['b'], ['e'], ['b'], ['e'])
    expect(pullOf(before, after)).toMatchObject({ layers: 1, again: { layers: 1 } })
  })

  it('fetches layers again that were moved, where they are looked up by chain ID', () => {
    const before = list(['a', 'ADD /', 1], ['b', 'RUN b', 2], ['c', 'RUN c', 4])
    const after = list(['a', 'ADD /', 1], ['c', 'RUN c', 4], ['b', 'RUN b', 2])
    expect(pullOf(before, after)).toEqual({ bytes: 0, kind: 'stored', layers: 0, again: { bytes: 6, layers: 2 } })
  })
})

function chain(layers: readonly { readonly diffId: string }[], upTo: number): string {
  return layers
    .slice(0, upTo + 1)
    .map(({ diffId }) => diffId)
    .join()
}

describe('what a changed layer costs behind it', () => {
  it('is what was built again from the same instruction', () => {
    const before = list(['a', 'ADD /', 1], ['b', 'COPY . .', 2], ['c', 'RUN pip', 4], ['d', 'RUN y', 8])
    const after = list(['a', 'ADD /', 1], ['f', 'COPY . .', 16], ['g', 'RUN pip', 32], ['h', 'RUN z', 64])
    expect(invalidatedOf(before, after, layersOf(before, after))).toEqual({
      layer: 1,
      createdBy: 'COPY . .',
      base: null,
      layers: [2],
      bytes: 32,
    })
  })

  it('is not a COPY that brings other bytes', () => {
    const before = list(['a', 'RUN x'], ['b', 'COPY model /'], ['c', 'ADD b.tar /'], ['d', 'COPY . .'], ['e', 'RUN y'])
    const after = list(['f', 'RUN x'], ['g', 'COPY model /'], ['h', 'ADD b.tar /'], ['d2', 'COPY . .'], ['i', 'RUN y'])
    expect(invalidatedOf(before, after, layersOf(before, after))).toMatchObject({ layer: 0, layers: [3, 4] })
  })

  it('is not a RUN that names what the first copies: it changed for that', () => {
    const install = 'RUN pip install -r /app/requirements.txt'
    const built = (copy: string, ...ids: readonly [string, string, string]) =>
      list(['a', 'ADD /'], [ids[0], copy], [ids[1], install], [ids[2], 'RUN make'])
    for (const copy of ['COPY requirements.txt /app/', 'ADD --chown=1:1 ["x.py", "requirements.txt", "/app/"]']) {
      const [before, after] = [built(copy, 'b', 'c', 'd'), built(copy, 'e', 'f', 'g')]
      expect(invalidatedOf(before, after, layersOf(before, after))).toMatchObject({ layer: 1, layers: [3] })
    }
    const [before, after] = [built('COPY . /app', 'b', 'c', 'd'), built('COPY . /app', 'e', 'f', 'g')]
    expect(invalidatedOf(before, after, layersOf(before, after))).toMatchObject({ layer: 1, layers: [2, 3] })
  })

  it.each([
    ['COPY package*.json ./', 'RUN npm ci --omit=dev', null],
    ['COPY go.mod go.sum ./', 'RUN go mod download', null],
    ['COPY pyproject.toml poetry.lock ./', 'RUN cd /app && poetry install', null],
    ['COPY Gemfile Gemfile.lock ./', 'RUN bundle install', null],
    ['COPY go.mod go.sum ./', 'RUN npm ci', [2]],
    ['COPY * ./', 'RUN npm ci', [2]],
    ['COPY p*c*.json ./', 'RUN npm ci', null],
    ['COPY p*x*.json ./', 'RUN npm ci', [2]],
    ['COPY a*a*a*b.sh ./', `RUN ./${'a'.repeat(20_000)}.sh`, [2]],
    [`COPY ${'a*'.repeat(40)}b ./`, `RUN ./${'a'.repeat(5000)}.sh`, [2]],
  ])('knows what a package manager reads: %s, %s', (copy, run, layers) => {
    const [before, after] = ['b', 'c'].map(id => list(['a', 'ADD /'], [id, copy], [`${id}2`, run]))
    if (before === undefined || after === undefined) throw new Error('there are two')
    expect(invalidatedOf(before, after, layersOf(before, after))?.layers ?? null).toEqual(layers)
  })

  it('is not what came with FROM: that was built elsewhere', () => {
    const image = (...ids: readonly [string, string, string]) =>
      list([ids[0], 'ADD /'], [ids[1], 'RUN apt'], [ids[2], 'RUN pip']).map(one => ({ ...one, base: one.index < 2 }))
    const [before, after] = [image('a', 'b', 'c'), image('d', 'e', 'f')]
    expect(invalidatedOf(before, after, layersOf(before, after))).toMatchObject({ layer: 0, base: true, layers: [2] })
  })

  it('blames another FROM, and no instruction, where the base ended at another layer', () => {
    const before = list(['a', 'ADD /'], ['b', 'RUN apt'], ['c', 'COPY a.txt /'], ['d', 'RUN make a.txt'])
    const after = list(['a', 'ADD /'], ['e', 'COPY a.txt /'], ['f', 'RUN make a.txt'])
    const [old, young] = [before, after].map((layers, which) =>
      layers.map(one => ({ ...one, base: one.index < 2 - which })),
    )
    if (old === undefined || young === undefined) throw new Error('there are two')
    expect(invalidatedOf(old, young, layersOf(old, young))).toMatchObject({ layer: 1, base: true, layers: [2] })
    expect(invalidatedOf(before, after, layersOf(before, after))).toBeNull()
  })

  it('is nothing where what stands behind it was built to the same bytes', () => {
    const before = list(['a', 'ADD /'], ['b', 'COPY . .'], ['c', 'RUN pip'])
    const after = list(['a', 'ADD /'], ['d', 'COPY . .'], ['c', 'RUN pip'])
    expect(invalidatedOf(before, after, layersOf(before, after))).toBeNull()
  })

  it('is nothing where the last layer changed, or one was added', () => {
    const before = list(['a', 'ADD /'], ['b', 'COPY . .'])
    for (const after of [
      list(['a', 'ADD /'], ['d', 'COPY . .']),
      list(['a', 'ADD /'], ['b', 'COPY . .'], ['c', 'RUN x']),
    ]) {
      expect(invalidatedOf(before, after, layersOf(before, after))).toBeNull()
    }
  })
})
