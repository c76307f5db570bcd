/** Letters at a scripted broker: carried as they are, twice or to others if a test wants, and lost while one says so. */
import { AppError, type CompactJws, LetterList, LetterQuery, LetterToSend, type ParticipantId } from '@revier/schema';
import { type HttpApp, requestEnd } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';

export interface ScriptedPost {
  /** Puts a letter into somebody's box. */
  put(to: ParticipantId, from: ParticipantId, letter: CompactJws): void;
  /** What lies for somebody, oldest first; the same letter lies there once. */
  boxOf(to: ParticipantId): readonly CompactJws[];
  /** While true, nothing is taken. */
  isClosed: boolean;
}

export function addPost(app: HttpApp, senderOf: (request: FastifyRequest) => Promise<ParticipantId>): ScriptedPost {
  const boxes = new Map<string, LetterList['letters']>();
  let seq = 0;
  const post: ScriptedPost = {
    isClosed: false,
    put(to, from, letter) {
      boxes.set(to, [...(boxes.get(to) ?? []), { seq: ++seq, from, letter, came: new Date().toISOString() }]);
    },
    boxOf: (to) => (boxes.get(to) ?? []).map(({ letter }) => letter),
  };
  app.post('/v1/letters', { bodyLimit: 16_000_000, schema: { body: LetterToSend } }, async (request, reply) => {
    const from = await senderOf(request);
    if (post.isClosed) throw new AppError('NOT_READY');
    const { to, letter } = request.body;
    if (!post.boxOf(to).includes(letter)) post.put(to, from, letter);
    return reply.code(204).send();
  });
  app.get('/v1/letters', { schema: { querystring: LetterQuery, response: { 200: LetterList } } }, async (request) => {
    const caller = await senderOf(request);
    const { after, wait } = request.query;
    const until = Date.now() + wait * 1000;
    const found = () => (boxes.get(caller) ?? []).filter((one) => one.seq > after);
    const end = requestEnd(request);
    while (found().length === 0 && Date.now() < until && !end.aborted)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return { letters: found().slice(0, 100) };
  });
  return post;
}
