import { show } from '../page/show.js';
import { Start } from './start.js';

show(<Start />);
