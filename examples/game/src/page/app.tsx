import { useConnection, useStream } from '@hawser/react';
import { Shell } from '../../../shared/src/page/shell.js';
import { useStore } from '../../../shared/src/page/store.js';
import { BayCanvas } from './bay-canvas.js';
import { ship } from './client-router.js';
import { HelmPanel } from './helm-panel.js';
import { api, connection } from './line.js';
import { LogPanel } from './log-panel.js';
import { Scoreboard } from './scoreboard.js';
import { emptySea, seaAfter } from './sea-view.js';
import { useTiller } from './use-tiller.js';
import './game.css';

export function App() {
  return (
    <Shell
      app="game"
      connection={connection}
      lead="Gather barrels, ram others for theirs, and keep away from the Skua. The server sails every boat, thirty times a second; this page only says where its helm is."
    >
      <Game />
    </Shell>
  );
}

function Game() {
  const { state } = useConnection();
  const tiller = useTiller();
  const { own, boardings, hits } = useStore(ship);
  const { data: sea } = useStream(api.watch, undefined, {
    initial: emptySea,
    reduce: seaAfter,
    reduceGap: (before, { count = 0 }) => ({ ...before, skipped: before.skipped + count }),
    hidden: 'latest',
  });
  const boats = sea.now?.boats ?? [];
  const boat = boats.find(({ id }) => id === own?.id);
  return (
    <div className="game">
      <section className="panel sea" aria-label="The bay" data-line={state === 'open' ? 'held' : 'away'}>
        <BayCanvas sea={sea} own={own?.id} />
        {state !== 'open' && <p className="becalmed">The bay as you last saw it</p>}
      </section>
      <Scoreboard boats={boats} own={own?.id} />
      <LogPanel name={own?.name} boardings={boardings} hits={hits} suffered={boat?.hits ?? 0} />
      <HelmPanel tiller={tiller} boat={boat} came={sea.came} skipped={sea.skipped} />
    </div>
  );
}
