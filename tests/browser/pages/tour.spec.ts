/** Every page there is, in every look: axe, 320 pixels, text twice as large, and a picture at three widths to be looked at. */
import { type Access, routes } from '../../../web/src/app/routes';
import { today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { freeTime, ownOrganisation } from '../house/facts';
import type { House } from '../house/house';
import { fits, flawless, LANGUAGES, settled, speak, whole, withLargeText } from '../house/looks';
import { type Page, type Role, test } from '../house/test';

/** Pictures are for people to look at, and nobody looks at those of continuous integration. */
const PICTURES = !process.env.CI;
const WIDTHS = [360, 768, 1440];
const HEIGHT = 900;

/** Who looks at what: everybody's pages as a stranger, the others as the first who may. */
const READERS: Record<Access, Role | null> = { anyone: null, member: 'booker', staff: 'reception', admin: 'admin' };

/** One address for each route, with something to see on it. */
async function addresses(house: House, access: Access): Promise<string[]> {
  const admin = await house.as('admin');
  const one = async (path: string, query = {}) => {
    const page = await admin.get<{ items: { id: string }[] }>(path, { limit: 1, ...query });
    return page.items[0]?.id ?? 'none';
  };
  const me = await (await house.as('booker')).get<Schemas['Me']>('/me');
  const own = { organisation_id: me.memberships[0]?.organisation_id, from: `${today()}T00:00:00+01:00`, status: 'confirmed', order: 'asc' };
  const known: Record<string, () => Promise<string>> = {
    '/bokningar/:id': () => one('/bookings', own),
    '/bokningar/:id/andra': () => one('/bookings', own),
    '/serier/:id': async () => {
      const booker = await house.as('booker');
      const free = await freeTime(house, { minutes: 60, people: 5, days: 9 });
      const [from, to] = [free.starts_at, free.ends_at].map((instant) => instant.slice(11, 16));
      const repeats = { room: free.room, date: free.starts_at.slice(0, 10), from, to, rule: 'FREQ=WEEKLY;COUNT=3', on_conflict: 'skip' };
      const what = { title: 'Läxhjälp', category: 'other', expected_participants: 5, organisation_id: await ownOrganisation(booker) };
      return (await booker.post<{ id: string }>('/series', { ...repeats, ...what })).id;
    },
    '/admin/foreningar/:id': () => one('/organisations'),
    '/admin/enheter/:id/affisch': async () => (await admin.post<{ id: string }>('/devices', { kind: 'poster', name: 'Entrén' })).id,
    '/admin/personer/:id': () => one('/users'),
    '/admin/brev/:id': async () => {
      // The demo has sent no letters yet.
      const booker = await house.as('booker');
      const free = await freeTime(house, { minutes: 60, people: 5, days: 6 });
      const body = { ...free, title: 'Läxhjälp', category: 'other', expected_participants: 5, organisation_id: await ownOrganisation(booker) };
      await booker.post('/bookings', body);
      return one('/letters');
    },
  };
  const here = routes.filter((route) => route.access === access);
  return Promise.all(
    here.map(async ({ path }) => {
      const id = path.includes(':id') ? await known[path]?.() : '';
      if (id === undefined) throw new Error(`no address is known for ${path}`);
      return path.replace(':id', id).replace(':slug', 'konferens-1').replace(':year', today().slice(0, 4));
    }),
  );
}

async function look(page: Page, path: string): Promise<void> {
  for (const language of LANGUAGES) {
    await speak(page, language);
    await page.goto(path);
    await settled(page);
    await flawless(page, `${path} in ${language}`);
  }
  const name = path === '/' ? 'kalender' : path.slice(1).replaceAll('/', '-').replaceAll(/-[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
  await speak(page, 'sv');
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(path);
  await settled(page);
  await fits(page, `${path} at 320 pixels`);
  await whole(page, `${path} at 320 pixels`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    await settled(page, false);
    await fits(page, `${path} at ${width} pixels`);
    if (PICTURES) await page.screenshot({ path: `screenshots/${name}-${width}.png`, fullPage: true });
  }
  if (PICTURES) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: `screenshots/${name}-dark.png` });
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await withLargeText(page, async () => {
    await fits(page, `${path} with large text`);
    await whole(page, `${path} with large text`);
  });
}

/** In parts, so that they share the time of the cores. */
const PARTS = 3;

for (const [access, role] of Object.entries(READERS) as [Access, Role | null][]) {
  for (let part = 0; part < PARTS; part += 1) {
    test(`every page for ${access}, part ${part + 1}, is right in every look`, async ({ page, house, enter }) => {
      test.setTimeout(480_000);
      const paths = await addresses(house, access);
      if (role) await enter(role);
      await page.goto('/lokaler');
      for (const path of paths.filter((_, at) => at % PARTS === part)) await look(page, path);
    });
  }
}
