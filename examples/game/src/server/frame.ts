import { z } from 'zod';

/** Of the bay, in metres: what the world is drawn and reckoned in. */
export const BAY = { width: 1_000, height: 625 };
export const BOAT_LENGTH = 60;

/** In metres a second, with the sail set. */
export const FULL_SPEED = 170;

/** How often the world moves on. */
export const TICKS_PER_SECOND = 30;

/** Where the helm is: `turn` from -1 (hard to port) to 1. */
export const helmSchema = z.object({
  number: z.number().int().nonnegative(),
  turn: z.number().min(-1).max(1),
  sail: z.boolean(),
});

const placeSchema = z.object({ x: z.number(), y: z.number() });

const boatSchema = placeSchema.extend({
  id: z.string(),
  name: z.string(),
  /** People are numbered as they come. 0 is a gull. */
  player: z.number(),
  /** In radians, 0 to the east, clockwise. */
  heading: z.number(),
  speed: z.number(),
  barrels: z.number(),
  hits: z.number(),
  /** It was hit or put to sea a moment ago, and nobody can hit it. */
  spared: z.boolean(),
  /** Of the newest helm that was obeyed, and how many were. */
  helm: z.number(),
  helms: z.number(),
});

/** Told to the page whose boat was rammed. `number` counts the hits of that boat, from 1. */
export const hitSchema = z.object({ number: z.number(), by: z.string(), lost: z.number() });

/** The whole bay at one tick. Who has the newest needs none before it. */
export const frameSchema = z.object({
  tick: z.number(),
  boats: z.array(boatSchema),
  barrels: z.array(placeSchema),
});

export type Helm = z.infer<typeof helmSchema>;
export type Place = z.infer<typeof placeSchema>;
export type Boat = z.infer<typeof boatSchema>;
export type Hit = z.infer<typeof hitSchema>;
export type Frame = z.infer<typeof frameSchema>;
