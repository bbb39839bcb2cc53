import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createHash } from 'node:crypto';
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

/** Icons as plain markup, as all of ours are drawn alike: their library puts each one together part by part while somebody waits. */
function icons(): Plugin {
  const markup = (node: [string, Record<string, string>][]) =>
    node.map(([tag, attributes]) => `<${tag} ${Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(' ')} />`).join('');
  return {
    name: 'icons',
    enforce: 'pre',
    transform: {
      filter: { id: /@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/ },
      handler(code) {
        const node = /"node": (\[.*?\])(?:, "aliases": .*)? };$/m.exec(code)?.[1];
        if (!node) throw new Error('an icon looks otherwise than expected');
        return `<script>let { size = 24 } = $props();</script>
<svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${markup(JSON.parse(node) as [string, Record<string, string>][])}</svg>`;
      },
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

/** What the desk and the screens need before they open without network. */
const KEPT = /\/src\/(app|messages|kiosk|reception|roll-call|screens|ui|account|pages)\//;
const PLAIN = ['/', '/before-paint.js', '/icon.svg', '/icon-maskable.svg', '/manifest.webmanifest'];

/** Writes into the service worker which files it keeps. */
function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    generateBundle: {
      // After the page itself is written, whose content is part of the version.
      order: 'post',
      handler(_, bundle) {
        const files = new Set<string>();
        const take = (name: string): void => {
          const chunk = bundle[name];
          if (files.has(name) || chunk?.type !== 'chunk') return;
          files.add(name);
          chunk.viteMetadata?.importedCss.forEach((css) => files.add(css));
          chunk.viteMetadata?.importedAssets.forEach((asset) => files.add(asset));
          chunk.imports.forEach(take);
          for (const later of chunk.dynamicImports) {
            const to = bundle[later];
            if (to?.type === 'chunk' && KEPT.test(to.facadeModuleId ?? '')) take(later);
          }
        };
        for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'index') take(chunk.fileName);
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new Error('the service worker was not built');
        const list = [...PLAIN, ...[...files].sort().map((name) => `/${name}`)];
        const html = bundle['index.html'];
        const version = createHash('sha256').update(JSON.stringify([list, html?.type === 'asset' ? String(html.source) : ''])).digest('hex').slice(0, 12);
        worker.code = `const SHELL = ${JSON.stringify({ version, files: list })};\n${worker.code}`;
      },
    },
  };
}

const BASE = /\/src\/(app|ui|week|styles|messages\/sv|api)|\/node_modules\/(svelte|openapi-fetch|esm-env|clsx|@lucide)\/|vite\/|rolldown/;
/** Of those, what is loaded when it is asked for, and what pulls in a library. */
const LATER = /Dialog|DateSegments|MonthGrid|AccountMenu|shell\.ts|messages\/en/;

const api = process.env.NOBEL21_API ?? 'http://127.0.0.1:8021';

export default defineConfig({
  plugins: [icons(), svelte(), budget(), shell(), precompress()],
  server: { proxy: { '/api': api } },
  build: {
    target: 'es2022',
    // A data: address would need another rule in the Content-Security-Policy; a file needs none.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        index: resolve(import.meta.dirname, 'index.html'),
        docs: resolve(import.meta.dirname, 'docs.html'),
        sw: resolve(import.meta.dirname, 'src/worker.ts'),
      },
      // The worker's address says how far it reaches, and must stay the same.
      output: {
        // One file for what every page needs and for the page that is opened most: forty small ones wait for each other on a phone.
        codeSplitting: { groups: [{ name: 'base', test: (id) => BASE.test(id) && !LATER.test(id) }] },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
