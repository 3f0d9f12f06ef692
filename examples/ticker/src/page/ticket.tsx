import type { SubmitEvent } from 'react';
import type { Desk } from './use-desk.js';

export function Ticket({ place }: Pick<Desk, 'place'>) {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, event.nativeEvent.submitter);
    place({ side: form.get('side') === 'buy' ? 'buy' : 'sell', size: Number(form.get('size')) });
  };
  return (
    <form className="ticket" onSubmit={submit}>
      <label>
        Size
        <input name="size" type="number" min={1} max={500} defaultValue={10} required data-testid="size" />
      </label>
      <button type="submit" name="side" value="buy" data-testid="buy">
        Buy
      </button>
      <button type="submit" name="side" value="sell" data-testid="sell">
        Sell
      </button>
    </form>
  );
}
