"""A package index on loopback for one build: serves a folder of wheels and sdists to pip with PyPI's caching headers.

Proxies strip these headers, and then pip's cache stays empty: the waste image needs it full, wherever it is built.

    index.py <folder> <port>
"""

import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

folder = Path(sys.argv[1])


def project(file):
    return re.sub(r'[-_.]+', '-', re.split(r'-\d', file.name)[0]).lower()


class Index(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        kind, name = self.path.strip('/').split('/', 1)
        if kind == 'simple':
            links = [f'<a href="/files/{file.name}">{file.name}</a>' for file in folder.iterdir() if project(file) == name]
            self.answer('text/html', 'max-age=600, public', '\n'.join(links).encode())
        else:
            self.answer('application/octet-stream', 'max-age=365000000, immutable, public', (folder / name).read_bytes())

    # uv asks so whether it can have parts of a file.
    def do_HEAD(self):
        self.do_GET()

    def answer(self, kind, caching, body):
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', caching)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)


ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), Index).serve_forever()
