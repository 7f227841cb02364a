// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a Dockerfile
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeIn } from '../../src/dockerfile/place.ts'
import { ImgauditError } from '../../src/error.ts'
import { linesOf, recorded } from './recorded.ts'

const path = 'docker/Dockerfile'

function place(text: string, history: readonly (string | null)[], base?: readonly (boolean | null)[], target?: string) {
  return placeIn(recorded(history, base), { path, text, ...(target === undefined ? {} : { target }) })
}

function lines(text: string, history: readonly (string | null)[], base?: readonly (boolean | null)[], target?: string) {
  const placed = place(text, history, base, target)
  expect(placed.notices).toEqual([])
  return linesOf(placed)
}

const application = `# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
ENV DEBIAN_FRONTEND=noninteractive \\
    PIP_ROOT_USER_ACTION=ignore
RUN apt-get update && \\
    # what the wheels need
    apt-get install -y --no-install-recommends python3 python3-pip && \\

    rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY --chown=1000:1000 requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip \\
    pip install -r requirements.txt
ARG TOKEN=not-a-real-secret-1111111111
RUN curl -H "X-Token: $TOKEN" https://example.com/model >model.bin
COPY . app/
USER 1000
CMD ["python3", "app/main.py"]
`

const install =
  'apt-get update &&     apt-get install -y --no-install-recommends python3 python3-pip &&     rm -rf /var/lib/apt/lists/*'
const fetch = 'curl -H "X-Token: $TOKEN" https://example.com/model >model.bin'

