import { describe, expect, test } from 'vitest'
import { alignHistory, historyLine } from '../../src/image/history.ts'
import { instruction } from '../../src/image/instruction.ts'
import { isSecretName, maskSecrets, secretsIn } from '../../src/image/secret-text.ts'

describe('instruction', () => {
  test.each([
    // classic builder
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "echo \\"a b\\""]', 'CMD ["/bin/sh", "-c", "echo \\"a b\\""]'],
    ['/bin/sh -c #(nop) ADD file:0123456789abcdef in / ', 'ADD <file> /'],
    ['/bin/sh -c #(nop) COPY --chown=1:1 dir:abcdef in /app ', 'COPY --chown=1:1 <folder> /app'],
    ['/bin/sh -c #(nop) COPY multi:abcdef in /app ', 'COPY <files> /app'],
    ['/bin/bash -o pipefail -c #(nop)  ENV A=b', 'ENV A=b'],
    ['/bin/sh -c set -e', 'RUN set -e'],
    ['|1 TOKEN=abc /bin/sh -c make', 'RUN make'],
    ['|2 A=b c D=e f /bin/bash -o pipefail -c make all', 'RUN make all'],
    ['/bin/sh -c apt-get update     && \tapt-get clean', 'RUN apt-get update && apt-get clean'],
    // BuildKit
    ['RUN /bin/sh -c pip install torch # buildkit', 'RUN pip install torch'],
    ['RUN |2 A=b C=d e /bin/sh -c pip install torch # buildkit', 'RUN pip install torch'],
    ['RUN /bin/bash -o pipefail -c apt-get update # buildkit', 'RUN apt-get update'],
    ['RUN /bin/sh -c bash -c "x" # buildkit', 'RUN bash -c "x"'],
    ['RUN /bin/sh -c <<EOF\nset -e\n  x\nEOF # buildkit', 'RUN <<EOF\nset -e\n  x\nEOF'],
    ['COPY --chown=1 /src /dst # buildkit', 'COPY --chown=1 /src /dst'],
    ['WORKDIR /app', 'WORKDIR /app'],
    ['EXPOSE map[80/tcp:{} 443/tcp:{}]', 'EXPOSE 80/tcp 443/tcp'],
    ['EXPOSE [8080/tcp]', 'EXPOSE 8080/tcp'],
    ['VOLUME [/data /x]', 'VOLUME ["/data", "/x"]'],
    ['SHELL [/bin/bash -o pipefail -c]', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'],
    [
      `HEALTHCHECK &{["CMD-SHELL" "curl -f x || exit 1"] "30s" "3s" "0s" '\\x03'}`,
      'HEALTHCHECK --interval=30s --timeout=3s CMD curl -f x || exit 1',
    ],
    // others
    ['RUN apt-get update', 'RUN apt-get update'],
    ['bazel build ...', 'bazel build ...'],
    ['', undefined],
  ])('%s', (raw, written) => {
    expect(instruction(raw)).toBe(written)
  })

  test('long and hostile text takes no time', () => {
    const long = 200_000
    for (const text of [
      ' '.repeat(long),
      'a.'.repeat(long),
      'file:a in '.repeat(long / 10),
      '/bin/sh '.repeat(long / 8),
    ]) {
      const from = performance.now()
      instruction(`x${text}\n`)
      instruction(`/bin/sh -c #(nop) COPY ${text}`)
      instruction(`RUN |1 ${text}`)
      maskSecrets(text)
      expect(performance.now() - from).toBeLessThan(2000)
    }
  })
})

test('history is aligned when the numbers are the same, else not at all', () => {
  const lines = [{ created_by: 'ADD x' }, { created_by: 'ENV a', empty_layer: true }, { created_by: 'RUN y' }].map(
    historyLine,
  )
  expect(alignHistory(lines, 2).map(line => line?.createdBy)).toEqual(['ADD x', 'RUN y'])
  expect(alignHistory(lines, 3)).toEqual([undefined, undefined, undefined])
  expect(alignHistory(lines, 1)).toEqual([undefined])
  expect(alignHistory([], 1)).toEqual([undefined])
})

describe('secrets', () => {
  const github = `ghp_${'a'.repeat(30)}012345`
  test.each([
    ['ENV DB_PASSWORD=hunter2 A=b', 'ENV DB_PASSWORD=*** A=b', 'password'],
    [`ENV HF_TOKEN=hf_${'x'.repeat(34)}`, 'ENV HF_TOKEN=***', 'Hugging Face token'],
    [
      'pip install -i https://user:pw@host/simple x',
      'pip install -i https://***@host/simple x',
      'URL with credentials',
    ],
    [`git clone https://${github}@github.com/x`, 'git clone https://***@github.com/x', 'GitHub token'],
    ['curl -H "Authorization: Bearer abcdefgh1" x', 'curl -H "Authorization: Bearer ***" x', 'authorization header'],
    ['login --password s3cr3t x', 'login --password *** x', 'password'],
    ["PASSPHRASE='a b' x", 'PASSPHRASE=*** x', 'password'],
    ['LABEL apiKey=foo123 a=b', 'LABEL apiKey=*** a=b', 'key'],
    ['ENV DB_PASSWORD=p&ss;w"ord) A=b', 'ENV DB_PASSWORD=*** A=b', 'password'],
    ['ENV DB_PASSWORD=a pass phrase A=b', 'ENV DB_PASSWORD=*** A=b', 'password'],
    ['x PASSWORD="open', 'x PASSWORD=***', 'password'],
    ['password = abc', 'password = ***', 'password'],
    ['ENV PASSWORD hunter2', 'ENV PASSWORD ***', 'password'],
    ['AKIAABCDEFGHIJKLMNOP', '***', 'AWS access key'],
  ])('%s', (text, masked, kind) => {
    expect(maskSecrets(text)).toBe(masked)
    expect(secretsIn(text).map(secret => secret.kind)).toEqual([kind])
  })

  test.each([
    'ENV GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568',
    'ENV TOKENIZERS_PARALLELISM=false MAX_TOKENS=100 SECRET_FILE=/a PWD=/x',
    'ENV API_KEY=$'.concat('{API_KEY} TOKEN=$TOKEN PASSWORD='),
    'RUN --mount=type=secret,id=token cat /run/secrets/token',
    'pip install scikit-learn task-force-with-a-long-name-1234567890',
    'https://github.com/a/b@v1 user@host:/path',
  ])('%s has none', text => {
    expect(secretsIn(text)).toEqual([])
    expect(maskSecrets(text)).toBe(text)
  })

  test('names', () => {
    for (const name of ['DB_PASSWORD', 'hfToken', 'AWS_SECRET_ACCESS_KEY', 'apiKey', 'NPM_TOKEN'])
      expect(isSecretName(name)).toBe(true)
    for (const name of ['PATH', 'TOKEN_FILE', 'MAX_TOKENS', 'KEYBOARD', 'PWD', 'GPG_KEY'])
      expect(isSecretName(name)).toBe(false)
  })
})
