/** A booker's day: find, book, meet somebody else's booking, take what is free instead, move, change one's mind, cancel, read the letters. */
import { readFile } from 'node:fs/promises';
import { duration, time, when } from '../../../web/src/app/format';
import { clock, dayOf, instant, minuteOf, minutes } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { freeTime, ownOrganisation, strangersBooking } from '../house/facts';
import { PEOPLE } from '../house/house';
import { expect, signIn, test } from '../house/test';

const me = PEOPLE.booker;

test('finds a room, signs in on the way, books it and gets a letter and a file for the calendar', async ({ page, house, hands, t, language }) => {
  const free = await freeTime(house, { minutes: 90, people: 6, days: 8 });
  await page.goto('/');
  await hands.press(page.getByRole('navigation', { name: t.common.mainMenu }).getByRole('link', { name: new RegExp(`^(${t.nav.find}|${t.nav.findShort})$`) }));
  await expect(page.getByRole('heading', { level: 1, name: t.find.title })).toBeFocused();
  await hands.pickDay(page.locator('main form'), dayOf(free.starts_at), t.common.nextMonth);
  await hands.choose(page.getByLabel(t.find.length), duration(language, 90));
  await hands.fill(page.getByLabel(t.find.people), '6');
  const results = page.getByRole('region', { name: /.+/ }).filter({ has: page.locator('#results') });
  const offer = results.getByRole('link', { name: new RegExp(`^${t.find.bookLabel('.+', '.+')}$`) }).first();
  await expect(page).toHaveURL(/antal=6/);
  const label = (await offer.getAttribute('aria-label')) ?? '';
  await hands.press(offer);

  // Room and time come along through the sign-in.
  await expect(page.getByText(t.account.signInBack)).toBeVisible();
  await signIn(page, hands, t, 'booker');
  await expect(page.getByRole('heading', { level: 1, name: t.booking.title })).toBeVisible();
  const chosen = await page.getByLabel(t.booking.room, { exact: true }).evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text ?? '');
  expect(label).toContain(chosen.replace(/ \(.*$/, ''));
  await expect(page.getByLabel(t.booking.participants)).toHaveValue('6');

  await hands.fill(page.getByLabel(t.booking.name), 'Språkkafé på arabiska');
  await hands.choose(page.getByLabel(t.booking.category), t.booking.categories.course);
  await hands.press(page.getByRole('radio', { name: t.booking.displays.title }));
  await expect(page.getByText(new RegExp(`${t.booking.fitsConfirmed}|${t.booking.fitsPending}`))).toBeVisible();
  await hands.press(page.getByRole('button', { name: new RegExp(`^(${t.booking.submit}|${t.booking.submitRequest})$`) }));
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(`${t.booking.doneConfirmed}|${t.booking.donePending}`) })).toBeVisible();

  const api = await house.as('booker');
  const [booking] = await api.all<Schemas['Booking']>('/bookings', { q: 'arabiska' });
  expect(booking).toMatchObject({ title: 'Språkkafé på arabiska', category: 'course', display: 'title', expected_participants: 6 });
  if (!booking) return;
  await expect(page.getByText(when(language, booking))).toBeVisible();
  const letter = await house.mailbox.letter(me.email, 'Språkkafé på arabiska');
  expect(letter.text).toContain(booking.reference);

  const [file] = await Promise.all([page.waitForEvent('download'), hands.press(page.getByRole('button', { name: t.booking.calendarFile }))]);
  const ics = await readFile(await file.path(), 'utf8');
  expect(ics).toContain('SUMMARY:Språkkafé på arabiska');
  expect(ics).toMatch(/^BEGIN:VCALENDAR\r\n[^]*END:VCALENDAR\r\n$/);

  // Whoever looks at the calendar sees it as the booking wants it.
  await page.goto(`/?vy=dag&dag=${dayOf(booking.starts_at)}`);
  await expect(page.getByRole('gridcell', { name: /Språkkafé på arabiska/ }).first()).toBeVisible();
});

