/** The house is cleared: a roll call outside, without network, handed in when it is back. */
import type { Schemas } from '../house/client';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

test('a drill is held on a phone without network, with somebody nobody knew of, and its report is handed in afterwards', async ({ page, house, t, enter, watch }) => {
  const admin = await house.as('admin');
  const { version } = await admin.get<Schemas['Settings']>('/settings');
  await admin.patch('/settings', version, { named_visits: true });
  await admin.post('/visits', { headcount: 7, purpose: 'walk_in' });
  await page.setViewportSize({ width: 360, height: 740 });
  await enter('reception');

  // A visitor who wants to be on the list.
  await page.goto('/rakna');
  await page.getByText(t.rollCall.named, { exact: true }).click();
  await page.getByLabel(t.rollCall.name).fill('Zlatan');
  await page.getByLabel(t.rollCall.host).fill('Språkkaféet');
  await page.getByRole('button', { name: t.rollCall.countNamed }).click();
  await expect(page.getByText(t.rollCall.countedNamed)).toBeVisible();

  await page.goto('/i-huset');
  await expect(page.getByText('Zlatan')).toHaveCount(0);
  await page.getByRole('link', { name: t.rollCall.toRollCall }).click();
  await expect(page.getByText(/Listan är från/)).toBeVisible();
  await flawless(page, 'before a roll call');
  await watch.cut(page.context());
  await page.getByRole('button', { name: t.rollCall.startDrill }).click();
  await expect(page.getByText(t.rollCall.isDrill, { exact: true })).toBeVisible();
  await expect(page.getByText('Zlatan, hos Språkkaféet')).toBeVisible();
  await flawless(page, 'a roll call');
  await page.screenshot({ path: 'screenshots/upprop-pagar-360.png', fullPage: true });

  // Everybody is out, but for one line, where two are missing.
  const ticks = page.getByRole('button', { name: /^Klar: / });
  const count = await ticks.count();
  for (let nth = 0; nth < count; nth++) await ticks.nth(nth).click();
  await expect(page.getByText(t.rollCall.nobodyMissing)).toBeVisible();
  const unplaced = page.getByRole('listitem').filter({ hasText: t.rollCall.unplaced });
  const input = unplaced.getByLabel(t.rollCall.foundLabel(t.rollCall.unplaced));
  await input.fill(String(Number(await input.inputValue()) - 2));
  await input.press('Tab');
  await expect(page.getByText(t.rollCall.missing('2'))).toBeVisible();

  // A reload outside loses nothing but the name, which no device keeps.
  await page.reload();
  await expect(page.getByText(t.rollCall.missing('2'))).toBeVisible();
  await expect(page.getByText('Zlatan')).toHaveCount(0);
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(stored).toContain('roll-call');
  expect(stored).not.toContain('Zlatan');

  await page.getByLabel(t.rollCall.unknownPeople).fill('3');
  await page.getByLabel(t.rollCall.unknownWhere).fill('Vid bakdörren');
  await page.getByRole('button', { name: t.rollCall.add, exact: true }).click();
  await expect(page.getByText(t.rollCall.unknownSum('3'))).toBeVisible();
  await page.getByRole('button', { name: t.rollCall.finish }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t.rollCall.note).fill('Larmet hördes inte i Verkstaden.');
  await dialog.getByRole('button', { name: t.rollCall.finish }).click();
  await expect(page.getByText(t.rollCall.waiting(1))).toBeVisible();
  await expect(page.getByRole('region', { name: /^Rapport/ })).toContainText('Larmet hördes inte i Verkstaden.');

  await watch.mend(page.context());
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(page.getByText(t.rollCall.waiting(1))).toHaveCount(0, { timeout: 30_000 });
  const kept = await admin.get<{ items: Schemas['RollCall'][] }>('/roll-calls');
  expect(kept.items[0]).toMatchObject({ drill: true, note: 'Larmet hördes inte i Verkstaden.', totals: { missing: 2, unknown: 3, open: 0 } });
  await expect(page.getByRole('region', { name: /^Rapport/ })).toContainText(t.rollCall.missing('2'));
  await flawless(page, 'the report of a roll call');
  await page.screenshot({ path: 'screenshots/upprop-rapport-360.png', fullPage: true });

  // The visitor leaves, and is in no roll call any more.
  await page.goto('/i-huset');
  await page.getByRole('button', { name: /^Har gått: Besökare/ }).click();
  await expect(page.getByText(t.rollCall.hasLeft)).toBeVisible();
  const present = await admin.get<Schemas['VisitsPresent']>('/visits/present', { names: 'true' });
  expect(present.visitors).toEqual([]);
});
