/** The contract of the outbox, over a folder. */
import { folderStore } from './folder-outbox.case.ts';
import { testOutbox } from './outbox.case.ts';

testOutbox('in a folder', folderStore);
