import type { Evidence } from '../evidence/evidence.ts'
import { baseName } from '../image/path.ts'
import type { Rule } from './rule.ts'
import { startWords } from './start.ts'
import { type Judged, toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'tensorrt-builder',
  title: "TensorRT's builder resources",
  guide: { section: 1, title: 'NVIDIA Base Image Variants' },
  help: `
Why: libnvinfer_builder_resource*.so, gigabytes by themselves, hold what TensorRT chooses kernels from when it builds an
engine. An image that only runs engines that were built before never opens them.

Fix: Build engines in a stage of its own, and delete the libraries in the RUN that installs TensorRT, or install the lean
runtime (libnvinfer-lean10, tensorrt-lean) for engines that were built version compatible.

Keep: When engines are built at the start or when a model is loaded: ONNX Runtime's TensorRT provider, Torch-TensorRT,
TensorRT-LLM, trtexec.`,

  *check(evidence) {
    yield* toolkitFindings(evidence, {
      component: 'tensorrt-builder',
      what: "TensorRT's builder resources",
      verdict: 'check',
      because: 'TensorRT opens them only to build an engine: whether this image builds any, nothing in it tells',
      needs: () => ['tensorrt-builder'],
      also: building,
    })
  },
}

/** Builders that are no packages: TensorRT's own tool, and the provider that Triton's server and others bring. */
function building(evidence: Evidence): Judged | undefined {
  const { image, filesystem } = evidence
  if (startWords(image.config).map(baseName).includes('trtexec')) {
    return { verdict: 'keep', because: ['the image starts trtexec, which builds engines'] }
  }
  const server = '/opt/tritonserver/backends/onnxruntime'
  const provider = filesystem.at(`${server}/libonnxruntime_providers_tensorrt.so`)
  if (provider === undefined) return undefined
  return { verdict: 'keep', because: [`ONNX Runtime in ${server} builds engines when a model is loaded`] }
}

export default rule
