// What failed, said once more at the end, where a person looks first and a log that is cut still has it.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from './prepare.mjs';

/** So much of a failure's text: the rest stands with its suite. */
const LINES = 25;

/** What vitest needs to be told, so that `failuresIn` finds it there. */
export function reportedTo(path) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
}

/** @returns a text for each suite or test that failed, by what vitest reported there; the report is removed */
export function failuresIn(path) {
  if (!existsSync(path)) return ['Nothing was reported: it ended before its end.'];
  const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
  rmSync(path);
  return testResults.flatMap(suite => {
    const name = relative(ROOT, suite.name);
    const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
    const ofTests = failed.map(each => text(`${name} > ${each.fullName}`, each.failureMessages.join('\n')));
    const isBroken = suite.status === 'failed' && failed.length === 0;
    return isBroken ? [text(name, suite.message)] : ofTests;
  });
}

function text(name, message) {
  return [name, ...message.split('\n').slice(0, LINES)].join('\n    ');
}
