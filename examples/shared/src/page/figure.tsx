interface FigureProps {
  readonly label: string;
  readonly value: number | string;
  readonly testId: string;
}

/** One of the numbers of a `<dl className="figures">`. */
export function Figure({ label, value, testId }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-testid={testId}>{value.toLocaleString('en')}</dd>
    </div>
  );
}
