import { createRequire } from 'node:module';
import type { TRPCDataTransformer } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelTransformer } from '../../src/channels/index.ts';
import { channel } from '../../src/channels/index.ts';
import type { SplicedItem } from '../../src/rpc/dispatch.ts';
import type { OutputTransformer } from '../../src/trpc/feed-source.ts';
import { plainOutput, Taking } from './taking.ts';

const photo = z.object({ at: z.date(), photo: z.instanceof(Uint8Array) });

/** A transformer that counts how often it is asked. */
function counting() {
  const counts = { serialize: 0, deserialize: 0 };
  const transformer: TRPCDataTransformer = {
    serialize: (value) => {
      counts.serialize++;
      return superjson.serialize(value);
    },
    deserialize: (value) => {
      counts.deserialize++;
      return superjson.deserialize(value);
    },
  };
  return { transformer, counts };
}

/** What subscribers of routers that write like this are sent of one event, for each of them. */
async function sent(
  event: unknown,
  transformer: ChannelTransformer | undefined,
  ...outputs: readonly OutputTransformer[]
): Promise<readonly SplicedItem[]> {
  const made = channel({ event: z.unknown(), transformer });
  await made.publish(event);
  return outputs.map((output) => {
    const taking = new Taking(made.subscribe({ replay: 1 }), { output });
    taking.take();
    taking.stop();
    const [item] = taking.items;
    if (item === undefined) throw new Error('Nothing was sent');
    return item;
  });
}

function dataOf(item: SplicedItem | undefined): unknown {
  const [data] = JSON.parse(`[${item?.tail}`) as [unknown];
  return data;
}

describe('the transformer of a channel', () => {
  const when = new Date(5);

  it('that is its router’s writes an event once, for any number of subscribers', async () => {
    const { transformer, counts } = counting();
    const outputs = Array.from({ length: 100 }, () => transformer);
    const items = await sent(when, transformer, ...outputs);
    expect(counts).toEqual({ serialize: 1, deserialize: 0 });
    expect(new Set(items).size).toBe(1);
    expect(superjson.deserialize(dataOf(items[0]) as never)).toEqual(when);
  });

  it('may be two, of which it is the one for what leaves', async () => {
    const { transformer, counts } = counting();
    const never: TRPCDataTransformer = {
      serialize: () => expect.unreachable(),
      deserialize: () => expect.unreachable(),
    };
    const both = { input: never, output: transformer };
    const { output } = initTRPC.create({ transformer: both })._config.transformer;
    const [item] = await sent(when, both, output);
    expect(superjson.deserialize(dataOf(item) as never)).toEqual(when);
    expect(counts).toEqual({ serialize: 1, deserialize: 0 });
  });

  it('that is none is that of a router without one', async () => {
    const [item] = await sent({ n: 1 }, undefined, initTRPC.create()._config.transformer.output);
    expect(item?.tail).toMatch(/^\{"n":1\},"[0-9a-z]+\.1"\]$/);
  });

  it('that is another than its router’s costs one writing more, for all subscribers of that router', async () => {
    const { transformer, counts } = counting();
    const [plain, rich, again, once] = await sent(
      { when },
      undefined,
      plainOutput,
      transformer,
      transformer,
      transformer,
    );
    expect(dataOf(plain)).toEqual({ when: when.toJSON() });
    expect(superjson.deserialize(dataOf(rich) as never)).toEqual({ when: when.toJSON() });
    expect(again).toBe(rich);
    expect(once).toBe(rich);
    expect(counts).toEqual({ serialize: 1, deserialize: 0 });
  });

  it('that its router has not gives it what was published', async () => {
    const [plain] = await sent({ when, n: 1n }, superjson, {
      serialize: (value) => (value as { when: Date; n: bigint }).when.getTime(),
    });
    expect(dataOf(plain)).toBe(5);
  });

  it('may be that of another copy of tRPC, as CommonJS beside ESM', async () => {
    const require = createRequire(import.meta.url);
    const { initTRPC: other } = require('@trpc/server') as typeof import('@trpc/server');
    const { output } = other.create()._config.transformer;
    expect(output).not.toBe(plainOutput);
    const [ours, theirs] = await sent({ n: 1 }, undefined, plainOutput, output);
    expect(theirs).toEqual({ id: ours?.id, tail: ours?.tail, sections: undefined });
  });

  it('that fails rejects what is published', async () => {
    const transformer: TRPCDataTransformer = {
      ...superjson,
      serialize: () => {
        throw new Error('cannot write');
      },
    };
    const made = channel({ event: z.number(), transformer });
    await expect(made.publish(1)).rejects.toThrow('cannot write');
  });
});

