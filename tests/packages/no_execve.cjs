// An older Node.js: the launcher has to start the program as a child.
delete process.execve
