/** The two programs that meet here: the service and the browser. A missing one is a failure, never a skipped test. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');

const runs = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The service: `NOBEL21_BIN`, or what `cargo build` made. */
export function service(): string {
  const path = process.env.NOBEL21_BIN ?? join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/nobel21');
  if (!runs(path)) throw new Error(`${path} is not there: cargo build makes it, NOBEL21_BIN names another`);
  return resolve(path);
}

/** The browser: `CHROMIUM_BIN`, or the first of its names on the path. */
export function chromium(): string {
  const told = process.env.CHROMIUM_BIN;
  if (told) {
    if (runs(told)) return told;
    throw new Error(`CHROMIUM_BIN names ${told}, which can't be run`);
  }
  for (const name of ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']) {
    const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)).find(runs);
    if (found) return found;
  }
  throw new Error('no Chromium on the path: install it (Debian: apt-get install chromium), or name one by CHROMIUM_BIN');
}

/** Asks nobody but the service, whatever the browser would like to know besides. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
