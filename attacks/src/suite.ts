/** All attacks, in the order of their numbers. */
import type { Attack } from './attack.ts';
import { averaging } from './attacks/a01-averaging.ts';
import { rewriting } from './attacks/a02-rewriting.ts';
import { differencing } from './attacks/a03-differencing.ts';
import { setEquality } from './attacks/a04-set-equality.ts';
import { tracker } from './attacks/a05-tracker.ts';
import { attempts, isolation } from './attacks/a06-a07-secure-sums.ts';
import { marginSubtraction } from './attacks/a08-margins.ts';
import { decomposition } from './attacks/a09-decomposition.ts';
import { overlappingWindows } from './attacks/a10-windows.ts';
import { extremes } from './attacks/a11-extremes.ts';
import { sumsOverFew } from './attacks/a12-sums.ts';
import { missingMeasures } from './attacks/a13-15-missing-measures.ts';
import { injection } from './attacks/a16-injection.ts';
import { timing } from './attacks/a17-timing.ts';
import { oneFace } from './attacks/a18-one-face.ts';
import { reconstruction } from './attacks/a19-reconstruction.ts';
import { noiseLaw } from './attacks/a20-noise-law.ts';
import { linkage } from './attacks/a21-linkage.ts';
import { policy } from './attacks/a22-policy.ts';
import { strataFromRates } from './attacks/a23-strata.ts';
import { padding } from './attacks/a24-padding.ts';

export const suite: readonly Attack[] = [
  ...[averaging, rewriting, differencing, setEquality, tracker, isolation, attempts, marginSubtraction, decomposition],
  ...[overlappingWindows, extremes, sumsOverFew, ...missingMeasures, injection, timing, oneFace, reconstruction],
  ...[noiseLaw, linkage, policy, strataFromRates, padding],
];
