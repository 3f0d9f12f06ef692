import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from './logbook.js';

/** Made up, all of it: no model and no network stands behind this desk. */
export const answers = {
  berth:
    'There is room at the north quay, between the pilot cutter and a schooner that never leaves. Come in on the ' +
    'leading lights, keep the green buoy close to starboard, and do not trust the wind behind the fish hall: it ' +
    'turns. Put out two lines ahead and two astern, and then one more, since the swell gets up when the ferry ' +
    'passes at six. Power is at the second bollard, water at the fourth. The first night costs a story, each ' +
    'further one costs a better story. If nobody answers the bell, make fast and go to bed. We shall find you in ' +
    'the morning.',
  weather:
    'The glass has fallen since noon, slowly, which is worse than fast. Expect a southwesterly of five, seven by ' +
    'midnight, with rain that you will hear before you feel it. Off the point the tide runs against it from four ' +
    'to nine, and there the sea will be short, steep and rude. A small boat waits until tomorrow. A large one ' +
    'waits as well, and calls it maintenance. If you must go, go now, reef before you think of it, and tell ' +
    'somebody when you mean to arrive. I would stay. The soup at the Anchor is good on such nights.',
  hawser:
    'A hawser is the thick rope that holds a ship to the quay, or to the tug that has come for it. It is not the ' +
    'ship and it is not the quay: it is what both of them count on while the water does as it likes. A good one ' +
    'gives a little when the swell comes, and takes it back when the swell has gone. When it parts, and one day ' +
    'it does, you throw another across and make fast, and nobody below deck need ever know. That is the whole ' +
    'trick. The rest is splicing, and keeping your feet out of the loops.',
} as const;

export type Question = keyof typeof answers;

interface ReciteOptions {
  readonly signal: AbortSignal | undefined;
  readonly ended: Ended;
}

/** Writes an answer word by word, at the pace of a language model, until nobody wants to read on. */
export async function* recite(
  question: Question,
  { signal, ended }: ReciteOptions,
): AsyncGenerator<string, void> {
  const words = answers[question].split(' ');
  let written = 0;
  try {
    for (const word of words) {
      await sleep(thoughtMs(word, words[written - 1]), undefined, { signal });
      written += 1;
      yield word;
    }
  } finally {
    ended(written === words.length ? 'whole' : 'early', written);
  }
}

/** Longer words take longer, and so does the beginning of a sentence. */
function thoughtMs(word: string, before = '.'): number {
  return 30 + 9 * word.length + (before.endsWith('.') ? 180 : 0);
}
