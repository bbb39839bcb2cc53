/** What an admin or an organiser does now and then: answer a whole series, change one that does not fit, half days, yearly closures. */
import { longDay, time } from '../../../web/src/app/format';
import { addDays, instant, today, type Day } from '../../../web/src/app/time';
import type { Client, Schemas } from '../house/client';
import { setDay } from '../house/dates';
import { ownOrganisation } from '../house/facts';
import { expect, test } from '../house/test';

/** Three evenings in a row in a room that has all of them free, far ahead of the sample year. */
async function series(api: Client, organisation: string, room: string, title: string, first: Day): Promise<Schemas['Series']> {
  return api.post<Schemas['Series']>('/series', {
    ...{ room, organisation_id: organisation, title, category: 'meeting', expected_participants: 4, from: '18:00', to: '20:00' },
    dates: [first, addDays(first, 1), addDays(first, 2)],
  });
}

const far = addDays(today(), 200);

test('a series that waits is answered whole: one with a yes, one with a no from a template', async ({ page, house, t, enter }) => {
  const [booker, admin] = [await house.as('booker'), await house.as('admin')];
  const organisation = await ownOrganisation(booker);
  const room = await admin.get<Schemas['Room']>('/rooms/motesrummet');
  await admin.patch('/rooms/motesrummet', room.version, { needs_approval: true });
  const wanted = await series(booker, organisation, 'motesrummet', 'Kören övar', far);
  const unwanted = await series(booker, organisation, 'motesrummet', 'Bandet övar', addDays(far, 7));
  expect(wanted.bookings.map((one) => one.status)).toEqual(['pending', 'pending', 'pending']);
  await enter('admin');
  await page.goto('/admin');
  const row = (title: string) => page.locator('#requests > li').filter({ hasText: title });
  await expect(row('Kören övar')).toHaveCount(1);
  await expect(row('Kören övar')).toContainText(t.series.request(3));
  await page.getByRole('button', { name: t.inbox.approveLabel('Kören övar') }).click();
  await expect(row('Kören övar')).toContainText(t.inbox.approved);
  await page.getByRole('button', { name: t.inbox.rejectLabel('Bandet övar') }).click();
  await page.getByLabel(t.inbox.template).selectOption({ label: t.inbox.templates.staff.name });
  await expect(page.getByLabel(t.inbox.reason, { exact: true })).toHaveValue(t.inbox.templates.staff.text);
  await page.getByRole('dialog').getByRole('button', { name: t.inbox.reject, exact: true }).click();
  await expect(row('Bandet övar')).toContainText(t.inbox.rejected);
  const states = async (id: string) => (await booker.get<Schemas['Series']>(`/series/${id}`)).bookings.map((one) => one.status);
  expect(await states(wanted.id)).toEqual(['confirmed', 'confirmed', 'confirmed']);
  expect(await states(unwanted.id)).toEqual(['rejected', 'rejected', 'rejected']);
  const me = await booker.get<Schemas['Me']>('/me');
  await house.mailbox.letter(me.email, t.inbox.templates.staff.text);
});

test('a series that can’t be moved on every date says which, and moves the others', async ({ page, house, t, watch, enter }) => {
  const [booker, other] = [await house.as('booker'), await house.as('organisation')];
  const made = await series(booker, await ownOrganisation(booker), 'konferens-1', 'Studiecirkel', far);
  const busy = addDays(far, 1);
  await other.post('/bookings', {
    ...{ room: 'konferens-1', title: 'Tidigare', category: 'meeting', expected_participants: 4, organisation_id: await ownOrganisation(other) },
    ...{ starts_at: instant(busy, 17 * 60), ends_at: instant(busy, 18 * 60) },
  });
  await enter('booker');
  await page.goto(`/bokningar/${made.bookings[0]?.id}/andra?galler=all`);
  await page.getByLabel(t.booking.from, { exact: true }).selectOption({ label: time('sv', 17 * 60) });
  watch.expect(409, /\/series\//);
  await page.getByRole('button', { name: t.booking.saveChange }).click();
  const refused = page.getByRole('alert').filter({ hasText: t.series.refusedDates });
  await expect(refused.getByRole('listitem')).toHaveCount(1);
  await expect(refused).toContainText(longDay('sv', busy));
  await expect(refused).not.toContainText('Tidigare');
  await page.getByLabel(t.series.keepThose).check();
  await page.getByRole('button', { name: t.booking.saveChange }).click();
  await expect(page.getByRole('status').filter({ hasText: t.series.unchanged(1) })).toContainText(longDay('sv', busy));
  const hours = (await booker.get<Schemas['Series']>(`/series/${made.id}`)).bookings.map((one) => one.starts_at.slice(11, 16));
  expect(hours).toEqual(['17:00', '18:00', '17:00']);
});

test('a half day is added, shortens the day, and is taken away', async ({ page, house, t, enter }) => {
  const admin = await house.as('admin');
  await enter('admin');
  await page.goto('/admin/oppettider');
  await setDay(page, t.hours.halfDay, far);
  await page.getByLabel(t.hours.halfDayCloses).fill('13.00');
  await page.getByLabel(t.hours.halfDayNote).fill('Personalfest');
  await page.getByRole('button', { name: t.hours.addHalfDay }).click();
  await expect(page.getByText('Personalfest').first()).toBeVisible();
  const closes = async () => {
    const { rooms } = await admin.get<Schemas['Calendar']>('/calendar', { from: far, to: addDays(far, 1) });
    return rooms[0]?.open.at(-1)?.ends_at.slice(11, 16);
  };
  expect(await closes()).toBe('13:00');
  await page.getByRole('button', { name: t.hours.removeHalfDay(longDay('sv', far)) }).click();
  await expect(page.getByText(t.hours.halfDayRemoved(longDay('sv', far)))).toBeVisible();
  await expect(page.getByText('Personalfest')).toHaveCount(0);
  expect(await closes()).not.toBe('13:00');
});

test('a closure that comes every year is made at once and lifted with those after it', async ({ page, house, t, enter }) => {
  const admin = await house.as('admin');
  await enter('admin');
  await page.goto('/admin/ny/stangning');
  await setDay(page, t.closures.from, far);
  await page.getByLabel(t.closures.yearly).check();
  await page.getByLabel(t.closures.years).fill('3');
  await page.getByLabel(t.closures.reason).fill('Storstädning');
  await page.getByRole('button', { name: t.closures.close, exact: true }).click();
  await expect(page.getByText(t.closures.closed)).toBeVisible();
  const made = async () => (await admin.all<Schemas['Closure']>('/closures')).filter((one) => one.reason === 'Storstädning');
  expect((await made()).map((one) => one.starts_at.slice(4, 10))).toEqual([far.slice(4), far.slice(4), far.slice(4)]);
  await page.getByRole('button', { name: t.closures.openLabel('Storstädning') }).first().click();
  await page.getByLabel(t.closures.following).check();
  await page.getByRole('dialog').getByRole('button', { name: t.closures.open, exact: true }).click();
  await expect(page.getByText(t.closures.opened)).toBeVisible();
  expect(await made()).toEqual([]);
});