describe('an event that is undefined', () => {
  it('is undefined for its subscribers, whatever their routers write with', async () => {
    for (const transformer of [undefined, superjson]) {
      for (const item of await sent(undefined, transformer, plainOutput, superjson)) {
        expect(item.tail).toMatch(/^null,"[0-9a-z]+\.1",\{"void":1\}\]$/);
      }
      const made = channel({ event: z.undefined(), transformer });
      await made.publish(undefined);
      const taking = new Taking(made.subscribe({ snapshot: () => undefined }));
      taking.take();
      await taking.settle();
      expect(taking.items.map(({ tail }) => tail)).toEqual([expect.stringContaining('void')]);
      taking.stop();
      for await (const [, event] of made.subscribe({ replay: 1 })) {
        expect(event).toBe(undefined);
        break;
      }
    }
  });

  it('inside of another is left to the transformer', async () => {
    const [rich, plain] = await sent({ a: undefined }, superjson, superjson, plainOutput);
    expect(superjson.deserialize(dataOf(rich) as never)).toEqual({ a: undefined });
    expect(dataOf(plain)).toEqual({});
  });
});

describe('bytes in an event', () => {
  it('leave beside it, whatever the transformer', async () => {
    const event = { at: new Date(5), photo: new Uint8Array([1, 2, 3]) };
    const items = [
      ...(await sent(event, superjson, superjson, plainOutput)),
      ...(await sent(event, undefined, plainOutput)),
    ];
    for (const { tail, sections } of items) {
      const [, , options] = JSON.parse(`[${tail}`) as [unknown, string, unknown];
      expect(options).toEqual({ bytes: [[['photo'], 'u8', 3]] });
      expect(sections).toEqual([new Uint8Array([1, 2, 3])]);
    }
    expect(superjson.deserialize(dataOf(items[0]) as never)).toEqual({ at: new Date(5), photo: null });
    expect(items.slice(1).map(dataOf)).toEqual(
      Array.from({ length: 2 }, () => ({ at: new Date(5).toJSON(), photo: null })),
    );
  });

  it('are copied when it is published: the publisher may use its memory again', async () => {
    for (const length of [3, 100_000]) {
      const bytes = new Uint8Array(length).fill(1);
      const made = channel({ event: z.object({ bytes: z.instanceof(Uint8Array) }) });
      const publishing = made.publish({ bytes });
      bytes.fill(2);
      await publishing;
      const taking = new Taking(made.subscribe({ replay: 1 }));
      taking.take();
      expect(taking.items[0]?.sections).toEqual([new Uint8Array(length).fill(1)]);
      taking.stop();
    }
  });

  it('are copied for whoever reads it by hand: it may use that memory, too', async () => {
    const made = channel({ event: photo, transformer: superjson });
    await made.publish({ at: new Date(5), photo: new Uint8Array([1, 2, 3]) });
    for (let times = 0; times < 2; times++) {
      for await (const [, event] of made.subscribe({ replay: 1 })) {
        expect(event).toEqual({ at: new Date(5), photo: new Uint8Array([1, 2, 3]) });
        event.photo.fill(9);
        event.at.setTime(9);
        break;
      }
    }
  });

  it('may be the whole event, and of any kind', async () => {
    const made = channel({ event: z.unknown() });
    await made.publish(new Uint8Array([1]));
    await made.publish(new Uint8Array([2]).buffer);
    await made.publish(new File(['text'], 'name', { type: 'text/plain', lastModified: 5 }));
    const events: unknown[] = [];
    for await (const [, event] of made.subscribe({ replay: 3 })) if (events.push(event) === 3) break;
    const [array, buffer, file] = events;
    expect(array).toEqual(new Uint8Array([1]));
    expect(new Uint8Array(buffer as ArrayBuffer)).toEqual(new Uint8Array([2]));
    expect(file).toMatchObject({ name: 'name', type: 'text/plain', lastModified: 5 });
    expect(await (file as File).text()).toBe('text');
  });

  it('count among those that a channel keeps', async () => {
    const made = channel({ event: z.instanceof(Uint8Array), keep: { bytes: 10_000 } });
    for (let i = 0; i < 20; i++) await made.publish(new Uint8Array(1_900));
    const taking = new Taking(made.subscribe({ replay: 100 }));
    taking.take();
    expect(taking.items).toHaveLength(5);
    taking.stop();
  });

  it('come with a snapshot, too', async () => {
    const made = channel({ event: z.instanceof(Uint8Array) });
    const taking = new Taking(made.subscribe({ snapshot: () => new Uint8Array([7]) }));
    taking.take();
    await taking.settle();
    expect(taking.items[0]?.sections).toEqual([new Uint8Array([7])]);
    taking.stop();
  });
});
