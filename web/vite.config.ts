import { svelte } from '@sveltejs/vite-plugin-svelte';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Writes `.br` and `.gz` beside every text asset, so that the server never compresses the client while somebody waits. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const path = resolve(folder, name);
        if (!/\.(js|css|html|svg|json|webmanifest|txt)$/.test(name) || !statSync(path).isFile()) continue;
        const bytes = readFileSync(path);
        if (bytes.length < 512) continue;
        // Quality 9 of 11 costs a tenth of the time and two per cent of the size.
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** What a browser fetches before the calendar can be used, in bytes of compressed JavaScript: no more than this. */
const FIRST_VIEW = 120 * 1024;

/** Fails the build when the first view has become too heavy. */
function budget(): Plugin {
  return {
    name: 'budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const needed = new Set<string>();
      const need = (name: string) => {
        const chunk = bundle[name];
        if (chunk?.type !== 'chunk' || needed.has(name)) return;
        needed.add(name);
        chunk.imports.forEach(need);
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const page = chunk.facadeModuleId ?? '';
        if (page.endsWith('/index.html') || page.endsWith('/WeekPage.svelte') || page.endsWith('/AccountMenu.svelte')) need(chunk.fileName);
      }
      let size = 0;
      for (const name of needed) {
        const chunk = bundle[name];
        if (chunk?.type === 'chunk') size += brotliCompressSync(chunk.code).length;
      }
      const told = `first view: ${(size / 1024).toFixed(1)} of ${FIRST_VIEW / 1024} KiB of compressed JavaScript`;
      if (size > FIRST_VIEW || needed.size < 3) this.error(told);
      else console.log(told);
    },
  };
}

const api = process.env.NOBEL21_API ?? 'http://127.0.0.1:8021';

export default defineConfig({
  plugins: [svelte(), budget(), precompress()],
  server: { proxy: { '/api': api } },
  build: {
    target: 'es2022',
    // A data: address would need another rule in the Content-Security-Policy; a file needs none.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: { index: resolve(import.meta.dirname, 'index.html'), docs: resolve(import.meta.dirname, 'docs.html') } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
