// A start that reads 300 files takes 0.15 s longer than one that reads 20.
export default {
  input: {
    cli: 'build/cli.js',
    index: 'build/index.js',
    // Started by its file's name.
    'zstd-thread': 'build/bytes/zstd-thread.js',
  },
  platform: 'node',
  external: /^(node:|@?[a-z])/,
  output: { dir: 'dist', format: 'esm', chunkFileNames: '[name]-[hash].js' },
}
