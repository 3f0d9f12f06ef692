/** An eye at the end of a rope. */
export function Brand() {
  return (
    <>
      <svg viewBox="0 0 32 20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.5" />
        <path d="M17.5 10H32" />
      </svg>
      Hawser
    </>
  );
}