describe('the lines of a Dockerfile', () => {
  it('are found in what BuildKit records', () => {
    const history = [
      '/bin/sh -c #(nop) ADD file:0123abc in / ',
      `RUN /bin/sh -c ${install} # buildkit`,
      'WORKDIR /srv',
      'COPY --chown=1000:1000 requirements.txt . # buildkit',
      'RUN /bin/sh -c pip install -r requirements.txt # buildkit',
      `RUN |1 TOKEN=not-a-real-secret-1111111111 /bin/sh -c ${fetch} # buildkit`,
      'COPY . app/ # buildkit',
    ]
    const found = ['5-9', '10-10', '11-11', '12-13', '15-15', '16-16']
    expect(lines(application, history, [true, ...Array(6).fill(false)])).toEqual(['2-2', ...found])
    expect(lines(application, history, Array(7).fill(null))).toEqual(['2-2', ...found])
  })

  it("are found in what Docker's classic builder records, where WORKDIR makes no layer", () => {
    const history = [
      `/bin/sh -c ${install}`,
      '/bin/sh -c #(nop) COPY --chown=1000:1000file:9a32e0bbc44ca033 in . ',
      '/bin/sh -c pip install -r requirements.txt',
      `|1 TOKEN=not-a-real-secret-1111111111 /bin/sh -c ${fetch}`,
      '/bin/sh -c #(nop) COPY dir:cf5492a00ea1cd6b in app/ ',
    ]
    expect(lines(application, history)).toEqual(['5-9', '11-11', '12-13', '15-15', '16-16'])
  })

  it('are found in what buildah records: mounts, and destinations from the root', () => {
    const history = [
      `/bin/sh -c ${install}`,
      '/bin/sh -c #(nop) COPY file:9a32e0bbc44ca033 in /srv/ ',
      '/bin/sh -c --mount=type=cache,target=/root/.cache/pip     pip install -r requirements.txt',
      `|1 TOKEN=not-a-real-secret-1111111111 /bin/sh -c ${fetch}`,
      '/bin/sh -c #(nop) COPY dir:cf5492a00ea1cd6b in /srv/app/ ',
    ]
    expect(lines(application, history)).toEqual(['5-9', '11-11', '12-13', '15-15', '16-16'])
  })

  it('are found in what kaniko records: the instruction itself', () => {
    const history = [
      `RUN ${install}`,
      'WORKDIR /srv',
      'COPY --chown=1000:1000 requirements.txt .',
      'RUN --mount=type=cache,target=/root/.cache/pip     pip install -r requirements.txt',
      `RUN ${fetch}`,
      'COPY . app/',
    ]
    expect(lines(application, history)).toEqual(['5-9', '10-10', '11-11', '12-13', '15-15', '16-16'])
  })

  it('are those of here-documents, whole', () => {
    const text = [
      'FROM debian',
      'RUN <<EOF', // 2
      'apt-get update',
      '# no comment here',
      'apt-get clean',
      'EOF',
      "RUN python3 - <<'PY' && echo done", // 7
      'print(1)',
      'PY',
      'COPY <<-"a.conf" <<b.conf /etc/app/', // 10
      '\tFROM nothing',
      '\ta.conf',
      'b',
      'b.conf',
      'RUN <<EOF', // 15
      '#!/usr/bin/env python3',
      'print(2)',
      'EOF',
      'RUN true', // 19
    ].join('\n')
    const history = [
      'RUN /bin/sh -c apt-get update\n# no comment here\napt-get clean\n # buildkit',
      "RUN /bin/sh -c python3 - <<'PY' && echo done\nprint(1)\nPY # buildkit",
      'COPY <<a.conf <<b.conf /etc/app/ # buildkit',
      'RUN /bin/sh -c /dev/pipes/EOF # buildkit',
      'RUN /bin/sh -c true # buildkit',
    ]
    expect(lines(text, history)).toEqual(['2-6', '7-9', '10-14', '15-18', '19-19'])
  })

  it('are found with another shell, the exec form, another escape, CRLF and a byte order mark', () => {
    const text = [
      '\ufeff# escape=`',
      'from debian',
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
      'run a | b `',
      '  && c',
      'SHELL ["/usr/bin/python3", "-c"]',
      'RUN print(1)',
      'RUN ["pip", "install", "a b"]',
      'COPY ["one file", "/to/"]',
    ].join('\r\n')
    const history = [
      'RUN /bin/bash -o pipefail -c a | b   && c # buildkit',
      'RUN /usr/bin/python3 -c print(1) # buildkit',
      'RUN pip install a b # buildkit',
      'COPY one file /to/ # buildkit',
    ]
    expect(lines(text, history)).toEqual(['4-5', '7-7', '8-8', '9-9'])
    expect(lines(text, [...history.slice(0, 2), 'pip install a b', ...history.slice(3)])[2]).toBe('8-8')
  })

  it('end at two escape characters, as of a folder on Windows', () => {
    const text = [
      'FROM a',
      'COPY x C:\\\\',
      'RUN one \\',
      '  two\\\\\\  ',
      'RUN <<END-1.0',
      'a\\\\',
      'END-1.0',
      'RUN three',
    ]
    const history = [
      'COPY x C:\\\\ # buildkit',
      'RUN /bin/sh -c one   two\\\\\\ # buildkit',
      'RUN /bin/sh -c a\\\\\n # buildkit',
      'RUN /bin/sh -c three # buildkit',
    ]
    for (const end of ['\n', '\r\n']) expect(lines(text.join(end), history)).toEqual(['2-2', '3-4', '5-7', '8-8'])
  })

  it('see through variables that the Dockerfile gives, and through those that only the build knew', () => {
    const text = [
      'ARG VERSION=3',
      'FROM debian:$VERSION',
      'ARG VERSION',
      'ENV HOME_OF_APP=/opt/app PLUS="${HOME_OF_APP}/plus"',
      'COPY bin-${VERSION} $HOME_OF_APP/', // 5
      'ADD https://example.com/${NAME:-model}.bin ${HOME_OF_APP}/m',
      'COPY a-$UNKNOWN.txt /etc/$UNKNOWN/a.txt',
      'WORKDIR $HOME_OF_APP',
      'COPY x ./', // 9
    ].join('\n')
    const history = [
      'COPY bin-3 /opt/app/ # buildkit',
      'ADD https://example.com/model.bin /opt/app/m # buildkit',
      'COPY a-77.txt /etc/77/a.txt # buildkit',
      'WORKDIR /opt/app',
      '/bin/sh -c #(nop) COPY file:01ab in /opt/app/ ',
    ]
    expect(lines(text, history)).toEqual(['5-5', '6-6', '7-7', '8-8', '9-9'])
    expect(lines(text, ['COPY bin-4 /opt/app/ # buildkit', ...history.slice(1)])[0]).toBe('5-5')
  })

  it('see through secrets, which the report has not', () => {
    const text = [
      'FROM debian',
      'ARG USER TOKEN', // 2
      'RUN pip install --index-url https://user:pw-12345@example.com/simple \\', // 3
      '  numpy',
      'ADD https://user:${TOKEN}@example.com/model.bin /srv/model.bin', // 5
      'RUN curl -H "Authorization: Bearer abcdefghijkl" https://example.com', // 6
    ].join('\n')
    const history = [
      '/bin/sh -c pip install --index-url https://user:pw-12345@example.com/simple   numpy',
      'ADD https://user:another-12345@example.com/model.bin /srv/model.bin # buildkit',
      'RUN |1 TOKEN=another-12345 /bin/sh -c curl -H "Authorization: Bearer abcdefghijkl" https://example.com # buildkit',
    ]
    const placed = place(text, history)
    expect(linesOf(placed)).toEqual(['3-4', '5-5', '6-6'])
    expect(placed.layers.every(({ createdBy }) => createdBy?.includes('***'))).toBe(true)
  })

  const staged = [
    'ARG BASE=debian',
    'FROM ${BASE} AS base',
    'RUN one', // 3
    'FROM base AS Build',
    'RUN two', // 5
    'FROM build',
    'COPY --from=base /a /b', // 7
    'FROM scratch as other',
    'COPY --from=build /c /d', // 9
  ].join('\n')

  it('are those of the stage that was built, and of the stages that it is FROM', () => {
    expect(lines(staged, ['COPY /c /d'])).toEqual(['9-9'])
    expect(lines(staged, ['RUN one', 'RUN two'], undefined, 'build')).toEqual(['3-3', '5-5'])
    expect(lines(staged, ['RUN one', 'RUN two', 'COPY /a /b'], undefined, '2')).toEqual(['3-3', '5-5', '7-7'])
    // The base is what the first of them is FROM, and nothing brings one into scratch.
    const based = lines(staged, ['ADD rootfs /', 'RUN one', 'RUN two'], [true, false, false], 'build')
    expect(based).toEqual(['2-2', '3-3', '5-5'])
    expect(lines(staged, ['ADD rootfs /', 'COPY /c /d'], [null, false])).toEqual([null, '9-9'])
    expect(() => place(staged, [], undefined, 'tset')).toThrow('docker/Dockerfile has no stage tset')
    expect(() => place('FROM a', [], undefined, '1')).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('stand next to layers that the Dockerfile does not explain, while it explains most', () => {
    const text = 'FROM a\nRUN one\nRUN two\nRUN three\n'
    expect(lines(text, ['RUN one', null, 'RUN two', 'RUN three'])).toEqual(['2-2', null, '3-3', '4-4'])
    expect(lines(text, ['RUN one', 'RUN three'])).toEqual(['2-2', '4-4'])
  })

  it('of the same text stand where the image ends', () => {
    const text = 'FROM a\nRUN x\nRUN y\nRUN x\n'
    expect(lines(text, ['RUN x', 'RUN x', 'RUN y', 'RUN x'], Array(4).fill(null))).toEqual(['1-1', '2-2', '3-3', '4-4'])
  })

  it("are those of FROM for all that an image of one's own brought, wherever that began", () => {
    const text = 'FROM team/base\nCOPY requirements.txt /app/\nRUN pip install -r /app/requirements.txt\n'
    const brought = ['ADD rootfs.tar.xz /', 'RUN apt-get update', 'COPY tools /opt/tools', 'RUN useradd app']
    const history = [...brought, 'COPY requirements.txt /app/', 'RUN pip install -r /app/requirements.txt']
    const base = [true, ...Array(5).fill(false)]
    expect(lines(text, history, base)).toEqual(['1-1', '1-1', '1-1', '1-1', '2-2', '3-3'])
    // Where an instruction was edited since, the layer in front may be that one's.
    const edited = 'FROM team/base\nCOPY requirements.in /app/\nRUN pip install -r /app/requirements.txt\nRUN two\n'
    expect(
      lines(edited, [...history.slice(0, 4), 'COPY x /y', ...history.slice(5), 'RUN two'], base.concat(false)),
    ).toEqual(['1-1', ...[null, null, null, null], '3-3', '4-4'])
  })

  it('are not given where another Dockerfile was named', () => {
    const text = 'FROM a\nRUN one\nRUN two\nRUN three\nRUN four\n'
    for (const history of [['RUN one', 'RUN 2', 'RUN 3'], ['RUN x'], [null, null]]) {
      for (const base of [false, null]) {
        const placed = place(text, history, Array(history.length).fill(base))
        expect(placed.layers.every(layer => layer.dockerfile === null)).toBe(true)
        expect(placed.notices.map(notice => notice.code)).toEqual(['dockerfile-differs'])
      }
    }
    expect(place(text, ['RUN four'], [null]).notices).toHaveLength(1)
    expect(place(text, ['RUN one', 'RUN 2', 'RUN 3']).notices[0]?.message).toBe(
      'docker/Dockerfile does not seem to have built this image: it has the instructions of 1 of 3 layers on top of the base',
    )
  })
})

describe('what is no Dockerfile', () => {
  it.each(['', '# nothing', '{ "name": "app" }', 'RUN one', 'FROM a\nRUM one'])('is refused: %j', text => {
    expect(() => place(text, ['RUN one'])).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('is refused with the line', () => {
    expect(() => place('FROM a\n\nRUM one', [])).toThrow(
      'docker/Dockerfile has no Dockerfile instruction in line 3: RUM',
    )
    expect(() => place('# syntax=my/frontend\nFROM a\nRUM one', [])).not.toThrow()
  })

  it.each(['hunter2', 'root:$6$salt$hash:1:2:3', 'MIIEvAIBADANBgkqhkiG9w0BAQEFAASC', 'x'.repeat(21)])(
    'is refused without what another file has in it: %s',
    line => {
      const wrong = 'docker/Dockerfile has no Dockerfile instruction in line 2'
      expect(() => place(`FROM a\n${line}`, [])).toThrow(expect.objectContaining({ message: wrong }))
    },
  )

  it('gets no other error, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        'FROM ',
        'RUN ',
        'COPY ',
        'ENV ',
        'ARG ',
        'WORKDIR ',
        'SHELL ',
        'ONBUILD ',
        'AS ',
        '<<E ',
        '<<-"E" ',
        '\nE\n',
      ],
      ...[
        '\\',
        '\\\n',
        '\n',
        '\r\n',
        '\t',
        ' ',
        '#',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        '$',
        '${',
        '=',
        '--',
        '*',
        ',',
        '\0',
      ],
    )
    const text = fc.array(fc.oneof({ weight: 4, arbitrary: piece }, fc.string({ unit: 'binary', maxLength: 6 })))
    fc.assert(
      fc.property(text, fc.boolean(), (parts, whole) => {
        const written = `${whole ? 'FROM a AS b\n' : ''}${parts.join('')}`
        try {
          const { layers } = place(written, ['RUN one', 'COPY a b', '*** ***'], [null, null, null])
          const last = written.split(/\r\n|\r|\n/).length
          for (const { dockerfile } of layers) {
            if (dockerfile === null) continue
            expect(dockerfile.start).toBeLessThanOrEqual(dockerfile.end)
            expect(dockerfile.end).toBeLessThanOrEqual(last)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ImgauditError)
        }
      }),
      { numRuns: 300 },
    )
  })

  const long = 1_000_000
  it.each([
    ['one line', `FROM a\nRUN ${'a '.repeat(long / 2)}`],
    ['one line of escapes', `FROM a\nRUN ${'\\'.repeat(long)} a\nRUN ${'\\'.repeat(long / 2)}`],
    ['one word', `FROM a\nCOPY ${'a'.repeat(long)} /b`],
    ['one line of variables', `FROM a\nCOPY ${'$A'.repeat(long / 2)} /b`],
    ['one line of quotes', `FROM a\nENV ${'A="'.repeat(long / 3)}`],
    ['10,000 instructions', `FROM a\n${'RUN echo 1\nENV A=$A$A$A\n'.repeat(5_000)}`],
    ['stages and comments', 'FROM a\n#\n'.repeat(50_000)],
    ['stages', 'FROM a AS a\n'.repeat(20_000)],
    ['an endless here-document', `FROM a\nRUN <<E\n${'x\n'.repeat(100_000)}`],
    ['here-documents', `FROM a\nRUN ${'<<E '.repeat(2_000)}\n${'x\n'.repeat(10_000)}`],
    ['variables that are not closed', `FROM a\nCOPY ${'${'.repeat(long / 2)} /b`],
  ])('takes no minutes: %s', { timeout: 60_000 }, (_, text) => {
    // Where it is quadratic it takes more than an hour.
    try {
      place(text, [...Array(126).fill(`RUN ${'a '.repeat(1000)}***`), 'COPY a /b'])
    } catch (error) {
      expect(error).toBeInstanceOf(ImgauditError)
    }
  })
})
