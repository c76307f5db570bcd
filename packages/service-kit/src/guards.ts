/** Builds with guards off: what tests load to show that a guard bites leaves a mark in the process, and production refuses it. */
import { AppError, type Realm } from '@revier/schema';

/** Left by the test kit. */
const MARK = Symbol.for('revier.guards-off');

/** @throws AppError FORBIDDEN in production, when anything that can switch a guard off is loaded */
export function assertGuardsOn(realm: Realm, place: object = globalThis): void {
  if (realm === 'production' && Reflect.get(place, MARK) === true)
    throw new AppError('FORBIDDEN', { detail: 'A build with guards off is for test realms only.' });
}
