/**
 * A youth group's spring on a phone: every Tuesday evening over the clock change and Easter, one date moved, one lost to a closure, and
 * another room had that evening by way of the waiting list. At each step the calendar that the phone subscribes to, read by programs that
 * are not ours, says what the screen says.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { clockRange, longDay, time } from '../../../web/src/app/format';
import { addDays, clock, dayOf, instant, minuteOf, today, weekday, type Day } from '../../../web/src/app/time';
import type { Client, Schemas } from '../house/client';
import { ownOrganisation } from '../house/facts';
import type { House } from '../house/house';
import { expect, test, type Page } from '../house/test';

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

const TITLE = 'Ungdomsgruppen';
const [FROM, TO] = [18 * 60, 20 * 60];

/** Every Tuesday from February to May of the next spring that has not begun. */
function tuesdays(): Day[] {
  const now = today();
  const year = Number(now.slice(0, 4)) + (now < `${now.slice(0, 4)}-01-30` ? 0 : 1);
  const first = addDays(`${year}-02-01`, (9 - weekday(`${year}-02-01`)) % 7);
  const all: Day[] = [];
  for (let day = first; day < `${year}-06-01`; day = addDays(day, 7)) all.push(day);
  return all;
}

/** The year's Easter Sunday (Meeus, Jones, Butcher). */
function easter(year: number): Day {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return `${year}-${String(Math.floor(n / 31)).padStart(2, '0')}-${String((n % 31) + 1).padStart(2, '0')}`;
}

interface Occurrence {
  uid: string;
  status: string;
  starts_at: string;
  ends_at: string;
  summary: string;
  location: string;
}

/** `2027-02-02 18.00–20.00 Konferens 1`, as both sides are compared. */
const line = (starts_at: string, ends_at: string, room: string) =>
  `${dayOf(starts_at)} ${clockRange('sv', minuteOf(starts_at), minuteOf(ends_at))} ${room}`;

/** An instant as a clock in the house shows it. */
const inMalmo = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short', timeStyle: 'short' });
const local = (at: string) => `${inMalmo.format(new Date(at)).replace(' ', 'T')}:00`;

/** What the phone's calendar has after it asked again, by two parsers that agree. */
async function subscribed(address: string): Promise<Occurrence[]> {
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  const check = join(import.meta.dirname, '../../ical/check.py');
  const read = execFileSync(process.env.PYTHON_BIN ?? '/usr/bin/python3', [check], { input: Buffer.from(await answer.arrayBuffer()) });
  const { events } = JSON.parse(read.toString()) as { events: Occurrence[] };
  return events.filter((one) => one.summary === TITLE);
}

/** What stands on the screen under Mina bokningar: what takes place, and what was called off. */
async function onScreen(page: Page, more: string): Promise<{ live: string[]; off: string[] }> {
  await page.goto(`/bokningar?q=${TITLE}`);
  const cards = page.locator('li.card').filter({ hasText: TITLE });
  await expect(cards.first()).toBeVisible();
  const button = page.getByRole('button', { name: more, exact: true });
  while (await button.isVisible()) {
    const shown = await cards.count();
    await button.click();
    await expect.poll(() => cards.count()).toBeGreaterThan(shown);
  }
  const [live, off]: [string[], string[]] = [[], []];
  for (const card of await cards.all()) {
    const text = ((await card.locator('.what p').first().textContent()) ?? '').replace(/\s+/g, ' ').trim();
    const found = /(\d{4}-\d\d-\d\d), (kl\. \S+) · ([^·]+) ·/.exec(text);
    if (!found) throw new Error(`a card says ${text}`);
    ((await card.getAttribute('class'))?.includes('over') ? off : live).push(`${found[1]} ${found[2]} ${found[3]?.trim()}`);
  }
  return { live: live.sort(), off: off.sort() };
}

