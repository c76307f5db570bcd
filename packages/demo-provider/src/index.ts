/** A log-in for demonstrations: a real OpenID provider without passwords, on this machine and in the test realm only. */
export { makeProviderKeys, ProviderKeys } from './keys.ts';
export { DEMO_CLIENT, DEMO_MARK } from './settings.ts';
export { type DemoProvider, type DemoProviderOptions, startDemoProvider } from './start-demo-provider.ts';
export type { DemoUser } from './users.ts';
