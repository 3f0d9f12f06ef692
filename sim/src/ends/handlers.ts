import type { Dispatch, IncomingCall, Reply } from '@hawser/core';
import { ServingError } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import type { AskedCall } from '../model/asked-call.ts';
import { indexOf } from '../model/cursors.ts';
import type { Judge } from '../model/judge.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { SessionStory } from '../model/session-story.ts';
import { padding } from '../workload/padding.ts';
import type { Answer, StreamTask, Task } from '../workload/task.ts';
import type { Yielded } from './item-source.ts';
import { ItemSource } from './item-source.ts';
import { fired, pause } from './pause.ts';

/** What handlers get as their context. */
export interface Context {
  readonly session: SessionStory;
  readonly user: string | undefined;
}

/** Runs calls: each does what its input tells it to. */
export class Handlers implements Dispatch {
  readonly #judge: Judge;
  readonly #machine: Machine;
  /** Handlers that have not come to their end. */
  running = 0;

  constructor(judge: Judge, machine: Machine) {
    this.#judge = judge;
    this.#machine = machine;
  }

  async run(call: IncomingCall): Promise<Reply> {
    const task = call.input as Task;
    const asked = this.#judge.callOf(task.n);
    const after = call.after === undefined ? undefined : indexOf(call.after);
    const run = asked.ran((call.context as Context).session, after);
    const { ms, pad } = asked.asking.task;
    asked.check(task.ms === ms && task.pad === pad, 'right-answer', () => 'ran with another input');
    this.running++;
    call.signal.addEventListener('abort', () => asked.fired(run));
    if (task.ms > 0) await pause(this.#machine, task.ms, task.heeds ? call.signal : undefined);
    if (task.stream) return this.#stream(asked, run, task.stream);
    if (task.ends === 'waits') await fired(call.signal);
    this.running--;
    run.over = true;
    if (task.ends !== 'answers') return { kind: 'error', json: shapeOf(`failure of ${task.n}`, 'CONFLICT') };
    this.#judge.answers.given(run);
    const answer: Answer = { n: task.n, run: run.number, pad: padding(task.size) };
    return { kind: 'result', data: answer };
  }

  fail(_call: IncomingCall, failure: unknown): string {
    if (failure instanceof ServingError) return shapeOf(failure.message, failure.code);
    return shapeOf(failure instanceof Error ? failure.message : String(failure), 'INTERNAL_SERVER_ERROR');
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

function itemOf(value: Yielded): { data: unknown; event: string | undefined } | { position: string } {
  return 'position' in value ? value : { data: value.item, event: value.event };
}

function shapeOf(message: string, code: string): string {
  return JSON.stringify({ message, code: -32603, data: { code } });
}
