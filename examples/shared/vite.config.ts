import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const examples = fileURLToPath(new URL('..', import.meta.url));
const page = (path: string): string => `${examples}${path}index.html`;

/** One build for the start page and all apps. With `vite` the pages load anew as they change; the server runs beside. */
export default defineConfig({
  root: examples,
  plugins: [react()],
  logLevel: 'warn',
  build: {
    outDir: 'shared/dist/page',
    emptyOutDir: true,
    target: 'es2022',
    rollupOptions: {
      input: ['', 'chat/', 'ticker/', 'scores/', 'game/', 'demo/'].map(page),
    },
  },
  server: {
    proxy: {
      '^/(chat|ticker|scores|game|demo)/(rpc|cut|mend|restart|lose)': {
        target: 'http://localhost:4321',
        ws: true,
      },
    },
  },
});
