#!/usr/bin/env python3
"""Times a fleet whose states are in an object store, of which each answer takes a while.

`benches/stores.py [TARGETS [LATENCY_MS]]` serves a store on loopback, records TARGETS (1000 without
it) states in it, and then lets `plan` and `apply` find that there is nothing to do, beside the limit:
the time that is spent waiting for answers alone. It counts requests, too.
"""

import asyncio
import email.utils
import math
import os
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("CLERKFORM", os.path.join(ROOT, "target", "release", "clerkform"))
FILE = """target: {secret_key_env: KEY_%d, environment_type: development}
restrictions: {allowlist: false, blocklist: true}
"""
PARALLELISM = (10, 50, 200)


class Store:
    """Objects of one bucket, with the conditions of S3."""

    def __init__(self):
        self.objects = {}
        self.latency = 0
        self.asked = []
        self.writes = 0
        self.loop = asyncio.new_event_loop()
        self.listening = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()
        self.listening.wait()

    def serve(self):
        asyncio.set_event_loop(self.loop)
        start = asyncio.start_server(self.converse, "127.0.0.1", 0, backlog=1024)
        self.port = self.loop.run_until_complete(start).sockets[0].getsockname()[1]
        self.listening.set()
        self.loop.run_forever()

    async def converse(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                await asyncio.sleep(self.latency)
                status, etag, answer = self.answer(method, target.split("?")[0], headers, body)
                writer.write(
                    f"HTTP/1.1 {status} Timed\r\ndate: {email.utils.formatdate(usegmt=True)}\r\n"
                    f"{etag}content-length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, method, key, headers, body):
        self.asked.append(method)
        there = self.objects.get(key)
        if method == "GET":
            if there is None:
                return 404, "", b"<Error><Code>NoSuchKey</Code></Error>"
            return 200, f"etag: {there[0]}\r\n", there[1]
        wanted = headers.get("if-match")
        if (wanted and (there is None or there[0] != wanted)) or (
            headers.get("if-none-match") == "*" and there is not None
        ):
            return 412, "", b"<Error><Code>PreconditionFailed</Code></Error>"
        self.writes += 1
        etag = f'"{self.writes}"'
        self.objects[key] = (etag, body)
        return 200, f"etag: {etag}\r\n", b""


def run(folder, store, *words):
    """Seconds of the wall clock of one run, and how many requests it made of each kind."""
    store.asked.clear()
    names = os.path.join(folder, "names")
    started = time.monotonic()
    ran = subprocess.run(
        [BINARY, *words, "--state", f"s3://states/?endpoint=http://127.0.0.1:{store.port}",
         "--files-from", names],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"},
        check=False,
    )
    seconds = time.monotonic() - started
    if ran.returncode != 0:
        sys.exit(f"{words[0]}: {ran.returncode}\n{ran.stderr.decode()[:2000]}")
    return seconds, {kind: store.asked.count(kind) for kind in ("GET", "PUT")}


def main():
    targets = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    latency = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    store = Store()
    with tempfile.TemporaryDirectory() as folder:
        names = [f"app{number:05}/clerk.yaml" for number in range(targets)]
        for number, name in enumerate(names):
            os.makedirs(os.path.dirname(os.path.join(folder, name)))
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(FILE % number)
        with open(os.path.join(folder, "names"), "w", encoding="utf-8") as file:
            file.write("\n".join(names))
        seconds, asked = run(folder, store, "state", "adopt")
        print(f"{targets} states recorded in {seconds:.2f} s: {asked}")
        store.latency = latency / 1000
        for words in (("plan",), ("apply", "--yes")):
            for parallelism in PARALLELISM:
                at_once = ("--parallelism", str(parallelism))
                seconds, asked = run(folder, store, *words, *at_once)
                limit = math.ceil(targets / parallelism) * latency / 1000
                print(
                    f"{words[0]:6} {latency} ms, parallelism {parallelism:3}: {seconds:6.2f} s, "
                    f"limit {limit:6.2f} s, {seconds / limit:5.2f}x, {asked}"
                )


if __name__ == "__main__":
    main()
