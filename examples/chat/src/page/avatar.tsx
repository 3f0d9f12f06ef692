const inks = ['sea', 'moss', 'sand', 'cut'] as const;

/** A letter in a colour that is always the same for a name. */
export function Avatar({ name }: { readonly name: string }) {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <i className="avatar" data-ink={inks[sum % inks.length]} aria-hidden="true">
      {name.slice(0, 1)}
    </i>
  );
}
