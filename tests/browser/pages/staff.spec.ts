/** What the staff does beyond what members can: books for them, lets pass what is against the rules, notes, and closes what is broken. */
import { addDays, clock, dayOf, instant, minuteOf, today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { setDay } from '../house/dates';
import { freeTime, ownOrganisation } from '../house/facts';
import { PASSWORD, PEOPLE } from '../house/house';
import { expect, test } from '../house/test';

test('an admin books for a member against the rules and says why, and the reception notes what only the staff reads', async ({ page, house, t, enter, browser }) => {
  const booker = await house.as('booker');
  const organisation = await ownOrganisation(booker);
  const me = await booker.get<Schemas['Me']>('/me');
  // In the night, when the house is closed: against the rules, but nobody has the room.
  const day = addDays(today(), 40);
  await enter('admin');
  await page.goto(`/boka?lokal=konferens-1&dag=${day}&fran=02:00&till=04:00`);
  await page.getByLabel(t.booking.forOrganisation).selectOption(organisation);
  await page.getByLabel(t.booking.onBehalf).selectOption(me.id);
  await page.getByLabel(t.booking.name, { exact: true }).fill('Valvaka');
  await page.getByLabel(t.booking.participants).fill('5');
  await page.getByLabel(t.booking.override).check();
  await page.getByRole('button', { name: t.booking.submit, exact: true }).click();
  await expect(page.getByText(t.booking.overrideReasonMissing)).toBeVisible();
  await expect(page.getByLabel(t.booking.overrideReason)).toBeFocused();
  await page.getByLabel(t.booking.overrideReason).fill('Valnatten, avtalat med huset');
  await page.getByRole('button', { name: t.booking.submit, exact: true }).click();
  await expect(page.getByRole('heading', { name: t.booking.doneConfirmed })).toBeVisible();
  await expect(page.getByText(t.booking.staffOverride('Valnatten, avtalat med huset'))).toBeVisible();
  await expect(page.getByText(t.booking.staffBookedBy(PEOPLE.admin.name))).toBeVisible();
  const address = new URL(page.url()).pathname;
  const made = await booker.get<Schemas['Booking']>(`/bookings/${address.split('/').at(-1) ?? ''}`);
  expect([made.created_by?.id, made.starts_at, made.status]).toEqual([me.id, instant(day, 120), 'confirmed']);
  await house.mailbox.letter(me.email, 'Valvaka');

  // The reception writes a note; the member whose booking it is never sees it.
  const desk = await browser.newContext({ baseURL: house.url });
  const token = await desk.request.post('/api/v1/auth/token', { data: { email: PEOPLE.reception.email, password: PASSWORD } });
  expect(token.ok()).toBe(true);
  await desk.addInitScript(() => localStorage.setItem('nobel21.signed-in', '1'));
  const receptions = await desk.newPage();
  await receptions.goto(address);
  await receptions.getByLabel(t.booking.staffNoteLabel).fill('Behöver nyckel till baksidan');
  await receptions.getByRole('button', { name: t.booking.staffNoteSave }).click();
  await expect(receptions.getByText(t.booking.staffNoteSaved)).toBeVisible();
  await receptions.reload();
  await expect(receptions.getByLabel(t.booking.staffNoteLabel)).toHaveValue('Behöver nyckel till baksidan');
  await desk.close();
  expect(JSON.stringify(await booker.get<Schemas['Booking']>(`/bookings/${made.id}`))).not.toContain('nyckel');
});

test('a fault is reported on the room’s page and becomes a closure with what it hits listed and mailed', async ({ page, house, t, enter, browser }) => {
  const booker = await house.as('booker');
  const free = await freeTime(house, { minutes: 60, people: 4, days: 20 });
  const asked = { ...free, title: 'Blir utan lokal', category: 'meeting', expected_participants: 4, organisation_id: await ownOrganisation(booker) };
  const hit = await booker.post<Schemas['Booking']>('/bookings', asked);
  const day = dayOf(free.starts_at);

  await enter('booker');
  await page.goto(`/lokaler/${free.room}`);
  await page.getByRole('button', { name: t.faults.report }).click();
  await page.getByLabel(t.faults.what).fill('Fönstret går inte att stänga');
  await page.getByRole('button', { name: t.faults.send }).click();
  await expect(page.getByText(t.faults.thanks)).toBeVisible();
  await house.mailbox.letter(PEOPLE.admin.email, 'Fönstret går inte att stänga');

  const office = await browser.newContext({ baseURL: house.url });
  const token = await office.request.post('/api/v1/auth/token', { data: { email: PEOPLE.admin.email, password: PASSWORD } });
  expect(token.ok()).toBe(true);
  await office.addInitScript(() => localStorage.setItem('nobel21.signed-in', '1'));
  const admin = await office.newPage();
  await admin.goto('/felanmalningar');
  await expect(admin.getByText('Fönstret går inte att stänga')).toBeVisible();
  await admin.getByRole('link', { name: t.faults.closeRoom }).click();
  // Only that hour, so that nobody else is hit.
  await admin.getByLabel(t.closures.wholeDays).uncheck();
  for (const [label, date] of [
    [t.closures.from, day],
    [t.closures.to, day],
  ] as const) {
    await setDay(admin, label, date);
  }
  await admin.getByLabel(t.closures.fromTime).fill(clock(minuteOf(free.starts_at)));
  await admin.getByLabel(t.closures.toTime).fill(clock(minuteOf(free.ends_at)));
  await admin.getByLabel(t.closures.reason).fill('Stängt för reparation');
  await admin.getByRole('button', { name: t.closures.close, exact: true }).click();
  await expect(admin.getByRole('heading', { name: t.closures.hits(1) })).toBeVisible();
  await expect(admin.getByRole('link', { name: 'Blir utan lokal' })).toBeVisible();
  expect((await booker.get<Schemas['Booking']>(`/bookings/${hit.id}`)).status).toBe('confirmed');
  await admin.getByRole('button', { name: t.closures.closeAndCancel(1) }).click();
  await expect(admin.getByText(t.faults.closed)).toBeVisible();
  const off = await booker.get<Schemas['Booking']>(`/bookings/${hit.id}`);
  expect([off.status, off.cancel_reason]).toEqual(['cancelled', 'Stängt för reparation']);
  await house.mailbox.letter(PEOPLE.booker.email, 'Stängt för reparation');
  await admin.getByRole('button', { name: t.faults.resolve }).click();
  await expect(admin.getByText(t.faults.resolved)).toBeVisible();
  await office.close();
});
