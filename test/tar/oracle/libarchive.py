"""What libarchive, which bsdtar is made of, says of archives: a path a line in, a line of JSON each out."""

import ctypes
import hashlib
import json
import locale
import sys

locale.setlocale(locale.LC_ALL, 'C.UTF-8')
lib = ctypes.CDLL('libarchive.so.13')
pointer, text, size, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int64


def function(name, result, *arguments):
    found = getattr(lib, name)
    found.restype, found.argtypes = result, arguments
    return found


new = function('archive_read_new', pointer)
free = function('archive_read_free', ctypes.c_int, pointer)
supports = [function('archive_read_support_format_' + name, ctypes.c_int, pointer) for name in ('tar', 'empty')]
open_file = function('archive_read_open_filename', ctypes.c_int, pointer, text, size)
next_header = function('archive_read_next_header', ctypes.c_int, pointer, ctypes.POINTER(pointer))
problem = function('archive_error_string', text, pointer)
data_block = function('archive_read_data_block', ctypes.c_int, pointer, ctypes.POINTER(pointer), ctypes.POINTER(size),
                      ctypes.POINTER(number))
pathname, hardlink, symlink = (function('archive_entry_' + name, text, pointer) for name in ('pathname', 'hardlink', 'symlink'))
filetype, perm, nsec = (function('archive_entry_' + name, ctypes.c_int, pointer) for name in ('filetype', 'perm', 'mtime_nsec'))
length, uid, gid, mtime = (function('archive_entry_' + name, number, pointer) for name in ('size', 'uid', 'gid', 'mtime'))

EOF, RETRY, WARN = 1, -10, -20
TYPES = {0o100000: 'file', 0o040000: 'directory', 0o120000: 'symlink', 0o010000: 'fifo', 0o020000: 'device', 0o060000: 'device'}
DIGESTED = 2**20  # bytes; larger contents are not digested


def tell(entry):
    link = hardlink(entry)
    kind = 'hardlink' if link is not None else TYPES.get(filetype(entry), 'none')
    target = link if link is not None else symlink(entry) if kind == 'symlink' else None
    return {
        'name': (pathname(entry) or b'').hex(), 'type': kind, 'size': length(entry) if kind == 'file' else 0,
        'target': (target or b'').hex(), 'mode': perm(entry), 'uid': uid(entry), 'gid': gid(entry),
        'mtime': mtime(entry) + nsec(entry) / 1e9,
    }


def content_of(archive, told):
    """Digest of the content, holes filled, or why there is none."""
    content = bytearray(told['size'])
    block, count, offset = pointer(), size(), number()
    while True:
        status = data_block(archive, block, count, offset)
        if status == EOF:
            return {'digest': hashlib.sha256(content).hexdigest()}
        if status < WARN:
            return {'error': (problem(archive) or b'').decode('latin1')}
        if count.value:
            content[offset.value:offset.value + count.value] = ctypes.string_at(block, count.value)


def read(path):
    members, archive, entry = [], new(), pointer()
    try:
        for support in supports:
            support(archive)
        status = open_file(archive, path.encode(), 10240)
        damage = None
        while status >= WARN:
            status = next_header(archive, entry)
            if status == EOF:
                return {'members': members, **({} if damage is None else {'error': damage})}
            if status < WARN:
                break
            if status == RETRY:  # no member, but bsdtar goes on behind it, and ends with a failure
                damage = (problem(archive) or b'').decode('latin1')
                continue
            told = tell(entry)
            members.append(told)
            if told['type'] == 'file' and told['size'] <= DIGESTED:
                content = content_of(archive, told)
                if 'error' in content:
                    return {'members': members, **content}
                told.update(content)
        return {'members': members, 'error': (problem(archive) or b'').decode('latin1')}
    finally:
        free(archive)


for line in sys.stdin:
    print(json.dumps(read(line[:-1])))
