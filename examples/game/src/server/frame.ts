import { z } from 'zod';

/** Of the bay, in metres: what the world is drawn and reckoned in. */
export const BAY = { width: 1_600, height: 1_000 };

/** How often the world moves on. */
export const TICKS_PER_SECOND = 30;

/** Where the helm is: `turn` from -1 (hard to port) to 1, and `fire` for as long as somebody pulls the lanyard. */
export const helmSchema = z.object({
  number: z.number().int().nonnegative(),
  turn: z.number().min(-1).max(1),
  sail: z.boolean(),
  fire: z.boolean(),
});

const place = { x: z.number(), y: z.number() };

export const boatSchema = z.object({
  ...place,
  id: z.string(),
  name: z.string(),
  colour: z.number(),
  /** In radians, 0 to the east, clockwise. */
  heading: z.number(),
  speed: z.number(),
  barrels: z.number(),
  hits: z.number(),
  /** It was hit or launched a moment ago, and balls miss it. */
  spared: z.boolean(),
  /** Of the newest helm that was obeyed, and how many were. */
  helm: z.number(),
  helms: z.number(),
  sailedBy: z.enum(['player', 'gull']),
});

export const shotSchema = z.object({ ...place, id: z.number() });
export const barrelSchema = z.object({ ...place, id: z.number() });

/** Told to the page whose boat it was. `number` counts the hits of that boat, from 1. */
export const hitSchema = z.object({ number: z.number(), by: z.string(), lost: z.number() });

/** The whole bay at one tick. Who has the newest needs none before it. */
export const frameSchema = z.object({
  tick: z.number(),
  boats: z.array(boatSchema),
  shots: z.array(shotSchema),
  barrels: z.array(barrelSchema),
});

export type Helm = z.infer<typeof helmSchema>;
export type Boat = z.infer<typeof boatSchema>;
export type Shot = z.infer<typeof shotSchema>;
export type Barrel = z.infer<typeof barrelSchema>;
export type Hit = z.infer<typeof hitSchema>;
export type Frame = z.infer<typeof frameSchema>;

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Island extends Place {
  readonly radius: number;
}

export const ISLANDS: readonly Island[] = [
  { x: 420, y: 330, radius: 96 },
  { x: 1_150, y: 260, radius: 62 },
  { x: 1_010, y: 720, radius: 118 },
  { x: 300, y: 800, radius: 54 },
];

export const BOAT_LENGTH = 60;

/** In metres a second, with the sail set. */
export const FULL_SPEED = 210;
