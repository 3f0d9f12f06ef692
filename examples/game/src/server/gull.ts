import type { Boat, Frame, Helm, Place } from './frame.js';

/** How a boat without a player is sailed: to the nearest barrel, but for the Skua. It is after who was hit least. */
export function gullHelm(boat: Boat, { boats, barrels }: Frame): Helm {
  const people = boats.filter(({ player, spared }) => player > 0 && !spared);
  const prey = boat.name === 'Skua' ? people.sort((a, b) => a.hits - b.hits)[0] : undefined;
  const distance = ({ x, y }: Place): number => Math.hypot(x - boat.x, y - boat.y);
  const goal = prey ?? [...barrels].sort((a, b) => distance(a) - distance(b))[0] ?? boat;
  const angle = Math.atan2(goal.y - boat.y, goal.x - boat.x) - boat.heading;
  const turn = Math.atan2(Math.sin(angle), Math.cos(angle));
  return { number: boat.helm + 1, turn: Math.max(-1, Math.min(1, turn)), sail: Math.abs(turn) < 1 };
}
