/** Every text that the service sends is hostile, on every page: it is shown as the text it is, and nothing of it runs. */
import { readFileSync } from 'node:fs';
import type { Route } from '@playwright/test';
import { parse } from 'yaml';
import { addresses, READERS } from '../house/addresses';
import { fits, settled, speak } from '../house/looks';
import { expect, type Page, type Role, test } from '../house/test';

const PAYLOAD = `javascript:window.hit=1//'"><img src=x onerror=window.hit=1><svg onload=window.hit=1></svg><script>window.hit=1</script>{{7*7}}\${7*7}`;
/** Text that the client sends back, follows or reads by itself: what is no address, key, picture or rule is not taken for one. */
const NO_TEXT = ['access_token', 'code', 'cursor', 'next_cursor', 'qr_svg', 'request_id', 'rule', 'secret', 'token', 'uid', 'url'];

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
  items?: Schema;
  enum?: unknown;
  pattern?: string;
  format?: string;
  $ref?: string;
}
const contract = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as { components: { schemas: Record<string, Schema> } };

function isText(schema: Schema): boolean {
  if (schema.$ref) return isText(contract.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.oneOf) return schema.oneOf.some(isText);
  if (schema.items) return isText(schema.items);
  return [schema.type].flat().includes('string') && !schema.enum && !schema.pattern && !schema.format;
}

/** The members that hold text anywhere in the contract: a new one is among them by itself. */
const TEXTS = new Set(
  Object.values(contract.components.schemas)
    .flatMap((schema) => Object.entries(schema.properties ?? {}))
    .filter(([name, schema]) => isText(schema) && !NO_TEXT.includes(name))
    .map(([name]) => name),
);

/** A word of a list, a slug, a number or a time: a member of the same name is free text elsewhere. */
const isWord = (text: string) => /^[a-z0-9_-]*$|^[\d:+.TZ-]+$/.test(text);

function hostile(value: unknown, name: string, met: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => hostile(one, name, met));
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hostile(one, key, met)]));
  if (typeof value !== 'string' || !TEXTS.has(name) || isWord(value)) return value;
  met.add(name);
  // What was told apart is told apart still.
  return `${PAYLOAD} ${value}`;
}

async function answerHostile(route: Route, met: Set<string>): Promise<void> {
  const response = await route.fetch().catch(() => null);
  // The page was left meanwhile.
  if (response === null) return;
  if (!(response.headers()['content-type'] ?? '').includes('json')) return route.fulfill({ response });
  return route.fulfill({ response, json: hostile(await response.json(), '', met) });
}

/** What would run, or lead somewhere that runs. */
async function harmless(page: Page, path: string): Promise<void> {
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll('*')];
    const links = [...document.querySelectorAll<HTMLAnchorElement>('[href]')].map((one) => String(one.href?.valueOf() ?? ''));
    return {
      hit: 'hit' in window,
      elements: all.filter((one) => one.matches('img[src="x"], script:not([src]), iframe, object, embed')).map((one) => one.outerHTML),
      attributes: all.filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on'))).map((one) => one.outerHTML),
      links: links.filter((href) => /^(javascript|data|vbscript):/i.test(href)),
    };
  });
  expect.soft(found, path).toEqual({ hit: false, elements: [], attributes: [], links: [] });
}

for (const [access, role] of Object.entries(READERS) as [keyof typeof READERS, Role | null][]) {
  test(`no text that somebody wrote runs on a page for ${access}`, async ({ page, house, enter }) => {
    const paths = await addresses(house, access);
    if (role) await enter(role);
    await page.goto('/lokaler');
    await speak(page, 'sv');
    const met = new Set<string>();
    await page.route(/\/api\/v1\/(?!calendar\/changes)/, (route) => answerHostile(route, met));
    await page.setViewportSize({ width: 360, height: 740 });
    const shown: string[] = [];
    for (const path of paths) {
      await page.goto(path);
      await settled(page);
      await harmless(page, path);
      await fits(page, path);
      if ((await page.locator('body').innerText()).includes('<img src=x onerror')) shown.push(path);
    }
    // It was there to be run: names at least, and read on many pages.
    expect([...met]).toContain('name');
    expect(shown.length, `of ${paths.length}: ${shown.join(' ')}`).toBeGreaterThan(paths.length / 4);
  });
}
