import type { Manager } from '../evidence/installed.ts'

/** Packages that somebody works with, and no service runs: debuggers, editors, test frameworks, linters, notebooks. */
interface DevPackages {
  /** Distribution packages, and conda's of the same name. */
  readonly system?: RegExp
  /** Python packages in normal form (PEP 503). */
  readonly python?: RegExp
}

// `less` and `git` are not here: pagers and pip's `git+https` run in production too, and cost little.
const kinds: readonly DevPackages[] = [
  {
    system:
      /^(?:gdb|gdbserver|gdb-(?:multiarch|minimal)|lldb(?:-\d+)?|strace|ltrace|valgrind|linux-perf(?:-.*)?|linux-tools-.*|cgdb|rr)$/,
    python:
      /^(?:ipdb|pdbpp|pudb|debugpy|py-spy|memray|scalene|viztracer|line-profiler|memory-profiler|snakeviz|torch-tb-profiler)$/,
  },
  {
    system: /^(?:vim(?:-.*)?|neovim(?:-runtime)?|nano|emacs(?:-.*|\d.*)?|joe|mg|micro)$/,
  },
  { system: /^(?:man-db|tmux|screen|htop)$/ },
  { python: /^(?:pytest(?:-.*)?|nose2?|tox|nox|hypothesis|coverage)$/ },
  { python: /^(?:black|isort|mypy|ruff|flake8(?:-.*)?|pylint|autopep8|yapf|bandit|pycodestyle|pyflakes|pre-commit)$/ },
  {
    python:
      /^(?:ipython|ipykernel|ipywidgets|widgetsnbextension|jupyter(?:lab)?(?:-.*|lab.*)?|notebook(?:-shim)?|nbclassic|qtconsole|jupyterlab-pygments|tensorboard(?:-.*)?)$/,
  },
]

/** Whether a package is one to work with. */
export function isDevPackage(manager: Manager, name: string): boolean {
  const python = manager === 'pip' || manager === 'conda'
  return kinds.some(kind => (python && kind.python?.test(name)) || (manager !== 'pip' && kind.system?.test(name)))
}

/** The package that a word of an install command names, in normal form: `pytest==8.3.4`, `jupyterlab[extra]`. */
export function packageNamed(word: string): string {
  if (/^[^=<>~![]*[/:]/.test(word)) return ''
  return /^[A-Za-z0-9][\w.+-]*/.exec(word)?.[0].toLowerCase().replace(/[_.]+/g, '-') ?? ''
}

/** Notebook servers start by `jupyter <word>`, which looks the rest of them up by name. */
export function isNotebook(name: string): boolean {
  return /^(?:ipython|ipykernel|jupyter.*|notebook.*|nb.*|ipywidgets|widgetsnbextension)$/.test(name)
}
