/** The day of somebody who is responsible for an association: invite a member, who chooses a password and books; roles; remove. */
import type { Schemas } from '../house/client';
import { freeTime } from '../house/facts';
import { dayOf, minuteOf, clock } from '../../../web/src/app/time';
import { handsOf } from '../house/hands';
import { expect, signIn, test, words } from '../house/test';

test('invites a member by mail, makes her responsible, and removes her again', async ({ page, browser, house, hands, t, kind, contextOptions, watch }) => {
  await page.goto('/forening');
  await signIn(page, hands, t, 'organisation');
  await expect(page.getByRole('heading', { level: 2, name: t.organisation.members })).toBeVisible();

  // All that is wrong is told at once, beside its field.
  watch.expect(422, /\/members$/);
  await hands.fill(page.getByLabel(t.organisation.memberEmail, { exact: true }), 'nadia');
  await hands.press(page.getByRole('button', { name: t.organisation.add, exact: true }));
  await expect(page.getByLabel(t.organisation.memberEmail, { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await hands.fill(page.getByLabel(t.organisation.memberEmail, { exact: true }), 'nadia@example.org');
  await hands.fill(page.getByLabel(t.organisation.memberName), 'Nadia Berg');
  await hands.press(page.getByRole('button', { name: t.organisation.add, exact: true }));
  await expect(page.getByText(t.organisation.asked('Nadia Berg'))).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: 'nadia@example.org' });
  await expect(row).toContainText(t.organisation.waiting);

  // She opens the link of her letter on a device of her own.
  const letter = await house.mailbox.letter('nadia@example.org', /\/losenord#/);
  const link = /http:\S+\/losenord#\S+/.exec(letter.text)?.[0] ?? '';
  const hers = await browser.newContext({ ...contextOptions, locale: 'sv-SE', timezoneId: 'Europe/Stockholm' });
  const device = await hers.newPage();
  const herHands = handsOf(kind, device);
  await device.goto(link);
  // The secret does not stay in the address.
  await expect(device).toHaveURL(/\/losenord$/);
  const sv = words('sv');
  await herHands.fill(device.getByLabel(sv.account.newPassword), 'äpplen i en blå korg');
  await herHands.press(device.getByRole('button', { name: sv.common.save }));
  await expect(device.getByText(sv.account.passwordSet)).toBeVisible();
  const free = await freeTime(house, { minutes: 60, people: 4, days: 5 });
  const start = minuteOf(free.starts_at);
  await device.goto(`/boka?lokal=${free.room}&dag=${dayOf(free.starts_at)}&fran=${clock(start)}&till=${clock(start + 60)}`);
  await herHands.fill(device.getByLabel(sv.booking.name), 'Nadias första');
  await herHands.fill(device.getByLabel(sv.booking.participants), '4');
  await herHands.press(device.getByRole('button', { name: new RegExp(`^(${sv.booking.submit}|${sv.booking.submitRequest})$`) }));
  await expect(device.getByRole('heading', { level: 1, name: new RegExp(`${sv.booking.doneConfirmed}|${sv.booking.donePending}`) })).toBeVisible();

  // By choosing her password she has said yes.
  await page.reload();
  await expect(row).toContainText(t.organisation.member);
  await hands.press(row.getByRole('button', { name: t.organisation.promoteLabel('Nadia Berg') }));
  await expect(row).toContainText(t.organisation.responsible);
  await hands.press(row.getByRole('button', { name: t.organisation.removeLabel('Nadia Berg') }));
  const dialog = page.getByRole('dialog', { name: t.organisation.removeTitle });
  await expect(dialog).toContainText('Nadia Berg');
  await hands.press(dialog.getByRole('button', { name: t.organisation.remove }));
  await expect(row).toHaveCount(0);
  await expect(page.getByText(t.organisation.removed('Nadia Berg'))).toBeVisible();

  // What was booked stands; she sees it no more.
  const all = await (await house.as('organisation')).all<Schemas['Booking']>('/bookings', { q: 'Nadias' });
  expect(all.map((one) => one.title)).toEqual(['Nadias första']);
  await device.goto('/bokningar');
  await expect(device.getByText('Nadias första')).toHaveCount(0);
  await hers.close();
});
