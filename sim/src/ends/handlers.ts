import type { Dispatch, IncomingCall, Reply, StreamElement } from '@hawser/core';
import { IncomingStream } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import type { AskedCall } from '../model/asked-call.ts';
import { blobSeed } from '../model/asked-call.ts';
import type { Judge } from '../model/judge.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { SessionStory } from '../model/session-story.ts';
import { StrandReading } from '../model/strand-reading.ts';
import { StrandRecord } from '../model/strand-record.ts';
import { content } from '../workload/content.ts';
import type { FeedTask } from '../workload/feed-task.ts';
import { padding } from '../workload/padding.ts';
import type { Answer, Input, StreamTask, Task } from '../workload/task.ts';
import type { ChannelHouse } from './channel-house.ts';
import type { Yielded } from './item-source.ts';
import { ItemSource } from './item-source.ts';
import { fired, pause } from './pause.ts';
import { StrandReader } from './strand-reader.ts';
import { StrandSource } from './strand-source.ts';
import { asEither, decoded, encoded, encodedItem, shapeOf, shapeOfFailure } from './values.ts';

/** Runs calls: each does what its input tells it to. */
export class Handlers implements Dispatch {
  readonly #judge: Judge;
  readonly #machine: Machine;
  readonly #sessionOf: (call: IncomingCall, asked: AskedCall) => SessionStory;
  readonly #house: ChannelHouse | undefined;
  /** Handlers that have not come to their end. */
  running = 0;

  /** `sessionOf` says on which session a call came; channels are those of the house. */
  constructor(
    judge: Judge,
    machine: Machine,
    sessionOf: (call: IncomingCall, asked: AskedCall) => SessionStory,
    house?: ChannelHouse,
  ) {
    this.#house = house;
    this.#judge = judge;
    this.#machine = machine;
    this.#sessionOf = sessionOf;
  }

  async run(call: IncomingCall): Promise<Reply> {
    const input = decoded(call.input, call.found) as Input;
    const asked = this.#judge.callOf(input.n);
    const { task } = asked.asking;
    const run = asked.ran(this.#sessionOf(call, asked), call.after);
    asked.reads(input);
    this.running++;
    call.signal.addEventListener('abort', () => asked.fired(run));
    const readers = this.#readersOf(asked, run, input);
    const read = this.#read(task, readers);
    if (task.ms > 0) await pause(this.#machine, task.ms, task.heeds ? call.signal : undefined);
    await read;
    if (task.feed) return this.#feed(asked, run, task.feed);
    if (task.stream) return this.#stream(asked, run, task.stream);
    if (task.ends === 'waits') await fired(call.signal);
    this.running--;
    run.over = true;
    if (task.ends !== 'answers') return { kind: 'error', json: shapeOf(`failure of ${task.n}`, 'CONFLICT') };
    return this.#answer(asked, run, readers);
  }

  fail(_call: IncomingCall, failure: unknown): string {
    return shapeOfFailure(failure);
  }

  #readersOf(asked: AskedCall, run: RunRecord, { strands = [] }: Input): readonly StrandReader[] {
    return asked.inputs.map((record, index) => {
      const stream = strands[index];
      if (!(stream instanceof IncomingStream)) throw new TypeError('There is no stream in the input');
      const reading = new StrandReading(record, this.#machine, run);
      return new StrandReader(stream, record, reading, this.#machine);
    });
  }

  /** What an answer of streams is fed with is not read here. */
  async #read({ reading, inputs = [] }: Task, readers: readonly StrandReader[]): Promise<void> {
    const all = readers.map((reader, index) => {
      if (reading === 'feeds' && index === 0) return undefined;
      // Of what nobody reads some is left to the callee itself.
      const forgets = inputs[index]?.reads === 0 && inputs[index].readMs > 0;
      return forgets ? reader.forget() : reader.run();
    });
    if (reading === 'before') await Promise.all(all);
  }

  #answer(asked: AskedCall, run: RunRecord, readers: readonly StrandReader[]): Reply {
    const { n, size, answerBlobs, outputs, reading } = asked.asking.task;
    if (!asked.caller.calledBack) this.#judge.answers.given(run, asked.asking.task);
    const answer: Answer = { n, run: run.number, pad: padding(size) };
    const blobs = answerBlobs?.map((length, index) =>
      asEither(content(blobSeed(-run.number, index), length)),
    );
    const strands = outputs?.map((task, index) => {
      const record = new StrandRecord({ call: asked, run, index }, task, this.#machine);
      run.outputs.push(record);
      const feeder = reading === 'feeds' && index === 0 ? readers[0] : undefined;
      return new StrandSource(record, feeder);
    });
    return { kind: 'result', ...encoded(blobs || strands ? { ...answer, blobs, strands } : answer) };
  }

  #feed(asked: AskedCall, run: RunRecord, task: FeedTask): Reply {
    if (this.#house === undefined) throw new Error('There are no channels here');
    const over = (): void => {
      if (!run.over) this.running--;
      run.over = true;
    };
    return this.#house.feed(asked, run, task, over);
  }

  #stream(call: AskedCall, run: RunRecord, stream: StreamTask): Reply {
    run.toldGap = stream.forgets && run.after !== undefined;
    const over = (): void => {
      this.running--;
      run.over = true;
    };
    const iterator = new ItemSource({ call, run, stream, pause: (ms) => pause(this.#machine, ms), over });
    const reply = { kind: 'stream' as const, iterator, toItem: (value: unknown) => itemOf(value as Yielded) };
    return run.toldGap ? { ...reply, gap: 'expired' } : reply;
  }
}

function itemOf(value: Yielded): StreamElement {
  return 'position' in value ? value : { ...encodedItem(value.item), event: value.event };
}
