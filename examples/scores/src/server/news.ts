import { z } from 'zod';

const Fixture = z.object({ home: z.string(), away: z.string() });
export type Fixture = z.infer<typeof Fixture>;

/** What happens in a match. News are numbered without holes, so that whoever reads them can see what is missing. */
const Incident = z.object({
  type: z.literal('incident'),
  seq: z.number(),
  /** Place of the match among the fixtures of the round. */
  match: z.number(),
  minute: z.number(),
  kind: z.enum(['goal', 'post', 'yellow', 'red']),
  side: z.enum(['home', 'away']),
  player: z.string(),
});
export type Incident = z.infer<typeof Incident>;

const NewRound = z.object({
  type: z.literal('round'),
  seq: z.number(),
  round: z.number(),
  fixtures: z.array(Fixture),
});

/** All there is to know, up to one of the news. */
const Table = z.object({
  type: z.literal('table'),
  seq: z.number(),
  round: z.number(),
  fixtures: z.array(Fixture),
  incidents: z.array(Incident),
});
export type Table = z.infer<typeof Table>;

export const News = z.discriminatedUnion('type', [Incident, NewRound]);
export type News = z.infer<typeof News>;

export const Item = z.discriminatedUnion('type', [Incident, NewRound, Table]);
export type Item = z.infer<typeof Item>;

export const Time = z.object({ round: z.number(), minute: z.number() });
export type Time = z.infer<typeof Time>;
