/** What the command line lends to other programs: asking, signing, profiles, the table, and the program itself. */
export { type AskOptions, ask, sign } from './ask/ask.ts';
export { type AskedDryRun, dryRun } from './ask/ask-dry-run.ts';
export type { SignOptions } from './ask/sign.ts';
export type { ExitCode } from './context.ts';
export { askAsOwner, type Owner } from './node/owner.ts';
export { type ParticipantFolder, writeParticipant } from './participant/participant.ts';
export { openParticipant } from './participant/participant-session.ts';
export type { ProfilePlaces } from './profile/find-profile.ts';
export { loadProfile, type Profile, ProfileFile } from './profile/profile.ts';
export { type ProfileToWrite, writeProfile } from './profile/write-profile.ts';
export { asDataUser, type RegisterSession, vocabularyOf } from './register/register-session.ts';
export { type RenderOptions, renderAnswer } from './render/render-answer.ts';
export type { Lang } from './render/words.ts';
export { run } from './run.ts';
export type { Terminal } from './terminal.ts';
