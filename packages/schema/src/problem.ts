/** The problem registry: every error that Revier can answer, as RFC 9457 problem+json with a stable code and a hint. */
import { z } from 'zod';

/** Type URIs resolve to the generated page `docs/problems.md`. */
export const PROBLEM_TYPE_BASE = 'urn:revier:problem:';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What the reader can do about it. */
  readonly hint: string;
}

const kinds = {
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON',
    hint: 'Check the body with a JSON linter; send it as UTF-8.',
  },
  NOT_CANONICAL: {
    status: 400,
    title: 'The signed bytes are not in canonical form',
    hint: 'Canonicalise (RFC 8785) before signing; `revier sign` does it. Duplicate keys and numbers beyond 2^53 have no canonical form.',
  },
  INVALID_REQUEST: {
    status: 400,
    title: 'The request does not fit the schema',
    hint: 'See `errors` for each place; the schema is at /openapi.json.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'This content type is not accepted here',
    hint: 'Send application/json, or application/cbor for a release.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    hint: 'Queries are at most 256 KiB, releases at most 64 MiB.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers of the request are too large',
    hint: 'Headers are at most 16 KiB in all; look for long tokens or cookies.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing here, or nothing that you may see',
    hint: 'Check the address; a query is visible to the person who asked it.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This method is not offered here',
    hint: 'See /openapi.json for the operations.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'The answer does not come in this format',
    hint: 'Ask for application/json, text/csv or application/vnd.json-stat+json.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'Who is asking could not be established',
    hint: 'Log in with `revier login`; for curl, `revier proof` prints the headers. Participants send a fresh token of their own.',
  },
  TOKEN_INVALID: {
    status: 401,
    title: 'The access token, or the proof that comes with it, does not hold',
    hint: 'Make a fresh proof for this very method and address, check your clock, or run `revier login` again.',
  },
  PROOF_REPLAYED: {
    status: 401,
    title: 'The proof of possession has been used before',
    hint: 'Make a new proof (DPoP) with a `jti` of its own for every request.',
  },
  LOGIN_NEEDED: {
    status: 401,
    title: 'This needs a log-in',
    hint: 'Run `revier login`; asking a question needs none.',
  },
  LOGIN_FAILED: {
    status: 401,
    title: 'The log-in did not succeed',
    hint: 'Run `revier login` again; if it stays, ask whoever runs the log-in.',
  },
  LOGIN_UNAVAILABLE: {
    status: 503,
    title: 'Nobody can log in here at the moment',
    hint: 'Try again later; asking a question needs no log-in.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'This is not allowed for you',
    hint: 'Check your role, and the register of your credential; `revier whoami` tells what the broker knows.',
  },
  SIGNATURE_INVALID: {
    status: 400,
    title: 'A signature does not verify',
    hint: 'Sign with the key that your credential names, EdDSA over the canonical bytes.',
  },
  SIGNATURE_TYPE: {
    status: 400,
    title: 'A signed object of another kind was expected',
    hint: 'Check the `typ` of the JWS header.',
  },
  KEY_UNKNOWN: {
    status: 400,
    title: 'The signing key is not known in the trust list',
    hint: 'Check `kid`; a new key must be admitted first.',
  },
  CREDENTIAL_INVALID: {
    status: 400,
    title: 'The researcher credential is not valid',
    hint: 'Ask your organisation for a current credential that names this register.',
  },
  WRONG_AUDIENCE: {
    status: 400,
    title: 'The message is meant for somebody else',
    hint: 'Set `aud` to the participant that you send to.',
  },
  WRONG_REALM: {
    status: 400,
    title: 'The message comes from another realm',
    hint: 'Test and production never mix; use keys and agreements of one realm.',
  },
  EXPIRED: {
    status: 400,
    title: 'The message has expired or is not valid yet',
    hint: 'Sign it anew and check your clock; two minutes of difference are tolerated.',
  },
  TRUST_STALE: {
    status: 503,
    title: 'There is no fresh timestamp of the trust list',
    hint: 'Nothing is answered on a trust list that may be out of date. It passes by itself once a timestamper has spoken; if it does not, ask the operator which node of a timestamper is down.',
  },
  CODE_INVALID: {
    status: 403,
    title: 'The enrolment code is not valid',
    hint: 'A code works once, for fifteen minutes. Ask the operator for a new one.',
  },
  REPLAYED: {
    status: 409,
    title: 'This message has been received before',
    hint: 'Sign a new query; to retry a request, repeat it with the same Idempotency-Key.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'The Idempotency-Key was used for another request',
    hint: 'Use a new key for a new request.',
  },
  LOG_INCONSISTENT: {
    status: 409,
    title: 'The checkpoint does not go on from the one seen before',
    hint: 'A log is only ever continued. After a restore, `revier audit verify` says what is missing; ask the data protection officer.',
  },
  CATALOGUE_UNKNOWN: {
    status: 409,
    title: 'The catalogue version that the query names is not known',
    hint: 'Fetch /v1/catalogue again and sign anew.',
  },
  LOOKUP_UNKNOWN: { status: 422, title: 'The lookup is not registered', hint: 'See `lookups` in /v1/catalogue.' },
  REGISTER_UNKNOWN: { status: 422, title: 'There is no such virtual register', hint: 'See /v1/registers.' },
  PURPOSE_UNKNOWN: {
    status: 422,
    title: 'The purpose is not in the pinned purpose tree',
    hint: 'See /v1/purposes for the codes.',
  },
  MODEL_UNKNOWN: { status: 422, title: 'No dataset has this data model', hint: 'See `dataModels` in /v1/catalogue.' },
  VARIABLE_UNKNOWN: {
    status: 422,
    title: 'The data model has no such variable',
    hint: 'See the variables of the model in /v1/catalogue.',
  },
  CODE_UNKNOWN: { status: 422, title: 'The code is not in the code list', hint: 'See the code list in /v1/catalogue.' },
  STANDARD_UNKNOWN: {
    status: 422,
    title: 'The standard population is not registered',
    hint: 'See `standards` in /v1/catalogue.',
  },
  AGGREGATE_UNKNOWN: {
    status: 422,
    title: 'A derived measure names an aggregate that the question does not have',
    hint: 'Name one of the keys of `aggregates`.',
  },
  AGGREGATE_UNFIT: {
    status: 422,
    title: 'The aggregate does not fit this use',
    hint: 'A rate needs events over a population of another model; a share needs two counts of one model.',
  },
  GRAIN_UNAVAILABLE: {
    status: 422,
    title: 'No holder has this grain',
    hint: 'Ask for a coarser level, or for fewer areas or years.',
  },
  BOUNDARIES_DIFFER: {
    status: 422,
    title: 'The datasets use different code lists or versions for one variable',
    hint: 'Ask for datasets that share the boundary version.',
  },
  QUESTION_TOO_WIDE: {
    status: 422,
    title: 'The question has too many dimensions or cells',
    hint: 'Five dimensions and 2,000,000 cells are the limit; ask for fewer.',
  },
  MIN_NODES: {
    status: 422,
    title: 'Fewer holders than needed would answer together',
    hint: 'A secure sum takes four organisations at least that hold what is asked for; ask more holders, or for less.',
  },
  HOLDERS_PARTED: {
    status: 422,
    title: 'The question parts the holders that answer together',
    hint: 'Leave out the dimension or condition that the pointer names, or use a coarser level: every holder must have every cell.',
  },
  EXACT_BESIDE_RATE: {
    status: 422,
    title: 'An exact count cannot stand beside a standardised rate of the same records',
    hint: 'Ask for the rate alone: it carries the number of events as a class.',
  },
  AGREEMENT_MISSING: {
    status: 422,
    title: 'A holder has no agreement for this register',
    hint: 'Name the holders that have agreed, see /v1/registers.',
  },
  AGREEMENT_NOT_IN_FORCE: {
    status: 422,
    title: 'A usage agreement that the query names is not in force',
    hint: 'It was suspended, revoked or replaced, or is over; fetch the register again and name the agreement that is in force.',
  },
  STATUS_NOT_POSSIBLE: {
    status: 409,
    title: 'This status cannot follow the one that the agreement has',
    hint: 'What is over stays over; see `revier agreement show` for what was stated before.',
  },
  POLICY_INVALID: {
    status: 422,
    title: 'The usage agreement is not a valid policy of this profile',
    hint: 'See `errors`; unknown terms, operators and types are refused.',
  },
  BROKER_BUSY: {
    status: 503,
    title: 'The broker has too much to do at the moment',
    hint: 'Try again after the time in Retry-After.',
  },
  NOT_READY: {
    status: 503,
    title: 'The service is starting or stopping',
    hint: 'Try again in a moment; see /health/ready.',
  },
  RATE_LIMITED: { status: 429, title: 'Too many requests', hint: 'Wait for the time in Retry-After.' },
  DATA_FOLDER_IN_USE: {
    status: 500,
    title: 'The data folder is open in another process',
    hint: 'Stop the other process, or choose another folder.',
  },
  DATA_FOLDER_NEWER: {
    status: 500,
    title: 'The data folder was written by a newer program',
    hint: 'Start the newer program, or choose another folder; older formats are read, newer ones never.',
  },
  RECORDS_UNREADABLE: {
    status: 500,
    title: 'The embedded records in the data folder cannot be opened',
    hint: 'Make room if the disk is full; otherwise put a backup of the folder in its place. Nothing in it was changed.',
  },
  DATA_UNREADABLE: {
    status: 500,
    title: 'The data of a dataset are missing, cannot be read, or are not those described',
    hint: 'Import the dataset again, or fill its view in PostgreSQL (docs/guides/own-postgresql.md); until then questions to it cannot be answered.',
  },
  IMPORT_UNFIT: {
    status: 422,
    title: 'The data do not fit the data model',
    hint: 'Compare columns and codes with the data model and the grain of the dataset; the earlier data stay in use.',
  },
  VIEW_UNFIT: {
    status: 500,
    title: 'The approved view of a dataset, or the role that reads it, is not as it has to be',
    hint: 'See `errors`; compare the view and the rights of the role with the statements that `approvedViewSql` prints.',
  },
  PROFILE_MISSING: {
    status: 400,
    title: 'There is no profile that says who you are and which broker to ask',
    hint: 'Run `npm start` to get a demo profile, or name one with --profile or REVIER_PROFILE.',
  },
  PROFILE_UNFIT: {
    status: 400,
    title: 'The profile cannot be used',
    hint: 'See `errors`; `npm start` writes a demo profile to compare with.',
  },
  KEY_EXPOSED: {
    status: 400,
    title: 'The private key can be read by others on this machine',
    hint: 'Take the rights of others away: chmod 600 on the key file.',
  },
  BROKER_UNREACHABLE: {
    status: 503,
    title: 'The broker could not be reached, or something else answers in its place',
    hint: 'Check `broker` in the profile and that the broker runs; `npm start` starts one with the demo.',
  },
  NOT_ANSWERED_YET: {
    status: 504,
    title: 'The answer is not there yet',
    hint: 'Fetch it later: `revier status` tells where it is, `revier answer` prints it.',
  },
  TWO_PERSONS_NEEDED: {
    status: 403,
    title: 'Two different enrolled persons have to sign',
    hint: 'Stewards, signatories and their deputies count, each person once; see /v1/people at the node.',
  },
  NOT_WAITING: {
    status: 409,
    title: 'Nothing waits for this any more',
    hint: 'See `revier inbox show` for where the negotiation is.',
  },
  NOT_STOPPED: {
    status: 409,
    title: 'The node is not stopped',
    hint: 'A statement ends one stop, once; see /v1/status at the node.',
  },
  NOT_RECONCILED: {
    status: 409,
    title: 'The node was restored and has not been reconciled',
    hint: 'Run `revier node reconcile` first; see docs/guides/backup.md.',
  },
  NODE_UNREACHABLE: {
    status: 503,
    title: 'No process answers for this node',
    hint: 'Start the node and try again; `revier node stop` works without it.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong on our side',
    hint: 'Try again; if it stays, report the request id.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof kinds;

export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = kinds;

/** All codes, in a fixed order. */
export const problemCodes: readonly ProblemCode[] = z.array(z.custom<ProblemCode>()).parse(Object.keys(kinds));

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(kinds, code);

/** One fault at one place; `pointer` is an RFC 6901 JSON pointer into the request. */
export const ProblemError = z.strictObject({ pointer: z.string().max(500), detail: z.string().max(500) });
export type ProblemError = z.infer<typeof ProblemError>;

/** RFC 9457 problem details. Never carries SQL, counts or stack traces. */
export const Problem = z
  .strictObject({
    type: z.string().max(200),
    title: z.string().max(200),
    status: z.int().min(400).max(599),
    code: z.string().max(60),
    hint: z.string().max(500),
    detail: z.string().max(1000).optional(),
    errors: z.array(ProblemError).max(50).optional(),
    requestId: z.string().max(80).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details with a stable code and a hint' });
export type Problem = z.infer<typeof Problem>;

export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
  readonly requestId?: string;
  /** Seconds, for the header Retry-After. */
  readonly retryAfter?: number;
}

/** Builds the problem of a code; `detail` must be free of data, SQL and counts. */
export function problemOf(code: ProblemCode, options: ProblemOptions = {}): Problem {
  const { status, title, hint } = problemKinds[code];
  return {
    type: `${PROBLEM_TYPE_BASE}${code}`,
    title,
    status,
    code,
    hint,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    ...(options.errors === undefined ? {} : { errors: options.errors.slice(0, 50) }),
    ...(options.requestId === undefined ? {} : { requestId: options.requestId }),
  };
}

/** An expected failure on its way to the one handler that turns it into a problem. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions & { readonly cause?: unknown } = {}) {
    super(options.detail ?? problemKinds[code].title, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.options = options;
  }

  /** One fault at one place. */
  static at(code: ProblemCode, pointer: string, detail: string): AppError {
    return new AppError(code, { detail, errors: [{ pointer, detail }] });
  }
}
