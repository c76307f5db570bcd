/** The invented people of a demonstration, chosen from a list instead of logging in. */
import type { ParticipantId, PersonRole } from '@revier/schema';

export interface DemoUser {
  /** The subject of the tokens: letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly organisation?: ParticipantId;
}
