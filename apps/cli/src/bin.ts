#!/usr/bin/env node
/** The door: hands the process over to the program and leaves with its exit code. */
import { homedir } from 'node:os';
import { run } from './run.ts';

const { argv, env, stdin, stdout, stderr } = process;
// A reader that has seen enough (`revier query | head`) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const terminal = { env, stdin, stdout, stderr, cwd: process.cwd(), home: homedir(), clock: () => new Date() };
process.exitCode = await run(argv.slice(2), terminal);
