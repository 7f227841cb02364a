import { by, type Trap } from '../trap.ts'

const advice = 'traps/advice.test.ts'
const guide = 'traps/guide.test.ts'

/** Advice that breaks what it was to make smaller, and what a well-known guide says that evidence does not bear out. */
export const adviceTraps: readonly Trap[] = [
  {
    id: 'S1',
    trap: '“Delete all *.a”: without libc_nonshared.a no C compiler links, and torch.compile is broken.',
    right:
      'Only CUDA’s own archives are claimed, those that builds link to are left to a person, by commands that spare them.',
    held: by(
      advice,
      'static libraries > that are no CUDA’s are never told to go with them: a C compiler cannot link without libc_nonshared.a',
      'static libraries > that builds in the image link to are left to a person, those that nvcc links to are kept',
      'static libraries > are deleted by a command that spares what somebody links to',
    ),
  },
  {
    id: 'S2',
    trap: '“A runtime image needs no compiler”: torch.compile wants gcc and headers, others nvcc and ptxas.',
    right: 'Whoever compiles while it runs is named, and what it needs is kept or left to a person.',
    held: [
      ...by(
        advice,
        'torch.compile > wants a C compiler, the C library’s headers and Python.h: they are never said to be safe to take',
        'torch.compile > and what compiles CUDA as it runs keep the compiler: nvcc, ptxas and headers',
        'torch.compile > and nothing else take no ptxas with them: without a user the toolkit’s compiler can go',
      ),
      ...by('rule/users.test.ts', 'with > %s'),
      ...by('rule/build-tools.test.ts', 'who compiles at run time decides > %s'),
    ],
  },
  {
    id: 'S3',
    trap: '“torch brings it”: CTranslate2, ONNX Runtime and others load the system’s CUDA libraries, or borrow torch’s.',
    right: 'Each copy is asked for its users; where one is known the copy is kept, and the user named.',
    held: [
      ...by(
        advice,
        'CUDA beside torch > is a duplicate where torch alone computes, for a person to check',
        'CUDA beside torch > is kept for %s, which does not look into torch’s',
      ),
      ...by('rule/cuda-duplicate.test.ts', 'what is installed decides > %s'),
    ],
  },
  {
    id: 'S4',
    trap: 'Nobody says that an image hands on what CUDA’s licence does not let anybody hand on.',
    right:
      'Files of the development kit outside the licence’s list are told; listed ones, other licences and NVIDIA’s own layers are not.',
    held: by(
      advice,
      'CUDA’s licence > does not let everything be handed on: the image says of what that is true',
      'CUDA’s licence > lets runtime libraries, most archives and some headers be handed on, and other licences are others’ matter',
      'CUDA’s licence > is NVIDIA’s to keep in its own images: what came with FROM is not counted',
      'CUDA’s licence > speaks of one file as of one: %j',
    ),
  },
  {
    id: 'G1',
    trap: 'The guide copies /wheels in and deletes it in the next RUN: gigabytes stay in the layer of the COPY.',
    right: 'Its own example is flagged; a bind mount leaves them out, and the image then weighs what was predicted.',
    held: by(
      guide,
      'the guide’s own Dockerfile > copies wheels in and deletes them in the next RUN: they stay, and a bind mount is what leaves them out',
      'the guide’s own Dockerfile > is rebuilt with that, and weighs what was predicted',
    ),
  },
  {
    id: 'G2',
    trap: 'A table says what a smaller base saves, and is wrong by a factor of ten for some.',
    right: 'What a change saves comes from the bytes of this image, and an estimate is called one.',
    held: by(guide, 'what a change would save > comes from the bytes of this image, not from a table of variants'),
  },
  {
    id: 'G3',
    trap: '“PyTorch bundles all CUDA libraries”, “nvcc and gcc are not needed”: true of torch, not of all that stands beside it.',
    right: 'Both are asked of this image: who else loads the libraries, who compiles.',
    held: by(
      advice,
      'CUDA beside torch > is kept for %s, which does not look into torch’s',
      'torch.compile > and what compiles CUDA as it runs keep the compiler: nvcc, ptxas and headers',
    ),
  },
  {
    id: 'G4',
    trap: 'CUPTI is looked for in extras/CUPTI alone, or taken from the wheel that torch cannot be imported without.',
    right: 'The toolkit’s copies are found in both places; the wheel’s is never claimed.',
    held: by(
      guide,
      'CUPTI > lies in two places of the toolkit, and in a wheel that torch cannot be imported without',
      'CUPTI > of the toolkit is what a torch without that wheel loads',
    ),
  },
  {
    id: 'G5',
    trap: 'The guide lists profilers, headers and caches, and not what most bytes are lost to.',
    right:
      'chown layers, packages installed twice, conda’s packages, weights, repositories, foreign GPU code: each is a cause.',
    held: by(guide, 'causes that the guide does not list > %s'),
  },
]
