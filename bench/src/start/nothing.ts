/** A process that does nothing: what Node itself costs. */
process.stdout.write('nothing\n');
setTimeout(() => {}, 100);
