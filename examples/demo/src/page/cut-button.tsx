import { useStore } from '../../../shared/src/page/store.js';
import type { LineRecord } from './line-record.js';
import { harm } from './scissors.js';

export function CutButton({ record, testId }: { readonly record: LineRecord; readonly testId: string }) {
  const { state } = useStore(record.status);
  return (
    <button
      type="button"
      className="cut"
      data-testid={testId}
      disabled={state !== 'open'}
      onClick={() => harm(record, 'cut', 0)}
    >
      Cut the line
    </button>
  );
}
