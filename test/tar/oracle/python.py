"""What Python's tarfile says of archives: a path a line in, a line of JSON each out."""

import hashlib
import json
import os
import sys
import tarfile

TYPES = {b'0': 'file', b'\0': 'file', b'7': 'file', b'S': 'file', b'5': 'directory', b'2': 'symlink', b'1': 'hardlink',
         b'6': 'fifo', b'3': 'device', b'4': 'device'}
DIGESTED = 2**20  # bytes; larger contents are not digested


def name(text):
    return os.fsencode(text).hex()


def tell(tar, member):
    kind = TYPES.get(member.type, 'flag ' + member.type.decode('latin1'))
    data = kind == 'file' or kind.startswith('flag')
    told = {
        'name': name(member.name), 'type': kind, 'size': member.size if data else 0,
        'target': name(member.linkname) if kind in ('symlink', 'hardlink') else '',
        'mode': member.mode & 0o7777, 'uid': member.uid, 'gid': member.gid, 'mtime': member.mtime,
        'start': member.offset_data,
        'runs': [list(run) for run in member.sparse if run[1]] if member.sparse is not None else None,
    }
    if data and member.size <= DIGESTED:
        content = tar.extractfile(member).read()
        told['digest'] = hashlib.sha256(content).hexdigest() if len(content) == member.size else 'short'
    return told


def read(path):
    members = []
    try:
        with tarfile.open(path, 'r:', encoding='utf-8', errors='surrogateescape') as tar:
            for member in tar:
                members.append(tell(tar, member))
        return {'members': members}
    except Exception as error:  # any of them: what it says of an archive that it cannot read
        return {'members': members, 'error': f'{type(error).__name__}: {error}'}


for line in sys.stdin:
    print(json.dumps(read(line[:-1])))
