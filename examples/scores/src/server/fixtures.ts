import type { Fixture } from './news.js';

const teams = [
  'Kittiwake Rovers',
  'Port Bollard',
  'Dunlin Athletic',
  'Skerry United',
  'Lighthouse 04',
  'Real Marea',
  'Fulmar Town',
  'Inter Tidal',
] as const;

const players = (
  'Aalto Brandt Castel Drummond Eklund Fjeld Garza Haugen Ibarra Jansen Kestrel Lindqvist Moreau Nakata Okafor ' +
  'Petrov Quint Rossi Sato Teague Ueda Varga Wren Ysland Zoric'
).split(' ');

/** Who meets whom: in seven rounds everybody meets everybody. */
export function fixturesOf(round: number): Fixture[] {
  const [first, ...others] = teams;
  const turn = round % others.length;
  const circle = [first, ...others.slice(turn), ...others.slice(0, turn)];
  return Array.from({ length: teams.length / 2 }, (_, match) => ({
    home: circle[match] ?? first,
    away: circle[teams.length - 1 - match] ?? first,
  }));
}

export function playerOf(chance: number): string {
  return players[Math.floor(chance * players.length)] ?? 'Own goal';
}