/** That phone and screen agree, and both say what the group knows. */
async function agree(page: Page, address: string, more: string, expected: string[], off: string[]): Promise<Occurrence[]> {
  const [screen, phone] = [await onScreen(page, more), await subscribed(address)];
  const of = (cancelled: boolean) =>
    phone
      .filter((one) => (one.status === 'CANCELLED') === cancelled)
      .map((one) => line(local(one.starts_at), local(one.ends_at), one.location))
      .sort();
  expect(screen.live).toEqual([...expected].sort());
  expect(of(false)).toEqual(screen.live);
  expect(screen.off).toEqual([...off].sort());
  expect(of(true)).toEqual(screen.off);
  return phone;
}

/** A room that is free on all these evenings, open for booking that far ahead. */
async function freeRoom(admin: Client, organisation: string, days: Day[], but: string[]): Promise<Schemas['Room']> {
  for (const room of await admin.all<Schemas['Room']>('/rooms')) {
    if (!room.active || room.capacity < 12 || but.some((slug) => slug === room.slug) || room.spaces.length > 1) continue;
    const version = (await admin.get<Schemas['Room']>(`/rooms/${room.slug}`)).version;
    const far = await admin.patch<Schemas['Room']>(`/rooms/${room.slug}`, version, { rules: { ...room.rules, days_ahead: 600 } });
    const question = { room: room.slug, organisation_id: organisation, dates: days, from: '18:00', to: '20:00', expected_participants: 12 };
    if ((await admin.post<Schemas['SeriesVerdicts']>('/series/preview', question)).fits) return far;
  }
  throw new Error('no room is free every Tuesday');
}

