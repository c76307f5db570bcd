/** A turnstile: works pass one after the other, in the order of their coming; one that fails holds up nobody. */

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function turnstile(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