test('meets a taken time, learns what is free instead but not who is there, and takes it', async ({ page, house, hands, t, watch, enter }) => {
  const taken = await strangersBooking(house);
  await enter('booker');
  const place = `lokal=${taken.room}&dag=${dayOf(taken.starts_at)}&fran=${clock(minuteOf(taken.starts_at))}&till=${clock(minuteOf(taken.ends_at))}`;
  await page.goto(`/boka?${place}`);
  const summary = page.getByRole('complementary', { name: t.booking.summary });
  await expect(summary.getByText(t.booking.taken)).toBeVisible();
  const others = summary.getByRole('listitem').getByRole('button');
  await expect(others.first()).toBeVisible();
  await expect(page.locator('body')).not.toContainText(taken.organisation.name);
  await expect(page.locator('body')).not.toContainText(taken.title);

  await hands.fill(page.getByLabel(t.booking.name), 'Styrelsemöte i maj');
  await hands.fill(page.getByLabel(t.booking.participants), '5');
  await hands.press(others.first());
  await expect(summary.getByText(new RegExp(`${t.booking.fitsConfirmed}|${t.booking.fitsPending}`))).toBeVisible();

  // In the last moment somebody else is faster: only the answer to the booking itself tells.
  const asked = new URL(page.url()).searchParams;
  const at = (name: string) => instant(asked.get('dag') ?? '', minutes(asked.get(name) ?? ''));
  const admin = await house.as('admin');
  const faster = await admin.post<Schemas['Booking']>('/bookings', {
    ...{ room: asked.get('lokal'), title: 'Snabbare', category: 'meeting', expected_participants: 2, organisation_id: taken.organisation.id },
    ...{ starts_at: at('fran'), ends_at: at('till'), override: true },
  });
  watch.expect(409, /\/bookings$/);
  await hands.press(summary.getByRole('button', { name: new RegExp(`^(${t.booking.submit}|${t.booking.submitRequest})$`) }));
  await expect(page.getByRole('heading', { name: t.booking.summary })).toBeFocused();
  await expect(summary.getByText(t.booking.taken)).toBeVisible();
  await expect(page.locator('body')).not.toContainText(faster.title);
  await hands.press(others.first());
  await expect(summary.getByText(new RegExp(`${t.booking.fitsConfirmed}|${t.booking.fitsPending}`))).toBeVisible();
  await hands.press(summary.getByRole('button', { name: new RegExp(`^(${t.booking.submit}|${t.booking.submitRequest})$`) }));
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(`${t.booking.doneConfirmed}|${t.booking.donePending}`) })).toBeVisible();
  const made = await (await house.as('booker')).all<Schemas['Booking']>('/bookings', { q: 'Styrelsemöte i maj' });
  expect(made).toHaveLength(1);
});

test('moves a booking, takes that back, moves it again and cancels it with a reason', async ({ page, house, hands, t, language, enter }) => {
  const api = await house.as('booker');
  const free = await freeTime(house, { minutes: 240, people: 5, days: 6 });
  const day = dayOf(free.starts_at);
  const start = minuteOf(free.starts_at);
  const mine = await api.post<Schemas['Booking']>('/bookings', {
    ...{ room: free.room, title: 'Trädgårdsgruppen', category: 'meeting', expected_participants: 5, organisation_id: await ownOrganisation(api) },
    ...{ starts_at: free.starts_at, ends_at: instant(day, start + 60) },
  });
  await house.mailbox.letter(me.email, mine.reference);
  await enter('booker');
  await page.goto('/bokningar');
  await hands.fill(page.getByLabel(t.booking.searchMine), 'trädgård');
  await expect(page).toHaveURL(/q=/);
  const card = page.getByRole('listitem').filter({ hasText: 'Trädgårdsgruppen' });
  await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toHaveCount(1);

  const move = async (from: number) => {
    await hands.press(card.getByRole('link', { name: t.booking.moveLabel('Trädgårdsgruppen') }));
    await hands.choose(page.getByLabel(t.booking.from, { exact: true }), time(language, from));
    await expect(page.getByText(new RegExp(`${t.booking.fitsConfirmed}|${t.booking.fitsPending}`))).toBeVisible();
    await hands.press(page.getByRole('button', { name: t.booking.saveChange }));
    await expect(page.getByRole('region', { name: t.common.messages }).getByText(/\d/).first()).toBeVisible();
  };
  const startsAt = async () => minuteOf((await api.get<Schemas['Booking']>(`/bookings/${mine.id}`)).starts_at);

  await move(start + 60);
  expect(await startsAt()).toBe(start + 60);
  await hands.undo(t.common.undo);
  await expect(page.getByText(t.common.undone)).toBeVisible();
  expect(await startsAt()).toBe(start);
  await page.goto('/bokningar?q=trädgård');
  await move(start + 120);
  expect(await startsAt()).toBe(start + 120);
  await house.mailbox.letter(me.email, new RegExp(`${mine.reference}[^]*${clock(start + 120).replace(':', '.')}`));

  // Regretted in time: no letter goes out, nothing is cancelled.
  await page.goto('/bokningar?q=trädgård');
  const cancel = async () => {
    await hands.press(card.getByRole('button', { name: t.booking.cancelLabel('Trädgårdsgruppen') }));
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Trädgårdsgruppen');
    await hands.fill(dialog.getByLabel(t.booking.cancelReason), 'För få anmälda');
    await hands.press(dialog.getByRole('button', { name: t.booking.cancelBooking }));
    await expect(card.getByText(t.booking.cancellingShort)).toBeVisible();
  };
  await cancel();
  await hands.undo(t.common.undo);
  await expect(card.getByRole('button', { name: t.booking.cancelLabel('Trädgårdsgruppen') })).toBeVisible();

  await cancel();
  const messages = page.getByRole('region', { name: t.common.messages });
  await hands.press(messages.getByRole('button', { name: t.common.close }).last());
  await expect(card.getByText(t.booking.statuses.cancelled)).toBeVisible();
  expect(await api.get(`/bookings/${mine.id}`)).toMatchObject({ status: 'cancelled', cancel_reason: 'För få anmälda' });
  const letters = (await house.mailbox.letters()).length;
  const letter = await house.mailbox.letter(me.email, /avbok/i);
  expect(letter.text).toContain(mine.reference);
  expect(letters).toBeLessThanOrEqual((await house.mailbox.letters()).length);
});
