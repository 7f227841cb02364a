import { describe, expect, test } from 'vitest'
import { maskSecrets, secretsIn } from '../../src/image/secret-text.ts'

describe('the value of a secret is masked', () => {
  test.each([
    ['in a query', 'wget "https://a.example/b?access_token=cdefgh&i=j"', 'wget "https://a.example/b?access_token=***'],
    ['behind another name', '--build-arg=DB_PASSWORD=abc x', '--build-arg=DB_PASSWORD=*** x'],
    ['behind what ends in a colon', 'cannot log in: password=abc', 'cannot log in: password=***'],
    ['with an @ in it', 'https://me:a@b@host/x', 'https://***@host/x'],
    ['of an address that was made a path', 'no folder /w/https:/me:abc@host/x', 'no folder /w/https:/***@host/x'],
    ['that a shell puts together', `TOKEN="a b"c'd' e`, 'TOKEN=*** e'],
    ['that is a default', 'TOKEN=$'.concat('{TOKEN:-abcdef} x'), 'TOKEN=*** x'],
    ['of curl', 'curl -fsSu me:abc https://a', 'curl -fsSu me:*** https://a'],
    ['of npm', 'echo //r.example/:_authToken=abc >.npmrc', 'echo //r.example/:_authToken=*** >.npmrc'],
    ['of npm config', 'npm config set //r.example/:_authToken abc', 'npm config set //r.example/:_authToken ***'],
    ['of psql', 'PGPASSWORD=abc psql', 'PGPASSWORD=*** psql'],
    ['that is called PASS', 'ENV SMTP_PASS=a b C=d', 'ENV SMTP_PASS=*** C=d'],
    ['in a value that is declared', 'ENV PIP_ARGS=--token=abc A=b', 'ENV PIP_ARGS=--token=*** A=b'],
    ['of a registry', '{"r":{"auth":"bWU6YWJjZA=="}}', '{"r":{"auth":"***"}}'],
    ['of PGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----\na\n-----END PGP PRIVATE KEY BLOCK----- b', '*** b'],
  ])('%s', (_, text, masked) => expect(maskSecrets(text)).toBe(masked))

  test.each([
    'docker run -u 1000:1000 --user root:root x && chown -R a:b /c',
    'curl -u $USER:$PASSWORD https://a.example/t/b',
    'PASSWORD=$'.concat('{PASSWORD} TOKEN=$', '{TOKEN:?is not set} KEY=$', '{KEY:-} x'),
    'npm config set registry https://r.example && git config --global user.name a',
    'login failed, password is wrong; mkdir -p /a/b',
    'std::tokens: 3, BYPASS=1 COMPASS=north author=me author: me',
    'ssh://git@github.com/a/b http://host:8080/a:b@c https://a/%40scope/b@1.2.3',
  ])('of which there is none in %s', text => {
    expect(maskSecrets(text)).toBe(text)
    expect(secretsIn(text)).toEqual([])
  })

  // What scans ahead for each of them takes hours.
  test.each([
    'curl ',
    'curl -u a ',
    'login ',
    ' -p ',
    'a:',
    'a="',
    "token='",
    'token="\\" ',
    'token=',
    'ENV A=',
    'ENV TOKEN ',
    ' set ',
    ' set token',
    'a://b',
    'a://:',
    'Bearer ',
    'Authorization: ',
    'eyJ',
    '-----BEGIN PRIVATE KEY',
    '://a/t/',
    '"auth":"',
    ' ',
    '_',
    'a.',
    '&sig=',
    'sk-',
  ])('in a moment, whatever is repeated: %j', part => {
    const text = part.repeat(Math.ceil(200_000 / part.length))
    const start = Date.now()
    for (const before of ['', 'ENV ', 'a set ', 'token="']) maskSecrets(before + text)
    expect(Date.now() - start).toBeLessThan(5000)
  })
})
