/** The words of Revier: zod schemas and types of everything that travels. */
export {
  Code,
  DatasetId,
  LookupName,
  Name,
  ParticipantId,
  Realm,
  RegisterId,
  Seconds,
  Sha256,
  Text,
  Timestamp,
  Uuid,
  VersionedName,
} from './ids.ts';
export {
  AppError,
  isProblemCode,
  PROBLEM_TYPE_BASE,
  Problem,
  type ProblemCode,
  ProblemError,
  type ProblemOptions,
  problemCodes,
  problemKinds,
  problemOf,
} from './problem.ts';
