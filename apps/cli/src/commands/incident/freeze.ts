/** `revier incident freeze`: a stop whose cause is an incident. */
import type { Context, ExitCode } from '../../context.ts';
import { stopNode } from '../node/stop.ts';

export const freeze = (context: Context): Promise<ExitCode> => stopNode(context, 'incident');
