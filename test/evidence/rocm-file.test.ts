import { describe, expect, it } from 'vitest'
import { archOfFileName } from '../../src/evidence/rocm-file.ts'

describe('the architecture in the name of a file', () => {
  it.each([
    ['/opt/rocm/lib/rocblas/library/Kernels.so-000-gfx1100.hsaco', 'gfx1100'],
    ['/opt/rocm/lib/rocblas/library/Kernels.so-000-gfx90a-xnack+.hsaco', 'gfx90a:xnack+'],
    ['/opt/rocm/lib/rocblas/library/Kernels.so-000-gfx906-sramecc+-xnack-.hsaco', 'gfx906:sramecc+:xnack-'],
    ['/opt/rocm/lib/rocblas/library/TensileLibrary_lazy_gfx942.dat', 'gfx942'],
    ['/x/TensileLibrary_Type_4xi8I_HPA_Contraction_l_Ailk_Bjlk_Cijk_Dijk_fallback_gfx90a.hsaco', 'gfx90a'],
    ['/x/TensileLibrary_BB_BB_HA_Bias_SAV_UA_Type_BB_HPA_Contraction_l_Ailk_Bljk_Cijk_Dijk_gfx1100.co', 'gfx1100'],
    ['/opt/rocm/lib/hipblaslt/library/extop_gfx950.co', 'gfx950'],
    ['/opt/rocm/lib/library/Kernels.so-000-gfx11-generic', 'gfx11-generic'],
    ['/x/Kernels.so-000-gfx9-4-generic.hsaco', 'gfx9-4-generic'],
    ['/opt/rocm/share/miopen/db/gfx1030_36.kdb', 'gfx1030'],
    ['/opt/rocm/share/miopen/db/gfx90878.HIP.fdb.txt', 'gfx908'],
    ['/opt/rocm/share/miopen/db/gfx90a68.db.txt', 'gfx90a'],
    ['/opt/rocm/share/miopen/db/gfx942130.kdb', 'gfx942'],
    ['/opt/rocm/share/miopen/db/gfx115128.HIP.fdb.txt.bz2', 'gfx1151'],
    ['/opt/rocm/share/miopen/db/gfx908.tn.model', 'gfx908'],
    ['/opt/rocm/share/miopen/db/gfx942_ConvHipIgemmGroupFwdXdlops_encoder.ktn.model', 'gfx942'],
  ])('%s', (path, arch) => {
    expect(archOfFileName(path)).toBe(arch)
  })

  it.each([
    '/opt/rocm/lib/hipblaslt/library/hipblasltTransform.hsaco',
    '/x/TensileLibrary_Type_BB_HPA_Contraction_l_Ailk_Bjlk_Cijk_Dijk_fallback.dat',
    '/opt/rocm/lib/libgfx90a.so',
    '/src/gfx90a.md',
    '/src/notgfx90ab.co',
    '/gfx90a/readme.txt',
    '/gfx90a/kernels.co',
    '/x/gfx7.db',
    '/x/gfxff.kdb',
  ])('%s says none', path => {
    expect(archOfFileName(path)).toBeUndefined()
  })
})
