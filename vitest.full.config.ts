import { defineConfig } from 'vitest/config'

/** Complete PyTorch stacks, one at a time: 20 GB of disk, most of an hour. */
export default defineConfig({
  test: {
    include: ['test/full/**/*.full.ts'],
    globalSetup: 'test/real/setup.ts',
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 3_600_000,
  },
})
