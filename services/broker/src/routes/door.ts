/** The door: whoever must be known is known, and has not had too much, before anybody reads what they bring. */
import { AppError } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';
import { nameOf } from '../access/principal.ts';
import type { Broker } from '../ports.ts';
import { comesAsPerson, loginOf, participantOf, rememberCallers } from './caller.ts';
import type { Spend } from './rates.ts';

/** RFC 9449, section 7.1. */
const CHALLENGE = 'DPoP algs="EdDSA Ed25519 ES256 ES384 PS256 RS256"';

/** For every route whose description has `security`. */
export function keepDoor(app: HttpApp, broker: () => Broker, spend: Spend): void {
  rememberCallers(app);
  app.addHook('onRequest', async (request, reply) => {
    const { security } = request.routeOptions.schema ?? {};
    if (security === undefined) return;
    if (!comesAsPerson(request)) return spend(request, 'nodeCallsPerMinute', await participantOf(broker(), request));
    await admitPerson(broker(), request, spend).catch((error: unknown) => {
      if (error instanceof AppError && isChallenged(error)) reply.header('www-authenticate', challengeOf(error));
      throw error;
    });
  });
}

/** Counted before the proof is kept, so that nobody fills the records with proofs. */
async function admitPerson(broker: Broker, request: FastifyRequest, spend: Spend): Promise<void> {
  const login = await loginOf(broker, request);
  await spend(request, 'readsPerMinute', nameOf(login));
  if (login.proof !== undefined && !(await broker.proofs.use(login.proof))) throw new AppError('PROOF_REPLAYED');
}

const isChallenged = ({ code }: AppError): boolean =>
  code === 'UNAUTHENTICATED' || code === 'TOKEN_INVALID' || code === 'PROOF_REPLAYED';

function challengeOf({ code }: AppError): string {
  if (code === 'UNAUTHENTICATED') return CHALLENGE;
  return `${CHALLENGE}, error="${code === 'TOKEN_INVALID' ? 'invalid_token' : 'invalid_dpop_proof'}"`;
}
