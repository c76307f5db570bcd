/** When a process started, and where it lives: pid numbers are reused, so a pid alone names nobody. */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** An opaque text that differs between two processes of the same pid; empty when there is no such process. */
export async function processStart(pid: number): Promise<string> {
  return process.platform === 'linux' ? linuxStart(pid) : otherStart(pid);
}

/** Host and pid namespace: only within one place does a pid mean the same process. */
export async function processPlace(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${namespace}`;
}

/** Field 22 of /proc/<pid>/stat (proc(5)) is clock ticks since boot, so the boot's id belongs to it. */
async function linuxStart(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The program's name stands in brackets and may hold spaces: count from the last bracket (field 3 follows it).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more.
    return fields[0] === 'Z' ? '' : `${boot.trim()} ${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

async function otherStart(pid: number): Promise<string> {
  if (!isAlive(pid)) return '';
  try {
    // By its path, so that neither PATH nor a locale of the environment counts.
    const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { LC_ALL: 'C' },
    });
    return stdout.trim();
  } catch {
    // No `ps` (Windows): alive is all that can be known, so a live pid keeps its lock.
    return 'alive';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
