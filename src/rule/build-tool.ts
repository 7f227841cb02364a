import type { Manager } from '../evidence/installed.ts'
import { isToolkitPackage } from '../evidence/toolkit.ts'
import type { Need } from '../evidence/users.ts'

interface Tools {
  /** Names of distributions, and conda's of the same name. */
  readonly system?: RegExp
  readonly conda?: RegExp
  readonly python?: RegExp
  /** What they are to programs that compile while they run. */
  readonly needs?: readonly Need[]
}

/** `gcc-12`, `gcc-13-x86-64-linux-gnu`; not `gcc-12-base`, which libgcc needs. */
const gnu = String.raw`(?:-\d+(?:\.\d+)?)?(?:-[a-z0-9-]+-linux-gnu\w*)?`

// The first that fits counts. NVIDIA's own packages are the toolkit's, and other rules'.
const kinds: readonly Tools[] = [
  // They only depend on others: nobody needs the name.
  { system: /^(?:build-essential|build-base|alpine-sdk|base-devel)$/, conda: /^compilers$/ },
  {
    system: new RegExp(
      `^(?:(?:gcc|cpp|binutils)${gnu}|binutils-common|clang(?:-\\d+)?|tcc|(?:libc6|libc|musl|libgcc-[\\d.]+)-dev|glibc-devel|linux-libc-dev|(?:kernel|linux)-headers|libc-dev-bin|libc-devtools)$`,
    ),
    conda:
      /^(?:(?:gcc|gcc_impl|binutils|binutils_impl|clang|sysroot|kernel-headers|libgcc-devel)_.*|c-compiler|gcc|clang(?:-\d+)?|binutils)$/,
    needs: ['c-compiler'],
  },
  {
    system: new RegExp(`^(?:g\\+\\+${gnu}|gcc-c\\+\\+|libstdc\\+\\+(?:-[\\d.]+-dev|-devel)|libc\\+\\+(?:-\\d+)?-dev)$`),
    conda: /^(?:(?:gxx|gxx_impl|clangxx|libstdcxx-devel)_.*|cxx-compiler|gxx|clangxx)$/,
    needs: ['cxx-compiler'],
  },
  {
    system: /^(?:lib)?python3?(?:\.\d+)?-dev(?:el)?$/,
    needs: ['python-headers'],
  },
  {
    system: /^ninja(?:-build)?$/,
    python: /^ninja$/,
    needs: ['ninja'],
  },
  {
    system: new RegExp(`^(?:gfortran|gobjc|gobjc\\+\\+|gdc|gnat|lld|lldb|llvm)${gnu}$`),
    conda: /^(?:(?:gfortran|gfortran_impl)_.*|fortran-compiler|gfortran|llvm-tools)$/,
  },
  {
    system:
      /^(?:make|cmake(?:-data)?|autoconf|automake|autotools-dev|libtool(?:-bin)?|m4|bison|flex|pkg-config|pkgconf(?:-bin)?|swig[\d.]*|nasm|yasm|ccache|sccache|meson|bazel(?:isk)?|scons|dpkg-dev|fakeroot|patchelf|manpages-dev)$/,
    python:
      /^(?:cmake|meson|meson-python|cython|pybind11(?:-global)?|scikit-build(?:-core)?|auditwheel|patchelf|maturin|setuptools-rust|build|lit)$/,
  },
  {
    system:
      /^(?:rustc|cargo|rust|golang|go|golang-(?:go|src|[\d.]+.*)|openjdk-\d+-jdk(?:-headless)?|default-jdk(?:-headless)?)$/,
    conda: /^(?:rust|go|openjdk)$/,
  },
  // What it was compiled against runs without it.
  { system: /^[a-z0-9][a-z0-9+.-]*-(?:dev|devel)$/ },
]

/** What a package is to builds; undefined for one that is no build tool. */
export function buildTool(manager: Manager, name: string): { readonly needs: readonly Need[] } | undefined {
  if (isToolkitPackage(manager, name) || /^(?:cuda|nvidia|nsight|tensorrt)-/.test(name)) return undefined
  const kind = kinds.find(({ system, conda, python }) => {
    if (manager === 'pip') return python?.test(name)
    if (manager === 'conda') return conda?.test(name) || (python?.test(name) ?? false) || isTool(system, name)
    return system?.test(name)
  })
  return kind === undefined ? undefined : { needs: kind.needs ?? [] }
}

/** conda names programs as distributions do, and has no packages that end in `-dev` because nothing runs on them. */
function isTool(system: RegExp | undefined, name: string): boolean {
  return system?.test(name) === true && !/-dev(?:el)?$/.test(name)
}
