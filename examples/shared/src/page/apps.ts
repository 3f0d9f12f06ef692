/** The pages, in the order of the navigation. */
export const apps = [
  { path: 'chat', title: 'Chat' },
  { path: 'ticker', title: 'Ticker' },
  { path: 'scores', title: 'Scores' },
  { path: 'game', title: 'Game' },
  { path: 'demo', title: 'The line' },
] as const;

export type AppPath = (typeof apps)[number]['path'];
