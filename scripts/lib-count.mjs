/**
 * Reads vitest's JSON report and prints `PASSED FAILED SKIPPED` for scripts/test. A run that failed without a failed
 * test (a file that does not load, an error between tests, a changed machine), or that ran no test, counts as one.
 */
import { existsSync, readFileSync } from 'node:fs';

const [, , path, ended] = process.argv;
const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
const broken = (ended !== '0' || numPassedTests === 0) && numFailedTests === 0 ? 1 : 0;
console.log(numPassedTests, numFailedTests + broken, numPendingTests + numTodoTests);
