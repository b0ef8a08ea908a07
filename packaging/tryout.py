#!/usr/bin/env python3
"""Installs what is packed for a release as somebody would from its page and from the registries, by
what this system has, and tries what was installed.

    packaging/tryout.py FOLDER

The folder is one of packaging/pack.sh; of `release`, `npm` and `wheels` it may lack some. npm's and
Python's registry are packaging/registry/registry.py, so nothing has to be published before."""

import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import venv
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import project

HERE = pathlib.Path(__file__).resolve().parent
IS_WINDOWS = os.name == "nt"
PROGRAM = "clerkform.exe" if IS_WINDOWS else "clerkform"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *words):
        pass


def serve(release, page):
    """Lays a release's files out as its page does, and serves them; gives back the URL."""
    latest = page / "latest" / "download"
    latest.mkdir(parents=True)
    shutil.copytree(release, page / "download" / f"v{project.VERSION}")
    shutil.copy(release / "SHA256SUMS", latest)
    handler = functools.partial(Quiet, directory=page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def installers():
    """The commands that install here: on Windows by both kinds of PowerShell."""
    if IS_WINDOWS:
        words = ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", HERE / "install.ps1"]
        return [[shell, *words] for shell in ("powershell", "pwsh")]
    return [["sh", HERE / "install.sh"]]


def from_the_page(release, folder):
    url = serve(release, folder / "page")
    for number, command in enumerate(installers()):
        installed = folder / f"installed{number}"
        settings = {"CLERKFORM_BASE_URL": url, "CLERKFORM_INSTALL_DIR": str(installed)}
        subprocess.run(command, check=True, env=os.environ | settings)
        subprocess.run([sys.executable, HERE / "smoke.py", installed / PROGRAM], check=True)


def from_npm(url, folder):
    words = ["install", "--no-audit", "--no-fund", "--prefix", folder, "--registry", f"{url}/npm/"]
    subprocess.run([shutil.which("npm"), *words, f"clerkform@{project.VERSION}"], check=True)
    show(folder / "node_modules" / ".bin" / ("clerkform.cmd" if IS_WINDOWS else "clerkform"))


def from_python(url, folder):
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if IS_WINDOWS else "bin")
    words = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    index = ["--index-url", f"{url}/simple/"]
    subprocess.run([scripts / "python", *words, *index, "clerkform"], check=True)
    show(scripts / PROGRAM)


def show(program):
    """Runs what a package manager installed."""
    said = subprocess.check_output([program, "--version"], text=True).strip()
    if said != f"clerkform {project.VERSION}":
        project.refuse(f"{program} says {said}")
    print(f"{program} works")


def from_the_registries(packed, folder):
    kinds = {"npm": from_npm, "wheels": from_python}
    there = [kind for kind in kinds if (packed / kind).is_dir()]
    if not there:
        return
    script = HERE / "registry" / "registry.py"
    command = [sys.executable, script, *(packed / kind for kind in there)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    # It ends with its standard input, which the end of this block closes.
    with subprocess.Popen(command, **pipes) as registry:
        url = registry.stdout.readline().strip()
        try:
            for kind in there:
                kinds[kind](url, folder / kind)
        finally:
            registry.stdin.close()


def main():
    packed = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        if (packed / "release").is_dir():
            from_the_page(packed / "release", folder)
        from_the_registries(packed, folder)


if __name__ == "__main__":
    main()
