// Prints `N passed, N failed` from the test runner's JSON report. A file that could not be loaded has no failed test
// in the report, and neither has a step that failed outside the tests: each counts as one failure.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [path, exitCode] = process.argv.slice(2);

function count() {
  const text = readFileSync(path, 'utf8');
  if (text === '') return { passed: 0, failed: 0 };
  const report = JSON.parse(text);
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

const { passed, failed } = count();
console.log(`${passed} passed, ${exitCode === '0' ? failed : Math.max(failed, 1)} failed`);
