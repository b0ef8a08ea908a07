#!/usr/bin/env python3
"""Presses Ctrl-C in a terminal while a program waits for the answer to a call: `console.py PROGRAM…`,
such as `console.py wine clerkform.exe`. Pressed once, it lets the program record that call and end with
130; pressed again, it ends the program at once, which leaves its intent."""

import contextlib
import http.server
import json
import os
import pty
import sys
import tempfile
import threading

CALL = "/v1/instance/restrictions"
CTRL_C = b"\x03"


class Service(http.server.BaseHTTPRequestHandler):
    """Knows no instance, and answers the call once it is let go."""

    def do_GET(self):
        self.answer(404, {})

    def do_PATCH(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == CALL:
            self.server.arrived.set()
            self.server.let_go.wait()
        self.answer(200, {})

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def started(words, folder, url):
    """The program in a terminal of its own: its process, and the terminal."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ.update(CLERK_SECRET_KEY="sk_test_madeUp", CLERK_API_URL=url)
        os.execvp(words[0], [*words, "apply", "--yes"])
    return process, terminal


def press_until_the_end(terminal, again):
    """What the terminal shows of it. Presses that come together count as one, so that the next one
    waits until the program shows something new."""
    os.write(terminal, CTRL_C)
    text = b""
    # Linux tells with an error that nobody has the terminal open any more.
    with contextlib.suppress(OSError):
        while more := os.read(terminal, 4096):
            text += more
            if again:
                os.write(terminal, CTRL_C)
    return text.decode(errors="replace")


def pressed(words, again):
    """Its exit code, its state, and what it showed."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    # A program that ends at once breaks its connection.
    server.handle_error = lambda *_: None
    server.arrived, server.let_go = threading.Event(), threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/clerk.yaml", "w", encoding="utf-8") as file:
            file.write("restrictions: {blocklist: true}\norganization_settings: {enabled: true}\n")
        process, terminal = started(words, folder, f"http://127.0.0.1:{server.server_port}")
        server.arrived.wait()
        if not again:
            # Later than the key is pressed: whichever the program sees first, it ends with 130.
            threading.Timer(1, server.let_go.set).start()
        text = press_until_the_end(terminal, again)
        exit_code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        server.let_go.set()
        with open(f"{folder}/clerk.state.json", encoding="utf-8") as file:
            return exit_code, json.load(file), text


def main():
    for times, again in [("once", False), ("again", True)]:
        exit_code, state, text = pressed(sys.argv[1:], again)
        is_recorded = state["in_flight"] is None and "restrictions" in state["applied"]
        is_left = state["in_flight"] is not None and state["applied"] == {}
        if exit_code != 130 or not (is_left if again else is_recorded):
            sys.exit(f"Ctrl-C pressed {times}: exit {exit_code}, {json.dumps(state)}\n{text}")
        print(f"Ctrl-C pressed {times}: ok")


main()
