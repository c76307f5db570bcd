/** `revier node stop`: at once, by the node's admin port, or by the STOP file when no process answers. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type StopNote } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, nodeFiles } from '../../node/admin-port.ts';

const Stopped = z.object({ state: z.literal('stopped'), stop: z.string() });

export const stop = (context: Context): Promise<ExitCode> => stopNode(context, 'command');

/** Whatever the port says but "stopped", the file is written: it stops a process that cannot say so, and the next one. */
export async function stopNode(context: Context, cause: 'command' | 'incident'): Promise<ExitCode> {
  const { flags } = context;
  const note: StopNote = { reason: flags.reason ?? '', ...(flags.by === undefined ? {} : { by: flags.by }) };
  const node = await nodeAtHand(context);
  try {
    const stopped = await node.post('/v1/stop', { ...note, cause }, Stopped);
    await put(context, flags.json ? asJson(stopped) : `The node is stopped (${stopped.stop}).`);
  } catch (error) {
    await writeFile(join(node.folder, nodeFiles.stop), `${JSON.stringify(note)}\n`, { mode: 0o600 });
    const absent = error instanceof AppError && error.code === 'NODE_UNREACHABLE';
    const text = absent
      ? 'No process answers; the STOP file is written, and the node will come up stopped.'
      : 'The node could not enter the stop in its records; the STOP file is written.';
    await put(context, flags.json ? asJson({ state: 'stopped', file: nodeFiles.stop }) : text);
  }
  return exitCodes.answered;
}
