import { type FormEvent, useState } from 'react';

interface NameFieldProps {
  readonly name: string;
  readonly onRename: (name: string) => void;
}

export function NameField({ name, onRename }: NameFieldProps) {
  const [draft, setDraft] = useState(name);
  const commit = (event?: FormEvent): void => {
    event?.preventDefault();
    const wanted = draft.trim();
    setDraft(wanted || name);
    if (wanted && wanted !== name) onRename(wanted);
  };
  return (
    <form className="name" onSubmit={commit}>
      <label htmlFor="name">Your name</label>
      <input
        id="name"
        data-testid="name"
        value={draft}
        maxLength={24}
        autoComplete="off"
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => commit()}
      />
    </form>
  );
}
