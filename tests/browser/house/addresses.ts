/** One address for each route, with something to see on it. */
import { type Access, routes } from '../../../web/src/app/routes';
import { today } from '../../../web/src/app/time';
import type { Schemas } from './client';
import { freeTime, ownOrganisation } from './facts';
import type { House } from './house';
import type { Role } from './test';

/** Who looks at what: everybody's pages as a stranger, the others as the first who may. */
export const READERS: Record<Access, Role | null> = { anyone: null, member: 'booker', staff: 'reception', admin: 'admin' };

export async function addresses(house: House, access: Access): Promise<string[]> {
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
