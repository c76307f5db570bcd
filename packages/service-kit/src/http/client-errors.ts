/** What Node refuses before there is a request: told as a problem too, and the connection ends. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ProblemCode, problemOf } from '@revier/schema';
import { PROBLEM_MEDIA_TYPE } from './problems.ts';

/** Bytes of all headers of a request: a signed release header or a credential takes about 2 KiB. */
export const HEADER_LIMIT = 16 * 1024;

const codes: Readonly<Record<string, ProblemCode>> = { HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE' };

export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  // Nobody is there any more, or somebody who takes too long on purpose.
  if (error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(codes[error.code ?? ''] ?? 'INVALID_REQUEST');
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
