/** Libraries of NVIDIA's driver, which the host mounts into a container (nvidia-container-toolkit), by name. */
const driver =
  /^lib(?:cuda|cudadebugger|nvcuvid|nvoptix|vdpau_nvidia|(?:GLX|EGL|GLESv1_CM|GLESv2)_nvidia|nvidia-(?!container)[\w.-]+?)\.so(?:\.|$)/

/** Whether the driver of the host brings a library, not the image. */
export function isFromDriver(name: string): boolean {
  return driver.test(name.slice(name.lastIndexOf('/') + 1))
}
