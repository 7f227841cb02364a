import type { Target } from './target.ts'
import { archive, compressedArchive } from './targets/archive.ts'
import { data, elf, fatbin, staticArchive } from './targets/binary.ts'
import { layerCache, sharesCache } from './targets/cache.ts'
import { configurations, storageConf } from './targets/configuration.ts'
import { dockerfile } from './targets/dockerfile.ts'
import {
  imageConfig,
  imageManifest,
  index,
  nestedIndex,
  oldConfig,
  repositories,
  savedManifest,
} from './targets/documents.ts'
import { engine } from './targets/engine.ts'
import { gzip, zstd } from './targets/inflate.ts'
import { blob, layer } from './targets/layer.ts'
import { layoutFolder } from './targets/layout.ts'
import { options } from './targets/options.ts'
import { records } from './targets/records.ts'
import { report } from './targets/report.ts'
import { rpmHeader, rpmSqlite } from './targets/rpm.ts'
import { storage } from './targets/storage.ts'
import { tar } from './targets/tar.ts'
import { tarSplit } from './targets/tar-split.ts'

/** All that reads bytes which nobody vouches for. */
export const targets: readonly Target[] = [
  tar,
  gzip,
  zstd,
  archive,
  compressedArchive,
  layoutFolder,
  index,
  nestedIndex,
  imageManifest,
  savedManifest,
  imageConfig,
  repositories,
  oldConfig,
  layer,
  blob,
  tarSplit,
  elf,
  fatbin,
  data,
  staticArchive,
  ...records,
  rpmSqlite,
  rpmHeader,
  layerCache,
  sharesCache,
  report,
  ...configurations,
  storageConf,
  dockerfile,
  options,
  engine,
  storage,
]
