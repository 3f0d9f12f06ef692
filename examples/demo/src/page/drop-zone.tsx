import type { ChangeEvent } from 'react';
import { useFileDrop } from './use-file-drop.js';

/** `onFile` must be the same function in each render. */
export function DropZone({ onFile }: { readonly onFile: (file: File) => void }) {
  const isOver = useFileDrop(onFile);
  const choose = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const file = target.files?.[0];
    // Emptied, or choosing the same file once more would be no change.
    target.value = '';
    if (file) onFile(file);
  };
  return (
    <label className="drop-zone" data-over={isOver}>
      <input type="file" className="visually-hidden" data-testid="cargo-file" onChange={choose} />
      <span>
        Drop a file on this page, or <b>choose one</b>
      </span>
    </label>
  );
}
