import { braced, type Case } from './glibc-cases.ts'

/** What musl's loader does otherwise. */
export const muslCases: Readonly<Record<string, Case>> = {
  'RUNPATH is inherited, and LD_LIBRARY_PATH comes first': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'liba.so', needs: ['libb.so'] })
        .library('/opt/a/libb.so', { soname: 'libb.so' })
        .library('/opt/a/libx.so', { soname: 'libx.so' })
        .library('/opt/b/libx.so', { soname: 'libx.so' })
        .muslProgram('/bin/app', { needs: ['liba.so', 'libx.so'], runpath: '/opt/a' }),
    env: { LD_LIBRARY_PATH: '/opt/b' },
    rules: { 'liba.so': 'runpath', 'libb.so': 'runpath', 'libx.so': 'LD_LIBRARY_PATH', 'libc.so': 'default' },
  },
  'a SONAME means nothing': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'libx.so.1' })
        .library('/opt/a/libx.so.1', { soname: 'libx.so.1' })
        .muslProgram('/bin/app', { needs: ['liba.so', 'libx.so.1'], rpath: '/opt/a' }),
    rules: { 'liba.so': 'rpath', 'libx.so.1': 'rpath' },
  },
  'folders are built in': {
    make: root =>
      root
        .library('/usr/lib/libx.so', {})
        .library('/usr/local/lib/libx.so', {})
        .muslProgram('/bin/app', { needs: ['libx.so', 'libmissing.so'] }),
    rules: { 'libx.so': 'default', 'libmissing.so': 'not-found' },
  },
  'or named by /etc/ld-musl-x86_64.path': {
    make: root =>
      root
        .library('/usr/lib/libx.so', {})
        .library('/opt/a/libx.so', {})
        .library('/opt/b/liby.so', {})
        .write('/etc/ld-musl-x86_64.path', '/opt/a\n/opt/b:/none\n')
        .muslProgram('/bin/app', { needs: ['libx.so', 'liby.so'] }),
    rules: { 'libx.so': 'default', 'liby.so': 'default' },
  },
  $ORIGIN: {
    make: root =>
      root
        .library('/opt/app/lib/libx.so', { needs: ['liby.so'], runpath: `${braced}/more` })
        .library('/opt/app/lib/more/liby.so', {})
        .muslProgram('/opt/app/bin/app', { needs: ['libx.so'], runpath: '$ORIGIN/../lib' }),
    program: '/opt/app/bin/app',
    rules: { 'libx.so': 'runpath', 'liby.so': 'runpath' },
  },
}
