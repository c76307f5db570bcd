/** What the laptop lends to tests of whole federations: founding one in a folder, from the same specifications. */
export { type Agreeing, agreeRegisters } from './agree-registers.ts';
export { careNeedFederation } from './care-need-federation.ts';
export type { DatasetSpec, FederationSpec, HolderSpec } from './federation-spec.ts';
export { folders } from './folders.ts';
export { type Founding, foundFederation, markFounded } from './found-federation.ts';
export { grainOf } from './grain.ts';
export { questionFile, readQuestion } from './questions.ts';
export { ruhrFederation } from './ruhr-federation.ts';
