/** A whole day at the desk: open, an expected group, walk-ins, an hour without network, a drill, close. */
import { today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { ownOrganisation } from '../house/facts';
import { expect, test } from '../house/test';

const HOUR = 3_600_000;

test('the reception opens, receives a group, counts through an hour without network, holds a drill and closes with nobody left', async ({ page, context, house, t, enter, watch }) => {
  test.setTimeout(180_000);
  const [admin, booker] = [await house.as('admin'), await house.as('booker')];
  const desk = () => admin.get<Schemas['VisitsToday']>('/visits/today');
  // Nobody is left from what the demo counted.
  const left = (await desk()).present;
  if (left > 0) await admin.post('/visits', { headcount: left, purpose: 'other', kind: 'out' });

  // A group is expected in whichever room nobody has just now.
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const at = (minutes: number) => new Date(minute + minutes * 60_000).toISOString();
  const me = await booker.get<Schemas['Me']>('/me');
  const asked = { title: 'Studiecirkel', category: 'course', expected_participants: 6, organisation_id: await ownOrganisation(booker) };
  let made: Schemas['Booking'] | undefined;
  for (const room of await admin.all<Schemas['Room']>('/rooms')) {
    const wish = { ...asked, room: room.slug, starts_at: at(-5), ends_at: at(90), override: true, on_behalf_of: me.id };
    made ??= await admin.post<Schemas['Booking']>('/bookings', wish).catch(() => undefined);
  }
  if (!made) throw new Error('every room is taken');
  await booker.post('/expected-visitors', { booking_id: made.id, headcount: 6, note: 'En i rullstol' });
  const before = await desk();

  // Open: the day's gatherings and who is due. This device's clock stands an hour back, until the network is there again.
  await page.clock.install({ time: Date.now() });
  await enter('reception');
  await page.goto('/reception');
  const due = page.getByRole('region', { name: t.desk.due }).getByRole('listitem').filter({ hasText: 'Studiecirkel' });
  await expect(due).toContainText('En i rullstol');
  await due.getByRole('button', { name: t.desk.arriveLabel(6, 'Studiecirkel') }).click();
  await expect(page.getByText(t.desk.visitorsArrived(6, 'Studiecirkel'))).toBeVisible();

  // Walk-ins.
  await page.goto('/rakna?arende=walk_in');
  await expect(page.getByText(t.desk.allSent)).toBeVisible();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const add = (n: number) => page.getByRole('button', { name: new RegExp(`^\\+${n},`) });
  await add(1).click();
  await add(5).click();
  await expect.poll(async () => (await desk()).total).toBe(before.total + 12);

  // The network is gone for an hour: counted all the same, with the time at which it was.
  const hourAgo = Date.now() - HOUR;
  await watch.cut(context);
  await page.clock.setFixedTime(hourAgo);
  await add(1).click();
  await add(1).click();
  await expect(page.getByText(t.desk.waitOffline(2))).toBeVisible();
  expect((await desk()).total).toBe(before.total + 12);
  await page.clock.setFixedTime(Date.now());
  await watch.mend(context);
  await page.clock.resume();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(page.getByText(t.desk.allSent)).toBeVisible({ timeout: 60_000 });
  const day = await admin.all<Schemas['Visit']>('/visits', { from: `${today()}T00:00:00Z` });
  const late = day.filter((one) => one.late_entry && Math.abs(Date.parse(one.at) - hourAgo) < 60_000);
  // In the first hour of the day it was yesterday then.
  if (new Date(hourAgo).getUTCDate() === new Date().getUTCDate()) expect(late.map((one) => one.headcount)).toEqual([1, 1]);

  // A drill.
  await page.goto('/i-huset');
  await expect(page.getByRole('row', { name: new RegExp(t.desk.unplaced) })).toBeVisible();
  await page.getByRole('link', { name: t.rollCall.toRollCall }).click();
  await page.getByRole('button', { name: t.rollCall.startDrill }).click();
  const ticks = page.getByRole('button', { name: /^Klar: / });
  for (let nth = 0, count = await ticks.count(); nth < count; nth += 1) await ticks.nth(nth).click();
  await expect(page.getByText(t.rollCall.nobodyMissing)).toBeVisible();
  await page.getByRole('button', { name: t.rollCall.finish }).click();
  await page.getByRole('dialog').getByRole('button', { name: t.rollCall.finish }).click();
  await expect(page.getByRole('region', { name: /^Rapport/ })).toContainText(t.rollCall.nobodyMissing);
  await expect.poll(async () => (await admin.get<{ items: Schemas['RollCall'][] }>('/roll-calls')).items[0]?.totals.missing).toBe(0);

  // Close: the group has gone, and so has everybody else.
  await page.goto('/i-huset');
  await page.getByRole('button', { name: t.desk.allLeftLabel(6, 'Studiecirkel') }).click();
  await expect.poll(async () => (await desk()).by_gathering.find((one) => one.booking_id === made?.id)?.people).toBe(0);
  const rest = (await desk()).present;
  await page.goto('/rakna?arende=walk_in&vag=ut');
  const leave = (n: number) => page.getByRole('button', { name: new RegExp(`^−${n},`) });
  for (let n = rest; n > 0; ) {
    const some = n >= 5 ? 5 : 1;
    await leave(some).click();
    n -= some;
  }
  await expect.poll(async () => (await desk()).present).toBe(0);
  const total = (await desk()).total;
  expect(total, 'who left is still a visit').toBeGreaterThanOrEqual(before.total + 12);
  await page.goto('/reception');
  await expect(page.getByText(t.desk.present('0'))).toBeVisible();
});
