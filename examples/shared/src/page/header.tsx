import { useConnection } from '@hawser/react';
import { type AppPath, apps } from './apps.js';
import { Brand } from './brand.js';
import { LineButtons } from './line-buttons.js';
import { LineState } from './line-state.js';
import { Rope } from './rope.js';

export function Header({ app }: { readonly app: AppPath }) {
  const line = useConnection();
  return (
    <header className="head" data-testid="line" data-state={line.state}>
      <div className="head-row">
        <a className="brand" href="../">
          <Brand />
        </a>
        <nav aria-label="Examples">
          <ul>
            {apps.map(({ path, title }) => (
              <li key={path}>
                <a href={`../${path}/`} aria-current={path === app ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <LineState line={line} />
        <LineButtons line={line} />
      </div>
      <Rope line={line} />
    </header>
  );
}
