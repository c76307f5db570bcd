/** The benchmark's side of the simulated nodes: a process of its own, spoken to in turn. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { News, type Order } from './crowd-words.ts';

export interface Crowd {
  /** Gives an order and waits for its first news. */
  order(order: Order): Promise<News>;
  /** The next news of an order that has more than one. */
  next(): Promise<News>;
  close(): Promise<void>;
}

export function startCrowd(): Crowd {
  const child = fork(new URL('crowd-process.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const heard: News[] = [];
  let listener = (): void => {};
  child.on('message', (message) => {
    heard.push(News.parse(message));
    listener();
  });
  const ended = once(child, 'exit');
  const next = async (): Promise<News> => {
    for (;;) {
      const news = heard.shift();
      if (news !== undefined) return news;
      const { promise, resolve } = Promise.withResolvers<void>();
      listener = resolve;
      await Promise.race([promise, ended.then(() => Promise.reject(new Error('The simulated nodes have died.')))]);
    }
  };
  return {
    order: async (order) => {
      await tell(child, order);
      return next();
    },
    next,
    close: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

const tell = (child: ChildProcess, order: Order): Promise<void> =>
  new Promise((resolve, reject) => child.send(order, (error) => (error === null ? resolve() : reject(error))));

/** News of the kind that must come now. */
export function expectNews<K extends News['is']>(news: News, kind: K): Extract<News, { is: K }> {
  if (!isKind(news, kind)) throw new Error(`The simulated nodes said ${news.is} instead of ${kind}.`);
  return news;
}

const isKind = <K extends News['is']>(news: News, kind: K): news is Extract<News, { is: K }> => news.is === kind;
