import type { LinkRule } from '../../src/evidence/link/links.ts'
import type { LoaderRoot, Start } from './loader-root.ts'

/** A root to make, how to start the program in it, and by which rule each of these names is found. */
export interface Case extends Start {
  readonly make: (root: LoaderRoot) => LoaderRoot
  /** `/bin/app` unless told. */
  readonly program?: string
  readonly rules: Readonly<Record<string, LinkRule>>
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: so the loader writes it too
export const braced = '${ORIGIN}'

/** What ld.so of glibc does, a rule a case. */
export const glibcCases: Readonly<Record<string, Case>> = {
  'RPATH comes before LD_LIBRARY_PATH': {
    make: root =>
      root
        .library('/opt/a/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/b/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1'], rpath: '/opt/a' }),
    env: { LD_LIBRARY_PATH: '/opt/b' },
    rules: { 'libx.so.1': 'rpath', 'libc.so.6': 'default' },
  },
  'RUNPATH comes after LD_LIBRARY_PATH': {
    make: root =>
      root
        .library('/opt/a/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/b/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1'], runpath: '/opt/a' }),
    env: { LD_LIBRARY_PATH: '/opt/b' },
    rules: { 'libx.so.1': 'LD_LIBRARY_PATH' },
  },
  'RUNPATH is not inherited': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'liba.so', needs: ['libb.so'] })
        .library('/opt/a/libb.so', { soname: 'libb.so' })
        .program('/bin/app', { needs: ['liba.so'], runpath: '/opt/a' }),
    rules: { 'liba.so': 'runpath', 'libb.so': 'not-found' },
  },
  'RPATH is inherited': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'liba.so', needs: ['libb.so'] })
        .library('/opt/a/libb.so', { soname: 'libb.so', needs: ['libd.so'] })
        .library('/opt/a/libd.so', { soname: 'libd.so' })
        .program('/bin/app', { needs: ['liba.so'], rpath: '/opt/a' }),
    rules: { 'liba.so': 'rpath', 'libb.so': 'rpath', 'libd.so': 'rpath' },
  },
  'what has a RUNPATH does not look into the RPATH of its loader, what it loads does': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'liba.so', needs: ['libb.so', 'libd.so'], runpath: '/opt/b' })
        .library('/opt/b/libb.so', { soname: 'libb.so', needs: ['libe.so'] })
        .library('/opt/a/libd.so', { soname: 'libd.so' })
        .library('/opt/a/libe.so', { soname: 'libe.so' })
        .program('/bin/app', { needs: ['liba.so'], rpath: '/opt/a' }),
    rules: { 'liba.so': 'rpath', 'libb.so': 'runpath', 'libd.so': 'not-found', 'libe.so': 'rpath' },
  },
  'the nearest RPATH comes first': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'liba.so', needs: ['libx.so'], rpath: '/opt/b' })
        .library('/opt/a/libx.so', { soname: 'libx.so' })
        .library('/opt/b/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['liba.so'], rpath: '/opt/a' }),
    rules: { 'libx.so': 'rpath' },
  },
  'the cache has the folders of ldconfig': {
    make: root =>
      root
        .library('/opt/x/lib/libx.so.1.2', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1'] })
        .ldconfig('/opt/x/lib'),
    rules: { 'libx.so.1': 'cache', 'libc.so.6': 'cache' },
  },
  'without a cache the folders of ldconfig are not searched': {
    make: root =>
      root
        .library('/opt/x/lib/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1'] })
        .ldconfig('/opt/x/lib')
        .delete('/etc/ld.so.cache'),
    rules: { 'libx.so.1': 'not-found', 'libc.so.6': 'default' },
  },
  'a stale cache: what is gone is looked for in the default folders, what is new is not found': {
    make: root =>
      root
        .library('/opt/x/lib/libx.so.1', { soname: 'libx.so.1' })
        .library('/usr/lib/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1', 'liby.so.1'] })
        .ldconfig('/opt/x/lib')
        .delete('/opt/x/lib/libx.so.1')
        .library('/opt/x/lib/liby.so.1', { soname: 'liby.so.1' }),
    rules: { 'libx.so.1': 'default', 'liby.so.1': 'not-found' },
  },
  'the cache comes before the default folders': {
    make: root =>
      root
        .library('/opt/x/lib/libx.so.1', { soname: 'libx.so.1' })
        .library('/usr/lib/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['libx.so.1'] })
        .ldconfig('/opt/x/lib'),
    rules: { 'libx.so.1': 'cache' },
  },
  'the folder of the architecture comes before /usr/lib; /usr/local/lib is none of them': {
    make: root =>
      root
        .library('/usr/lib/x86_64-linux-gnu/libx.so.1', { soname: 'libx.so.1' })
        .library('/usr/lib/libx.so.1', { soname: 'libx.so.1' })
        .library('/usr/lib/liby.so.1', { soname: 'liby.so.1' })
        .library('/usr/local/lib/libz.so.1', { soname: 'libz.so.1' })
        .program('/bin/app', { needs: ['libx.so.1', 'liby.so.1', 'libz.so.1'] }),
    rules: { 'libx.so.1': 'default', 'liby.so.1': 'default', 'libz.so.1': 'not-found' },
  },
  'NODEFLIB takes neither the default folders nor the cache of them': {
    make: root =>
      root
        .library('/opt/a/liba.so', {
          soname: 'liba.so',
          needs: ['libx.so.1', 'liby.so.1'],
          flags: ['-Wl,-z,nodefaultlib'],
        })
        .library('/usr/lib/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/y/liby.so.1', { soname: 'liby.so.1' })
        .program('/bin/app', { needs: ['liba.so'], rpath: '/opt/a' })
        .ldconfig('/opt/y'),
    rules: { 'libx.so.1': 'not-found', 'liby.so.1': 'cache' },
  },
  'the first of two with one SONAME serves both': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'liba.so', needs: ['libx.so.1'], runpath: '/opt/a' })
        .library('/opt/a/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/b/libb.so', { soname: 'libb.so', needs: ['libx.so.1'], runpath: '/opt/b' })
        .library('/opt/b/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['liba.so', 'libb.so'], runpath: '/opt/a:/opt/b' }),
    rules: { 'libx.so.1': 'runpath' },
  },
  'a SONAME answers, whatever the file is called': {
    make: root =>
      root
        .library('/opt/a/liba.so', { soname: 'libx.so.1' })
        .library('/opt/b/libx.so.1', { soname: 'libx.so.1' })
        .program('/bin/app', { needs: ['/opt/a/liba.so', 'libx.so.1'], rpath: '/opt/b' }),
    rules: { '/opt/a/liba.so': 'path', 'libx.so.1': 'already-loaded' },
  },
  'breadth first: what is nearer to the program is loaded before': {
    make: root =>
      root
        .library('/opt/l/liba.so', { soname: 'liba.so', needs: ['libdeep.so'], runpath: '/opt/l' })
        .library('/opt/l/libdeep.so', { soname: 'libdeep.so', needs: ['libx.so'], runpath: '/opt/deep' })
        .library('/opt/l/libb.so', { soname: 'libb.so', needs: ['libx.so'], runpath: '/opt/near' })
        .library('/opt/deep/libx.so', { soname: 'libx.so' })
        .library('/opt/near/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['liba.so', 'libb.so'], runpath: '/opt/l' }),
    rules: { 'libdeep.so': 'runpath' },
  },
  '$ORIGIN of a library is the folder of the link that it was opened by': {
    make: root =>
      root
        .library('/opt/real/libx.so', { soname: 'libx.so', needs: ['liby.so', 'libz.so'], runpath: '$ORIGIN' })
        .symlink('/opt/link/libx.so', '../real/libx.so')
        .library('/opt/link/liby.so', { soname: 'liby.so' })
        .library('/opt/real/libz.so', { soname: 'libz.so' })
        .program('/bin/app', { needs: ['libx.so'], rpath: '/opt/link' }),
    rules: { 'liby.so': 'runpath', 'libz.so': 'not-found' },
  },
  '$ORIGIN of a program is where it really is': {
    make: root =>
      root
        .library('/opt/app/lib/libx.so', { soname: 'libx.so' })
        .program('/opt/app/bin/app', { needs: ['libx.so'], rpath: '$ORIGIN/../lib' })
        .symlink('/bin/app', '/opt/app/bin/app'),
    rules: { 'libx.so': 'rpath' },
  },
  'tokens: ${ORIGIN} and $LIB are, $ORIGINAL is not': {
    make: root =>
      root
        .library('/opt/app/libx.so', { soname: 'libx.so' })
        .library('/opt/lib/x86_64-linux-gnu/liby.so', { soname: 'liby.so' })
        .library('/opt/appAL/libz.so', { soname: 'libz.so' })
        .program('/opt/app/app', { needs: ['libx.so', 'liby.so', 'libz.so'], rpath: `${braced}:/opt/$LIB:$ORIGINAL` }),
    program: '/opt/app/app',
    rules: { 'libx.so': 'rpath', 'liby.so': 'rpath', 'libz.so': 'not-found' },
  },
  'NEEDED with a path, and with $ORIGIN': {
    make: root =>
      root
        .library('/opt/x/libx.so', {})
        .library('/opt/app/libs/liby.so', {})
        .program('/opt/app/app', { needs: ['/opt/x/libx.so', '$ORIGIN/libs/liby.so'] }),
    program: '/opt/app/app',
    rules: { '/opt/x/libx.so': 'path', '/opt/app/libs/liby.so': 'path' },
  },
  'an empty folder is the working directory': {
    make: root =>
      root
        .library('/srv/libx.so', { soname: 'libx.so' })
        .library('/srv/sub/liby.so', { soname: 'liby.so' })
        .program('/bin/app', { needs: ['libx.so', 'liby.so'] }),
    env: { LD_LIBRARY_PATH: '/opt/none::sub' },
    workingDir: '/srv',
    rules: { 'libx.so': 'LD_LIBRARY_PATH', 'liby.so': 'LD_LIBRARY_PATH' },
  },
  'an empty LD_LIBRARY_PATH and an empty RPATH are none': {
    make: root =>
      root.library('/srv/libx.so', { soname: 'libx.so' }).program('/bin/app', { needs: ['libx.so'], rpath: '' }),
    env: { LD_LIBRARY_PATH: '' },
    workingDir: '/srv',
    rules: { 'libx.so': 'not-found' },
  },
  'LD_LIBRARY_PATH with semicolons and $ORIGIN': {
    make: root =>
      root.library('/opt/app/lib/libx.so', { soname: 'libx.so' }).program('/opt/app/bin/app', { needs: ['libx.so'] }),
    program: '/opt/app/bin/app',
    env: { LD_LIBRARY_PATH: '/opt/none;$ORIGIN/../lib' },
    rules: { 'libx.so': 'LD_LIBRARY_PATH' },
  },
  'folders behind links, and .. behind them': {
    make: root =>
      root
        .symlink('/usr/local/cuda', 'cuda-12.4')
        .symlink('/usr/local/cuda-12.4/lib64', 'targets/x86_64-linux/lib')
        .library('/usr/local/cuda-12.4/targets/x86_64-linux/lib/libx.so', { soname: 'libx.so' })
        .library('/usr/local/cuda-12.4/targets/x86_64-linux/other/liby.so', { soname: 'liby.so' })
        .library('/usr/local/other/liby.so', { soname: 'liby.so' })
        .library('/opt/here/libz.so', { soname: 'libz.so' })
        .program('/bin/app', {
          needs: ['libx.so', 'liby.so', 'libz.so'],
          rpath: '/usr/local/cuda/lib64/:/usr/local/cuda/lib64/../other:/opt/missing/../here',
        }),
    rules: { 'libx.so': 'rpath', 'liby.so': 'rpath', 'libz.so': 'not-found' },
  },
  'libraries of another class or machine are passed over': {
    make: root =>
      root
        .library('/opt/a/libx.so', { soname: 'libx.so' })
        .patch('/opt/a/libx.so', 4, 1)
        .library('/opt/a/liby.so', { soname: 'liby.so' })
        .patch('/opt/a/liby.so', 18, 183)
        .library('/opt/b/libx.so', { soname: 'libx.so' })
        .library('/opt/b/liby.so', { soname: 'liby.so' })
        .program('/bin/app', { needs: ['libx.so', 'liby.so'], rpath: '/opt/a:/opt/b' }),
    rules: { 'libx.so': 'rpath', 'liby.so': 'rpath' },
  },
  'the loader stops at a library of another system': {
    make: root =>
      root
        .library('/opt/a/libx.so', { soname: 'libx.so' })
        .patch('/opt/a/libx.so', 7, 9)
        .library('/opt/b/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['libx.so'], rpath: '/opt/a:/opt/b' }),
    rules: { 'libx.so': 'not-found' },
  },
  'the loader stops at what is no library': {
    make: root =>
      root
        .write('/opt/a/libx.so', `/* GNU ld script */ INPUT(/opt/b/libx.so)${' '.repeat(99)}\n`)
        .library('/opt/b/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['libx.so'], rpath: '/opt/a:/opt/b' }),
    rules: { 'libx.so': 'not-found' },
  },
  'what is preloaded answers to its SONAME': {
    make: root =>
      root
        .library('/opt/p/libpre.so', { soname: 'libx.so.1', needs: ['libq.so'], runpath: '/opt/p' })
        .library('/opt/p/libq.so', { soname: 'libq.so' })
        .library('/opt/a/libx.so.1', { soname: 'libx.so.1' })
        .library('/opt/p/liblast.so', { soname: 'liblast.so' })
        .write('/etc/ld.so.preload', '# always\nliblast.so\n')
        .program('/bin/app', { needs: ['libx.so.1'], rpath: '/opt/a:/opt/p' }),
    env: { LD_PRELOAD: '/opt/p/libpre.so libmissing.so' },
    rules: { '/opt/p/libpre.so': 'preload', 'liblast.so': 'preload', 'libx.so.1': 'already-loaded' },
  },
  'one file under two names is loaded once': {
    make: root =>
      root
        .library('/opt/a/libx.so', { needs: ['liby.so'], runpath: '$ORIGIN' })
        .library('/opt/a/liby.so', { soname: 'liby.so' })
        .hardlink('/opt/b/libz.so', '/opt/a/libx.so')
        .library('/opt/b/liby.so', { soname: 'liby.so' })
        .program('/bin/app', { needs: ['libx.so', 'libz.so'], rpath: '/opt/a:/opt/b' }),
    rules: { 'libx.so': 'rpath', 'libz.so': 'rpath' },
  },
  'a filter loads what it filters for': {
    make: root =>
      root
        .library('/opt/a/libx.so', { soname: 'libx.so', rpath: '/opt/a', flags: ['-Wl,-f,libaux.so'] })
        .library('/opt/a/libaux.so', { soname: 'libaux.so' })
        .program('/bin/app', { needs: ['libx.so'], rpath: '/opt/a' }),
    rules: { 'libx.so': 'rpath', 'libaux.so': 'rpath' },
  },
  'a link to nothing is passed over': {
    make: root =>
      root
        .symlink('/opt/a/libx.so', '/opt/none/libx.so')
        .library('/opt/b/libx.so', { soname: 'libx.so' })
        .program('/bin/app', { needs: ['libx.so'], rpath: '/opt/a:/opt/b' }),
    rules: { 'libx.so': 'rpath' },
  },
}
