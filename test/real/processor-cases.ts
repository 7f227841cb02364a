import type { Case } from './glibc-cases.ts'

/** With a copy for each processor: all are known, and this machine's is among them. */
export const processorCases: Readonly<Record<string, Case>> = {
  'glibc-hwcaps below a folder': {
    make: root =>
      root
        .library('/opt/a/glibc-hwcaps/x86-64-v2/libx.so', { soname: 'libx.so' })
        .library('/opt/a/glibc-hwcaps/x86-64-v3/libx.so', { soname: 'libx.so' })
        .library('/opt/a/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['libx.so'] }),
    env: { LD_LIBRARY_PATH: '/opt/a' },
    rules: { 'libx.so': 'LD_LIBRARY_PATH' },
  },
  'glibc-hwcaps in the cache': {
    make: root =>
      root
        .library('/opt/a/glibc-hwcaps/x86-64-v2/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/a/glibc-hwcaps/x86-64-v3/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/a/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1'] })
        .ldconfig('/opt/a'),
    rules: { 'libx.so.1': 'cache' },
  },
  $PLATFORM: {
    make: root =>
      root
        .library('/opt/haswell/libx.so', { soname: 'libx.so' })
        .library('/opt/x86_64/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['libx.so'], rpath: '/opt/$PLATFORM' }),
    rules: { 'libx.so': 'rpath' },
  },
}
