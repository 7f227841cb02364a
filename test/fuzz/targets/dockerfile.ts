import { placeIn } from '../../../src/dockerfile/place.ts'
import { recorded } from '../../dockerfile/recorded.ts'
import type { Target } from '../target.ts'

const text = `# syntax=docker/dockerfile:1
ARG BASE=ubuntu:22.04
FROM \${BASE} AS build
SHELL ["/bin/bash", "-c"]
WORKDIR /src
RUN --mount=type=cache,target=/root/.cache apt-get update \\
 && apt-get install -y curl
COPY --chown=1:1 a* b/ /opt/
FROM build
ENV A=b "C=d e"
RUN <<EOF
make
EOF
COPY --from=build ["/x", "/y"]
USER 1000
CMD ["sh"]
`
const report = recorded([
  'WORKDIR /src',
  'RUN /bin/bash -c apt-get update && apt-get install -y curl # buildkit',
  'COPY a* b/ /opt/ # buildkit',
  'RUN /bin/bash -c make # buildkit',
])

/** A Dockerfile that may have made an image. */
export const dockerfile: Target = {
  name: 'dockerfile',
  seeds: () => [Buffer.from(text), Buffer.from(text.replaceAll('\\\n', '`\n').replace('syntax', 'escape=`\n# syntax'))],
  pieces: [
    'FROM ',
    'RUN ',
    'COPY ',
    'ENV ',
    'ARG ',
    'WORKDIR ',
    '\\\n',
    '<<EOF',
    '${',
    '$',
    '}',
    '*',
    '?',
    '[',
    '#',
    ' AS ',
  ].concat(['--mount=', '# escape=`\n', '"', 'a=']),
  most: 64 * 1024,
  read: bytes => placeIn(report, { path: 'Dockerfile', text: bytes.toString() }),
}
