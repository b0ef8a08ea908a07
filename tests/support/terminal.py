"""Runs a command in a terminal of its own, types what standard input holds once the command asks
for it, and prints what the terminal shows. Ends as the command does."""

import os
import pty
import sys

prompt, *command = sys.argv[1:]
typed = sys.stdin.buffer.read()
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:  # Linux says so where the other side is closed.
        break
    if not part:
        break
    shown += part
    if typed and prompt.encode() in shown:
        os.write(terminal, typed)
        typed = b""
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
