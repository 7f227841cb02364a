import { contentStoreByContainer, contentStoreByFolder } from './content-store/docker.ts'
import { dockerWhereabouts } from './docker/config.ts'
import { dockerStore } from './docker/store.ts'
import { engineSource } from './engine/engine.ts'
import type { EngineKind } from './engine/kind.ts'

export const dockerEngine: EngineKind = {
  scheme: 'docker',
  title: 'Docker',
  whereabouts: dockerWhereabouts,
  routes: [dockerStore, contentStoreByFolder, contentStoreByContainer],
  start: 'start it (sudo systemctl start docker, or Docker Desktop), set DOCKER_HOST to where it is',
  allow: 'run it with sudo, or join the group and log in anew: sudo usermod -aG docker $USER',
}

/** Images of the Docker engine that the docker CLI would use. */
export const docker = engineSource(dockerEngine)
