/** Files that a tool reads though its command does not name them, by the tool. */
const manifests: Readonly<Record<string, readonly string[]>> = {
  npm: ['package.json', 'package-lock.json', 'npm-shrinkwrap.json'],
  yarn: ['package.json', 'yarn.lock'],
  pnpm: ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'],
  bun: ['package.json', 'bun.lock', 'bun.lockb'],
  pip: ['pyproject.toml', 'setup.py', 'setup.cfg'],
  poetry: ['pyproject.toml', 'poetry.lock'],
  uv: ['pyproject.toml', 'uv.lock'],
  pdm: ['pyproject.toml', 'pdm.lock'],
  pipenv: ['Pipfile', 'Pipfile.lock'],
  conda: ['environment.yml', 'environment.yaml'],
  mamba: ['environment.yml', 'environment.yaml'],
  pixi: ['pixi.toml', 'pixi.lock', 'pyproject.toml'],
  go: ['go.mod', 'go.sum'],
  cargo: ['Cargo.toml', 'Cargo.lock'],
  bundle: ['Gemfile', 'Gemfile.lock'],
  composer: ['composer.json', 'composer.lock'],
  mvn: ['pom.xml'],
  gradle: ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'],
}

/** `package.json` of `RUN npm ci`. */
export function impliedFiles(instruction: string): readonly string[] {
  const words = new Set(instruction.split(/[^\w-]+/))
  return Object.entries(manifests).flatMap(([tool, files]) => (words.has(tool) ? files : []))
}
