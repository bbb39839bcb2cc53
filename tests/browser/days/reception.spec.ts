/** The reception's day: who is on now, 40 visits of which 20 without network, a correction, yesterday's paper list, who is in the house. */
import { addDays, instant, today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { aDayAhead } from '../house/facts';
import type { House } from '../house/house';
import { expect, signIn, test } from '../house/test';

type Visit = Schemas['Visit'];

test.beforeEach(aDayAhead);

async function countedSince(house: House, known: Set<string>): Promise<Visit[]> {
  const day = today();
  const all = await (await house.as('reception')).all<Visit>('/visits', { from: instant(day, 0), to: instant(addDays(day, 1), 0) });
  return all.filter((one) => !known.has(one.id));
}

test('counts 40 visits, 20 of them without network and over a reload, and each arrives once and in order', async ({ page, context, house, hands, t, watch, language }) => {
  const api = await house.as('reception');
  const before = await api.get<Schemas['VisitsToday']>('/visits/today');
  const known = new Set((await countedSince(house, new Set())).map((one) => one.id));
  await page.goto('/rakna');
  await signIn(page, hands, t, 'reception');
  await expect(page.getByRole('heading', { level: 1, name: t.desk.countTitle })).toBeVisible();
  const status = page.getByRole('status').filter({ hasText: /./ });
  await expect(status.filter({ hasText: t.desk.allSent })).toBeVisible();
  // What the page needs without network is on the device once the worker says so.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const add = (n: number) => page.getByRole('button', { name: new RegExp(`^\\+${n},`) });
  const total = page.locator('.total strong');
  const shows = async (n: number) => expect(total).toHaveText(new Intl.NumberFormat(language === 'sv' ? 'sv-SE' : 'en-GB').format(before.total + n));

  for (let n = 1; n <= 10; n += 1) await hands.press(add(1));
  await shows(10);
  await hands.press(page.getByRole('radio', { name: new RegExp(`^${t.desk.purposes.tour}`) }));
  await hands.press(add(10));
  await shows(20);
  await expect(status.filter({ hasText: t.desk.allSent })).toBeVisible();

  await watch.without(context, async () => {
    for (let n = 1; n <= 10; n += 1) await hands.press(add(1));
    await shows(30);
    await expect(page.getByText(t.desk.waitOffline(10))).toBeVisible();
    await page.reload();
    await expect(page.getByText(t.desk.waitOffline(10))).toBeVisible();
    await shows(30);
    await hands.press(add(5));
    await hands.press(add(5));
    await shows(40);
    await expect(page.getByText(t.desk.waitOffline(12))).toBeVisible();
    expect(await countedSince(house, known), 'nothing has got through').toHaveLength(11);
  });
  await expect(status.filter({ hasText: t.desk.allSent })).toBeVisible({ timeout: 40_000 });
  await shows(40);

  const made = await countedSince(house, known);
  expect(made.reduce((sum, one) => sum + one.headcount, 0)).toBe(40);
  const inOrder = [...made].sort((a, b) => a.id.localeCompare(b.id)).map((one) => `${one.headcount} ${one.purpose}`);
  const expected = [...Array(10).fill('1 walk_in'), '10 tour', ...Array(10).fill('1 tour'), '5 tour', '5 tour'];
  expect(inOrder).toEqual(expected);
  const after = await api.get<Schemas['VisitsToday']>('/visits/today');
  expect(after.total - before.total).toBe(40);

  // One too many, and a press too much that is taken back.
  await hands.press(page.getByRole('button', { name: new RegExp(`^−1|${t.desk.takeOne}`) }));
  await shows(39);
  await hands.undo(t.common.undo);
  await shows(40);
});

test('a service that is gone for a while loses nothing either', async ({ page, house, hands, t, enter, watch }) => {
  const known = new Set((await countedSince(house, new Set())).map((one) => one.id));
  await enter('reception');
  await page.goto('/rakna');
  await expect(page.getByText(t.desk.allSent)).toBeVisible();
  await watch.whileGone(async () => {
    await house.stop();
    await hands.press(page.getByRole('button', { name: /^\+5,/ }));
    await expect(page.getByText(t.desk.waitOffline(1))).toBeVisible();
    // Asking for it does not help yet; once the service is back nobody has to.
    await hands.press(page.getByRole('button', { name: t.desk.sendNow }));
    await expect(page.getByText(t.desk.waitOffline(1))).toBeVisible();
    await house.start();
    await expect(page.getByText(t.desk.allSent)).toBeVisible({ timeout: 40_000 });
  });
  expect((await countedSince(house, known)).map((one) => one.headcount)).toEqual([5]);
});

test("writes in yesterday's paper list and sees who is in the house", async ({ page, house, hands, t, enter, language }) => {
  await enter('reception');
  await page.goto('/reception');
  await hands.press(page.getByRole('navigation', { name: t.common.mainMenu }).getByRole('link', { name: t.nav.count }));
  await hands.press(page.locator('summary').filter({ hasText: t.desk.lateTitle }));
  await hands.fill(page.getByLabel(t.desk.lateTime), language === 'sv' ? '14.30' : '14:30');
  await hands.fill(page.getByLabel(t.desk.people, { exact: true }), '0');
  await hands.press(page.getByRole('button', { name: t.desk.lateSave, exact: true }));
  await expect(page.getByText(t.desk.latePeople)).toBeVisible();
  await hands.fill(page.getByLabel(t.desk.people, { exact: true }), '17');
  await hands.press(page.getByRole('button', { name: t.desk.lateSave, exact: true }));
  await expect(page.getByRole('region', { name: t.common.messages })).toContainText('17');
  const yesterday = addDays(today(), -1);
  const api = await house.as('reception');
  await expect(async () => {
    const late = await api.all<Visit>('/visits', { from: instant(yesterday, 14 * 60 + 30), to: instant(yesterday, 14 * 60 + 31) });
    expect(late.filter((one) => one.late_entry && one.headcount === 17)).toHaveLength(1);
  }).toPass({ timeout: 5000 });

  await hands.press(page.getByRole('navigation', { name: t.common.mainMenu }).getByRole('link', { name: t.nav.present }));
  const present = await api.get<Schemas['VisitsPresent']>('/visits/present');
  await expect(page.getByRole('heading', { level: 1, name: t.desk.presentTitle })).toBeVisible();
  await expect(page.locator('.total strong')).toHaveText(String(present.total));
});
