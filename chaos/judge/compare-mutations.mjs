import { told as how } from '../load/mutation-record.mjs';

/**
 * What clients were told of their mutations against what the server wrote down.
 * @param {readonly Uint8Array[]} told
 * @param {readonly Uint8Array[]} ran
 */
export function compareMutations(told, ran) {
  const found = {
    ranTwice: 0,
    notRunButRan: 0,
    answeredButNotRun: 0,
    unknownThatRan: 0,
    unknownThatDidNot: 0,
  };
  told.forEach((answers, client) => {
    answers.forEach((answer, number) => {
      const times = ran[client]?.[number] ?? 0;
      if (times > 1) found.ranTwice++;
      if (answer === how.notRun && times > 0) found.notRunButRan++;
      if (answer === how.answered && times === 0) found.answeredButNotRun++;
      if (answer === how.unknown && times > 0) found.unknownThatRan++;
      if (answer === how.unknown && times === 0) found.unknownThatDidNot++;
    });
  });
  return found;
}
