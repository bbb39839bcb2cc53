/** Before all tests: one demo is started, copied to a file by the program's own backup, and stopped. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clean, said, stopped } from './house';
import { chromium, service } from './programs';

export default async function furnish(): Promise<() => void> {
  chromium();
  const folder = mkdtempSync(join(tmpdir(), 'nobel21-furnished-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const demo = spawn(service(), ['demo', '--port', '0'], { env: clean({ TMPDIR: folder }), stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      const [, mail = ''] = await said(demo, /Letters are written to (.+)$/);
      const template = join(folder, 'house.db');
      execFileSync(service(), ['backup', template, '--data-dir', dirname(mail)], { env: clean() });
      process.env.NOBEL21_TEST_HOUSE = template;
    } finally {
      await stopped(demo);
    }
  } catch (cause) {
    remove();
    throw cause;
  }
  return remove;
}
