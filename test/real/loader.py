"""The loader's own word on every ELF file of the image: `<path> <name> <resolved path or ->`, a line for each library that it
looks for, in no order that matters. Nothing is run: LD_TRACE_LOADED_OBJECTS makes the loader stop before."""

import os
import subprocess
import sys

LOADER = '/lib64/ld-linux-x86-64.so.2'


def elf_files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ('/proc', '/sys', '/dev')]
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.isfile(path) or os.path.islink(path):
                continue
            with open(path, 'rb') as file:
                head = file.read(20)
            # 64-bit x86, an executable or a shared object.
            if head[:6] == b'\x7fELF\x02\x01' and head[16] in (2, 3) and head[18] == 62:
                yield path


def lines_of(path):
    environment = dict(os.environ, LD_TRACE_LOADED_OBJECTS='1')
    said = subprocess.run([LOADER, path], env=environment, capture_output=True, text=True, errors='surrogateescape')
    for line in said.stdout.splitlines():
        name, arrow, rest = line.strip().partition(' => ')
        if arrow:
            yield name, '-' if rest.startswith('not found') else rest.rsplit(' (', 1)[0]


for path in elf_files(sys.argv[1] if len(sys.argv) > 1 else '/'):
    for name, found in lines_of(path):
        print(path, name, found)
