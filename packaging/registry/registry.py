#!/usr/bin/env python3
"""Serves the npm packages and the wheels of some folders on loopback, so that package managers can
be tried before anything is published: `/npm/` for npm, `/simple/` for pip. The first line that it
prints is its URL. It ends when its standard input does."""

import base64
import hashlib
import html
import json
import re
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

# Some package managers take no version that is younger than a day.
PUBLISHED = "2020-01-01T00:00:00.000Z"


def described(tarball):
    """The `package.json` of an npm package."""
    with tarfile.open(tarball) as archive:
        return json.load(archive.extractfile("package/package.json"))


def normalized(name):
    """A Python project's name, as an index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Registry:
    """The packages of the folders."""

    def __init__(self, folders):
        files = [path for folder in folders for path in sorted(Path(folder).iterdir())]
        self.npm, self.wheels, self.files = {}, {}, {}
        for path in files:
            if path.suffix == ".tgz":
                manifest = described(path)
                name, version = manifest["name"], manifest["version"]
                place = f"/npm/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
                self.npm.setdefault(name, []).append((manifest, path, place))
                self.files[place] = path
            elif path.suffix == ".whl":
                self.wheels.setdefault(normalized(path.name.split("-")[0]), []).append(path)
                self.files[f"/wheels/{path.name}"] = path

    def packument(self, name, base):
        """What npm asks about a package."""
        versions = {}
        for manifest, path, place in self.npm[name]:
            content = path.read_bytes()
            sha512 = base64.b64encode(hashlib.sha512(content).digest()).decode()
            versions[manifest["version"]] = manifest | {
                "dist": {
                    "tarball": f"{base}{place}",
                    "shasum": hashlib.sha1(content).hexdigest(),
                    "integrity": f"sha512-{sha512}",
                }
            }
        [*_, latest] = versions
        times = dict.fromkeys(["created", "modified", *versions], PUBLISHED)
        tags = {"latest": latest}
        return {"name": name, "dist-tags": tags, "versions": versions, "time": times}

    def page(self, name):
        """What pip asks about a project."""
        links = []
        for path in self.wheels[name]:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            file = html.escape(path.name)
            links.append(f'<a href="/wheels/{file}#sha256={sha256}">{file}</a><br>\n')
        return "<!DOCTYPE html>\n" + "".join(links)

    def answer(self, path, base):
        """The media type and the body, or nothing."""
        if path in self.files:
            return "application/octet-stream", self.files[path].read_bytes()
        kind, _, name = path.strip("/").partition("/")
        if kind == "npm" and name in self.npm:
            return "application/json", json.dumps(self.packument(name, base)).encode()
        if kind == "simple" and name in self.wheels:
            return "text/html; charset=utf-8", self.page(name).encode()
        return None


class Handler(BaseHTTPRequestHandler):
    """Answers from the registry of the server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        host, port = self.server.server_address
        path = unquote(self.path.partition("?")[0])
        found = self.server.registry.answer(path, f"http://{host}:{port}")
        media, body = found or ("text/plain", b"not here\n")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.registry = Registry(sys.argv[1:])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("http://127.0.0.1:{1}".format(*server.server_address), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
