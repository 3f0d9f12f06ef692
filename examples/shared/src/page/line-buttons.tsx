import type { ConnectionView } from '@hawser/react';
import { cutLine, lineIsCut, mendLine, restartServer } from './scissors.js';
import { useStore } from './store.js';

export function LineButtons({ line }: { readonly line: ConnectionView }) {
  const isCut = useStore(lineIsCut);
  const isOpen = line.state === 'open';
  const mend = async (): Promise<void> => {
    await mendLine();
    line.retry();
  };
  const restart = async (): Promise<void> => {
    await restartServer();
    line.retry();
  };
  return (
    <div className="line-buttons">
      {isCut ? (
        <button type="button" className="mend" data-testid="mend" onClick={mend}>
          Mend the line
        </button>
      ) : (
        <button type="button" className="cut" data-testid="cut" disabled={!isOpen} onClick={cutLine}>
          Cut the line
        </button>
      )}
      <button type="button" data-testid="restart" disabled={!isOpen} onClick={restart}>
        Restart the server
      </button>
    </div>
  );
}
