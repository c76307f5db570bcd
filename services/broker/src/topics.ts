/** What can be waited for. */

/** Tasks of one holder. */
export const taskTopic = (holder: string): string => `tasks ${holder}`;

/** Letters to one participant. */
export const letterTopic = (recipient: string): string => `letters ${recipient}`;

/** The end of one query. */
export const queryTopic = (queryId: string): string => `query ${queryId}`;

/** Every step of one query. */
export const progressTopic = (queryId: string): string => `progress ${queryId}`;

/** Something newer about who takes part. */
export const TRUST_TOPIC = 'trust';
