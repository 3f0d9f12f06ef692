import type { Boat } from '../server/frame.js';
import { colourOf } from './draw-boat.js';

interface ScoreboardProps {
  readonly boats: readonly Boat[];
  readonly own: string | undefined;
}

export function Scoreboard({ boats, own }: ScoreboardProps) {
  const ranked = [...boats].sort((a, b) => b.barrels - a.barrels || a.name.localeCompare(b.name));
  const players = boats.filter(({ player }) => player > 0).length;
  return (
    <section className="panel scores" aria-labelledby="scores-title">
      <header className="panel-head">
        <h2 id="scores-title">At sea</h2>
        <p className="aside">
          <span data-testid="players">{players}</span> sailed by people
        </p>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">Boat</th>
            <th scope="col">Barrels</th>
            <th scope="col">Hits taken</th>
          </tr>
        </thead>
        <tbody data-testid="boats">
          {ranked.map((boat) => (
            <tr key={boat.id} data-testid={`boat-${boat.name}`} data-own={boat.id === own}>
              <th scope="row">
                <i className="dot" style={{ background: colourOf(boat) }} />
                {boat.name} {boat.id === own && <span className="you">you</span>}
              </th>
              <td>{boat.barrels}</td>
              <td>{boat.hits}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
