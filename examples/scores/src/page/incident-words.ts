import type { Incident } from '../server/news.js';

const what: Record<Incident['kind'], string> = {
  goal: 'scores',
  post: 'hits the post',
  yellow: 'is booked',
  red: 'is sent off',
};

export function words({ kind, player }: Incident): string {
  return `${player} ${what[kind]}`;
}
