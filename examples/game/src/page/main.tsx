import { show } from '../../../shared/src/page/show.js';
import { App } from './app.js';

show(<App />);