test('every Tuesday 18–20 through spring, one moved, one lost and had elsewhere, and the phone agrees each time', async ({ page, house, t, enter }) => {
  const days = tuesdays();
  const [moved, lost] = [days[3], days[6]];
  if (!moved || !lost) throw new Error('the spring is too short');
  const [booker, admin, other] = [await house.as('booker'), await house.as('admin'), await house.as('organisation')];
  const organisation = await ownOrganisation(booker);
  const room = await freeRoom(admin, organisation, days, []);
  const elsewhere = await freeRoom(admin, organisation, [lost], [room.slug]);
  const evening = (day: Day, from = FROM, to = TO, name = room.name) => line(instant(day, from), instant(day, to), name);
  const all = days.map((day) => evening(day));

  // The phone subscribes to what its owner books.
  await enter('booker');
  await page.goto('/konto');
  await page.getByRole('button', { name: t.account.feed.make }).click();
  const address = await page.getByLabel(t.account.feed.address).inputValue();
  await page.reload();
  await expect(page.getByLabel(t.account.feed.address)).toHaveCount(0);

  // Booked: every date is shown before anything is saved.
  await page.goto(`/boka?lokal=${room.slug}&dag=${days[0]}&fran=18:00&till=20:00`);
  await page.getByLabel(t.series.repeat).selectOption('weekly');
  await page.getByLabel(t.series.endsCount).check();
  await page.getByLabel(t.series.count, { exact: true }).fill(String(days.length));
  await page.getByLabel(t.booking.name, { exact: true }).fill(TITLE);
  await page.getByLabel(t.booking.category).selectOption('youth_activity');
  await page.getByLabel(t.booking.participants).fill('12');
  const verdicts = page.locator('li[id^="date-"]');
  await expect(verdicts).toHaveCount(days.length);
  await expect(page.getByText(t.series.fitsAll(days.length))).toBeVisible();
  await expect(verdicts.first()).toContainText(longDay('sv', days[0] ?? ''));
  await page.getByRole('button', { name: t.series.submit(days.length) }).click();
  await expect(page).toHaveURL(/\/serier\/[0-9a-f-]+\?ny$/);
  const phone = await agree(page, address, t.common.more, all, []);

  // The spring has both clocks in it and Easter, and the evening is at six by either.
  const sunday = easter(Number(days[0]?.slice(0, 4)));
  expect(days.some((day) => day < sunday) && days.some((day) => day > sunday)).toBe(true);
  expect(new Set(phone.map((one) => new Date(one.starts_at).getUTCHours()))).toEqual(new Set([17, 16]));
  const me = await booker.get<Schemas['Me']>('/me');
  await house.mailbox.letter(me.email, new RegExp(`${TITLE}[^]*${days.length} tillfällen|${days.length} tillfällen[^]*${TITLE}`));

  // One is moved by an hour; the others stay.
  const uid = (day: Day) => phone.find((one) => dayOf(local(one.starts_at)) === day)?.uid ?? '';
  await page.goto(`/bokningar/${uid(moved)}/andra`);
  await page.getByLabel(t.booking.from, { exact: true }).selectOption({ label: time('sv', FROM - 60) });
  await expect(page.getByText(t.booking.fitsConfirmed)).toBeVisible();
  await page.getByRole('button', { name: t.booking.saveChange }).click();
  await expect(page).toHaveURL(new RegExp(`/bokningar/${uid(moved)}$`));
  const withMoved = all.map((one) => (one === evening(moved) ? evening(moved, FROM - 60, TO - 60) : one));
  await agree(page, address, t.common.more, withMoved, []);

  // One is lost: the house closes the room that day, and is told whom it hits before it does.
  await closed(house, admin, room.slug, lost, uid(lost));
  await house.mailbox.letter(me.email, 'Golvet slipas');
  const withoutLost = withMoved.filter((one) => one !== evening(lost));
  await agree(page, address, t.common.more, withoutLost, [evening(lost)]);

  // Another room is taken that evening: the group waits for it, is offered it when it falls free, and takes it.
  const rival = await admin.post<Schemas['Booking']>('/bookings', {
    ...{ room: elsewhere.slug, title: 'Filmklubben', category: 'culture', expected_participants: 5, organisation_id: await ownOrganisation(other) },
    ...{ starts_at: instant(lost, FROM), ends_at: instant(lost, TO) },
  });
  await page.goto(`/boka?lokal=${elsewhere.slug}&dag=${lost}&fran=${clock(FROM)}&till=${clock(TO)}`);
  await page.getByLabel(t.booking.name, { exact: true }).fill(TITLE);
  await page.getByLabel(t.booking.category).selectOption('youth_activity');
  await page.getByLabel(t.booking.participants).fill('12');
  await page.getByRole('button', { name: t.waitlist.enter }).click();
  await expect(page.getByText(t.waitlist.entered).first()).toBeVisible();
  await agree(page, address, t.common.more, withoutLost, [evening(lost)]);
  await other.post(`/bookings/${rival.id}/cancel`, {});
  await house.mailbox.letter(me.email, /Tiden är ledig för er/);
  await page.goto('/bokningar');
  const offer = page.getByRole('region', { name: t.waitlist.title }).getByRole('listitem').filter({ hasText: TITLE });
  await expect(offer).toContainText(t.waitlist.offered);
  await offer.getByRole('button', { name: t.waitlist.accept }).click();
  await expect(page).toHaveURL(/\/bokningar\/[0-9a-f-]+\?ny$/);
  await agree(page, address, t.common.more, [...withoutLost, evening(lost, FROM, TO, elsewhere.name)], [evening(lost)]);
});

async function closed(house: House, admin: Client, room: string, day: Day, hit: string): Promise<void> {
  const closure = { starts_at: instant(day, 0), ends_at: instant(addDays(day, 1), 0), rooms: [room], reason: 'Golvet slipas' };
  const refused = await fetch(`${house.url}/api/v1/closures`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.token}` },
    body: JSON.stringify(closure),
  });
  expect(refused.status).toBe(409);
  const { bookings } = (await refused.json()) as { bookings: { id: string }[] };
  expect(bookings.map((one) => one.id)).toEqual([hit]);
  await admin.post('/closures', { ...closure, cancel_bookings: true });
}
