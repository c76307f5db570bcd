/** Letters through a broker: sent to one participant, fetched by long poll. The broker only carries them; whoever reads verifies. */
import { type CompactJws, LetterList, type LetterToSend, LONGEST_WAIT, type ParticipantId } from '@revier/schema';
import { type Http, jsonOf } from './inner.ts';

export interface LetterCalls {
  /** The same letter again is harmless. */
  sendLetter(letter: CompactJws, to: ParticipantId, signal?: AbortSignal): Promise<void>;
  /** To the caller, in the order in which they came, from the one after `after` on; waits up to `waitSeconds` for the first. Unverified. */
  letters(after: number, waitSeconds: number, signal?: AbortSignal): Promise<LetterList['letters']>;
}

export const letterCalls = (http: Http): LetterCalls => ({
  async sendLetter(letter, to, signal) {
    const json: LetterToSend = { to, letter };
    await http({ method: 'POST', path: '/v1/letters', json, signal });
  },
  async letters(after, waitSeconds, signal) {
    const wait = Math.min(LONGEST_WAIT, Math.max(0, Math.floor(waitSeconds)));
    return jsonOf(LetterList, await http({ path: `/v1/letters?after=${after}&wait=${wait}`, wait, signal })).letters;
  },
});
