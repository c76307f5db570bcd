/** What `npm start` and `npm test` share: install the workspace once, then run with the Node that it pins. Runs on any Node from 20 on. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@10.34.9';
const NODE_MAJOR = 24;

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
/** Remembers which lock file was installed, so that a second start need not ask. */
const mark = join(root, 'node_modules', '.revier-installed');
const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');

const say = (text) => process.stderr.write(`${text}\n`);

/** Runs a program; answers its exit code. Signals reach the child, which ends in good order by itself. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}

/** Installs what the lock file names, unless that is done. Everything that installing prints goes to stderr. */
export async function ensureInstalled() {
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lockHash() && existsSync(join(bin, 'node'))) return;
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Error(`Revier needs Node 20 or newer to install itself; this is ${process.versions.node}.`);
  say('Installing packages (once; about half a minute) …');
  const code = await run(
    'npx',
    ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'],
    {
      stdio: ['ignore', 2, 2],
    },
  );
  if (code !== 0) throw new Error('Installing the packages failed; see the lines above.');
  await assertNode();
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, lockHash());
}

/** Without its build script the pinned Node is silently replaced by the host's: better to stop than to run on that. */
async function assertNode() {
  const code = await run(node, ['-e', `process.exit(process.versions.node.startsWith('${NODE_MAJOR}.') ? 0 : 1)`]);
  if (code !== 0)
    throw new Error(`The workspace's own Node ${NODE_MAJOR} is missing; remove node_modules and try again.`);
}

/** The Node that the workspace pins. */
export const node = join(bin, 'node');

/** Sources are stripped of their types and compiled once, whichever program loads them. */
const compileCache = join(root, 'node_modules', '.cache', 'revier-compiled');

/** Programs of the workspace first, so that child processes find the pinned Node too. */
export const environment = () => ({
  NODE_COMPILE_CACHE: compileCache,
  ...process.env,
  PATH: `${bin}:${process.env.PATH ?? ''}`,
});

/** Ends with the exit code, or with a plain sentence when something could not even begin. */
export async function main(steps) {
  try {
    process.exitCode = await steps();
  } catch (error) {
    say(`revier: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
