#!/usr/bin/env node
// Starts the program, which is in the package for this platform. Where Node can, the program takes
// the place of this process, so that signals, the terminal and the end are its own. Elsewhere it is
// a child: signals are passed on to it, and its end is given back.
'use strict'

const { accessSync, constants } = require('node:fs')

const { optionalDependencies } = require('./package.json')

function fail(message, help) {
  process.stderr.write(`error: ${message}\n  help: ${help}\n`)
  process.exit(1)
}

function find() {
  const platform = `${process.platform}-${process.arch}`
  const name = `@clerkform/${platform}`
  if (!(name in optionalDependencies)) {
    fail(`there is no build of clerkform for ${platform}`,
      'build it with Rust: `cargo install clerkform`')
  }
  const file = process.platform === 'win32' ? 'clerkform.exe' : 'clerkform'
  try {
    return require.resolve(`${name}/${file}`)
  } catch {
    fail(`the package ${name}, which holds the program for this platform, is not installed`,
      'install again with optional dependencies (`npm install --include=optional`); if the lock file\n'
      + '        or `node_modules` comes from another platform, delete both first')
  }
}

function replace(program, words) {
  try {
    // A failed `execve` aborts the process, so what can be known is looked at before.
    accessSync(program, constants.X_OK)
  } catch (error) {
    cannotStart(program, error)
  }
  process.execve(program, [program, ...words], process.env)
}

function cannotStart(program, error) {
  fail(`${program} cannot be started: ${error.message}`, 'install clerkform again')
}

function run(program, words) {
  // Loaded here, since that takes time and the other way does not need them.
  const { spawn } = require('node:child_process')
  const os = require('node:os')
  const tty = require('node:tty')

  const isWindows = process.platform === 'win32'
  // What a terminal sends reaches the child as well, and a second signal would end it at once. So
  // the first of each is not passed on there. Windows sends to the child in any case, and `kill`
  // would end it without warning.
  const isTerminal = [0, 1, 2].some((stream) => tty.isatty(stream))
  const expected = new Set(isTerminal ? ['SIGINT', 'SIGHUP', 'SIGQUIT'] : [])
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', isWindows ? 'SIGBREAK' : 'SIGQUIT']) {
    process.on(signal, () => {
      if (!expected.delete(signal) && !isWindows) child.kill(signal)
    })
  }
  const child = spawn(program, words, { stdio: 'inherit' })
  child.on('error', (error) => cannotStart(program, error))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]))
}

const program = find()
const words = process.argv.slice(2)
if (typeof process.execve === 'function' && process.platform !== 'win32') replace(program, words)
else run(program, words)
