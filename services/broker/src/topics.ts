/** What can be waited for. */

/** Tasks of one holder. */
export const taskTopic = (holder: string): string => `tasks ${holder}`;

/** The answer of one query. */
export const queryTopic = (queryId: string): string => `query ${queryId}`;
