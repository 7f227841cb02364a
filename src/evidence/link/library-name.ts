/** `libcudnn_ops.so` of `libcudnn_ops.so.9`: what a program may have in its data, to add the version when it runs. */
export function unversioned(name: string): string {
  return name.replace(/(\.so)(?:\.\d+)+$/, '$1')
}
