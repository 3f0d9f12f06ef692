import { z } from 'zod';
import { channel, channels } from '../../src/channels/index.ts';
import { procedure } from '../harness/served-world.ts';
import type { World } from '../harness/world.ts';

export const window = { limits: { window: 60_000 } };

/** A channel and a room whose server may lose them, as its process does when it is started anew. */
export function openChannels(keep?: { readonly events: number }) {
  const made = () => ({
    numbers: channel({ event: z.number(), keep }),
    rooms: channels({ event: z.string(), presence: z.string() }),
  });
  const state = made();
  const restart = (world: World): void => {
    Object.assign(state, made());
    world.restart();
  };
  const procedures = {
    numbers: procedure
      .input(z.object({ snapshot: z.string().optional() }).optional())
      .subscription(({ input }) =>
        state.numbers.subscribe(
          input?.snapshot === undefined ? {} : { snapshot: () => Number(input.snapshot) },
        ),
      ),
    room: procedure
      .input(z.string())
      .subscription(({ input }) => state.rooms.at('a').subscribe({ present: { id: input, meta: 'here' } })),
    presence: procedure.subscription(() => state.rooms.at('a').presence.subscribe()),
    fails: procedure.input(z.string()).subscription(({ input }) =>
      state.rooms.at('a').subscribe({
        present: { id: input, meta: 'here' },
        snapshot: () => Promise.reject(new Error('no state')),
      }),
    ),
    byHand: procedure.input(z.string()).subscription(async function* ({ input, signal }) {
      const present = { id: input, meta: 'here' };
      yield* state.rooms.at('a').subscribe({ present, signal });
    }),
  };
  const publish = async (...events: readonly number[]): Promise<void> => {
    for (const event of events) await state.numbers.publish(event);
  };
  return { state, restart, procedures, publish };
}

/** The line dies, and is found again when the client dials. */
export async function drops(world: World, meanwhile: () => Promise<void> | void = () => {}): Promise<void> {
  world.network.down = true;
  world.network.wire.cut();
  await world.settle();
  await meanwhile();
  world.network.down = false;
  await world.advance(10_000);
}
