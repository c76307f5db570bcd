/** Which form of an answer a client wants: `?format=` first, else the Accept header (RFC 9110, section 12.5.1). */

import { toCsv } from '@revier/core';
import { type AnswerFormat, AppError, answerMediaTypes } from '@revier/schema';
import type { FastifyReply } from 'fastify';
import { toJsonStat } from '../answer/json-stat.ts';
import type { Broker } from '../ports.ts';
import { proofText } from '../use-cases/prove-answer.ts';
import type { ReadAnswer } from '../use-cases/read-query.ts';

const formats: readonly AnswerFormat[] = ['json', 'csv', 'json-stat', 'proof'];

/** @throws AppError NOT_ACCEPTABLE */
export function formatOf(asked: AnswerFormat | undefined, accept: string | undefined): AnswerFormat {
  if (asked !== undefined) return asked;
  const ranges = rangesOf(accept ?? '*/*');
  const best = formats
    .map((format) => ({ format, quality: qualityOf(ranges, answerMediaTypes[format]) }))
    .reduce((a, b) => (b.quality > a.quality ? b : a));
  if (best.quality === 0) throw new AppError('NOT_ACCEPTABLE');
  return best.format;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

const rangesOf = (accept: string): Range[] =>
  accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return { type, quality: Number.isFinite(quality) ? quality : 0 };
  });

/** The most specific range that names the type counts. */
function qualityOf(ranges: readonly Range[], type: string): number {
  const family = `${type.slice(0, type.indexOf('/'))}/*`;
  for (const wanted of [type, family, '*/*']) {
    const range = ranges.find((one) => one.type === wanted);
    if (range !== undefined) return range.quality;
  }
  return 0;
}

/** JSON leaves as the very bytes that the result signature is over. */
export async function sendAnswer(
  broker: Broker,
  reply: FastifyReply,
  found: ReadAnswer,
  format: AnswerFormat,
): Promise<FastifyReply> {
  const { text, answer } = found;
  const body = format === 'proof' ? await proofText(broker, found) : undefined;
  reply
    .header('vary', 'Accept, Authorization')
    .type(`${answerMediaTypes[format]}${format === 'csv' ? '; charset=utf-8' : ''}`);
  if (body !== undefined) return reply.send(body);
  if (format === 'json') return reply.send(text);
  if (format === 'json-stat') return reply.send(JSON.stringify(toJsonStat(answer)));
  return reply.header('link', '<answer.csv-metadata.json>; rel="describedby"').send(toCsv(answer));
}
