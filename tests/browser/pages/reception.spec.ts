/** The reception's day: an announced group arrives with one tap, and the tally says when it is getting full. */
import type { Schemas } from '../house/client';
import { ownOrganisation } from '../house/facts';
import { PEOPLE } from '../house/house';
import { expect, test } from '../house/test';

test('a booker announces a group, the desk sees it and counts it in with one tap, and the host gets a letter', async ({ page, house, t, enter, browser }) => {
  const [admin, booker] = [await house.as('admin'), await house.as('booker')];
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const at = (minutes: number) => new Date(minute + minutes * 60_000).toISOString();
  const asked = { title: 'Studiebesök', category: 'meeting', expected_participants: 8, organisation_id: await ownOrganisation(booker) };
  const me = await booker.get<Schemas['Me']>('/me');
  // In whichever room nobody has just now, over any rule.
  let made: Schemas['Booking'] | undefined;
  for (const room of await admin.all<Schemas['Room']>('/rooms')) {
    const wish = { ...asked, room: room.slug, starts_at: at(-5), ends_at: at(40), override: true, on_behalf_of: me.id };
    made ??= await admin.post<Schemas['Booking']>('/bookings', wish).catch(() => undefined);
  }
  if (!made) throw new Error('every room is taken');

  await enter('booker');
  await page.goto(`/bokningar/${made.id}`);
  await page.getByLabel(t.booking.visitorsNumber).fill('8');
  await page.getByLabel(t.booking.visitorsNote).fill('Kommer med buss från Lund');
  await page.getByRole('button', { name: t.booking.visitorsAnnounce }).click();
  await expect(page.getByText(t.booking.visitorsAnnounced)).toBeVisible();

  const desk = await browser.newContext({ baseURL: house.url });
  const token = await desk.request.post('/api/v1/auth/token', { data: { email: PEOPLE.reception.email, password: 'nobel21-demo' } });
  expect(token.ok()).toBe(true);
  await desk.addInitScript(() => localStorage.setItem('nobel21.signed-in', '1'));
  const reception = await desk.newPage();
  await reception.goto('/reception');
  const due = reception.getByRole('region', { name: t.desk.due }).getByRole('listitem').filter({ hasText: 'Studiebesök' });
  await expect(due).toContainText('Kommer med buss från Lund');
  await due.getByRole('button', { name: t.desk.arriveLabel(8, 'Studiebesök') }).click();
  await expect(reception.getByText(t.desk.visitorsArrived(8, 'Studiebesök'))).toBeVisible();
  await expect(due.getByRole('button')).toHaveCount(0);
  const today = await admin.get<Schemas['VisitsToday']>('/visits/today');
  expect(today.by_gathering.find((one) => one.booking_id === made?.id)?.visits).toBe(8);
  await house.mailbox.letter(me.email, '8 väntade besökare');

  // With a few more in the house it is nearly full; then it is.
  await admin.post('/visits', { headcount: 12, purpose: 'walk_in' });
  const settings = async (most: number) => {
    const { version } = await admin.get<Schemas['Settings']>('/settings');
    await admin.patch('/settings', version, { house_max_persons: most });
  };
  const { present } = await admin.get<Schemas['VisitsToday']>('/visits/today');
  await settings(Math.floor(present / 0.9));
  await reception.goto('/rakna');
  await expect(reception.getByText(t.desk.nearlyFullText)).toBeVisible();
  await settings(present);
  await reception.reload();
  await expect(reception.getByText(t.desk.fullText)).toBeVisible();
  await desk.close();
});

test('an admin is warned of a time when more are expected than the house may hold', async ({ page, house, t, enter }) => {
  const admin = await house.as('admin');
  const { version } = await admin.get<Schemas['Settings']>('/settings');
  await enter('admin');
  await page.goto('/admin/installningar');
  await page.getByLabel(t.settings.most).fill('3');
  await page.getByRole('button', { name: t.common.save }).click();
  await expect(page.getByText(t.common.saved)).toBeVisible();
  expect((await admin.get<Schemas['Settings']>('/settings')).version).toBe(version + 1);
  await page.goto('/admin');
  const warning = page.getByRole('region', { name: t.inbox.load('3') });
  await expect(warning.getByRole('link').first()).toBeVisible();
});
