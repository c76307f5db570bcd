/** Ids of traces and spans that follow from the query and its tasks, so that broker and nodes find the same ones without a word on the wire. */
import { createHash } from 'node:crypto';
import type { Trail } from './tracing.ts';

const TRACE_HEX = 32;
const SPAN_HEX = 16;

/** One query, one trace: everybody who works on it knows its submission id, and nobody can go back from here to it. */
export const traceIdOf = ({ query }: Trail): string => hashed('trace', query).slice(0, TRACE_HEX);

/** The span above all others of a task, or of the query. */
export const headIdOf = ({ query, task }: Trail): string =>
  (task === undefined ? hashed('query', query) : hashed('task', task)).slice(0, SPAN_HEX);

const hashed = (kind: string, name: string): string =>
  createHash('sha256').update(`revier-observe/${kind}/${name}`).digest('hex');
