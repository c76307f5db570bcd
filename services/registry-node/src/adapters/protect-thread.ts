/** The thread that decides about linked tables: takes their counts, says what is shown, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { protectSystem } from '@revier/core';

parentPort?.postMessage(protectSystem(workerData));
