// Adds up the results of several Jest runs and prints them in one line.
import { readFileSync } from 'node:fs';

const results = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const sum = (field) => results.reduce((total, result) => total + result[field], 0);
const skipped = sum('numPendingTests') + sum('numTodoTests');
console.log(`\n${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed${skipped ? `, ${skipped} skipped` : ''}`);
