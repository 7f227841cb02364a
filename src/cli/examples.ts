/** Command lines, and what each is for. */
export const examples: readonly (readonly [line: string, what: string])[] = [
  ['imgaudit nvidia-ml:latest', 'an image of Docker or Podman'],
  ['docker save app:1 | imgaudit -', 'a pipe: nothing is written to disk'],
  ['imgaudit app.tar --base debian:12', 'an archive, and what it was built FROM'],
  ['imgaudit app:1 --max-waste 10% -f json', 'in CI: exit code 1 above 10 %'],
  ['imgaudit compare app:1 app:2', 'what made it bigger, and what to pull'],
  ['imgaudit packages app:1', 'who owns what, and since which layer'],
  ['imgaudit why app:1 /usr/lib/libcuda.so', 'who brought a file, who loads it'],
  ['imgaudit explain pip-cache', ''],
  ['imgaudit demo', 'no image at hand'],
]
