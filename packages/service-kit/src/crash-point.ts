/** Named places at which a process ends itself, so that tests can show that nothing acknowledged is lost there. */
import { AppError, type Realm } from '@revier/schema';

/** Called on the way past a place; does nothing but in a test that has named it. */
export type CrashPoint<Label extends string> = (here: Label) => void;

/** By SIGKILL, which nothing can catch or tidy up after. @throws AppError FORBIDDEN in the realm production */
export function crashPointAt<Label extends string>(label: Label | undefined, realm: Realm): CrashPoint<Label> {
  if (label === undefined) return () => undefined;
  if (realm === 'production') throw new AppError('FORBIDDEN', { detail: 'REVIER_CRASH_AT is for test realms only.' });
  return (here) => {
    if (here === label) process.kill(process.pid, 'SIGKILL');
  };
}
