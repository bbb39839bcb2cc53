/** A month is closed, a late paper list changes it, and both are to be seen; the report says so too. */
import { monthName } from '../../../web/src/app/format';
import { addDays, instant, today } from '../../../web/src/app/time';
import { expect, test } from '../house/test';

test('an admin closes last month, a late count shows as a difference, and the month is opened and closed anew', async ({ page, house, t, enter }) => {
  const admin = await house.as('admin');
  const last = addDays(`${today().slice(0, 7)}-01`, -1);
  const [month, name] = [last.slice(0, 7), monthName('sv', last)];
  await enter('admin');
  await page.goto(`/statistik?ar=${month.slice(0, 4)}`);
  const panel = page.getByRole('region', { name: t.statistics.closedMonths });
  await panel.getByRole('button', { name: t.statistics.closeLabel(name) }).click();
  await expect(page.getByText(t.statistics.monthClosed(name))).toBeVisible();
  const row = panel.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  await expect(row).toContainText(t.statistics.seal);

  // Yesterday's paper list, so to say.
  await admin.post('/visits', { at: instant(last, 12 * 60), headcount: 17, purpose: 'walk_in' });
  await page.reload();
  await expect(row).toContainText(t.statistics.changedSince);
  await expect(row.getByRole('listitem').filter({ hasText: t.statistics.closedFigures.visits })).toHaveCount(1);
  await page.goto(`/statistik/arsrapport/${month.slice(0, 4)}`);
  await expect(page.getByText(t.statistics.someChanged(name))).toBeVisible();

  await page.goto(`/statistik?ar=${month.slice(0, 4)}`);
  await panel.getByRole('button', { name: t.statistics.reopenLabel(name) }).click();
  await page.getByLabel(t.statistics.reopenReason).fill('En pappersblankett hade blivit liggande');
  await page.getByRole('dialog').getByRole('button', { name: t.statistics.reopen }).click();
  await expect(page.getByText(t.statistics.monthOpened(name))).toBeVisible();
  await panel.getByRole('button', { name: t.statistics.closeLabel(name) }).click();
  await expect(row).not.toContainText(t.statistics.changedSince);
});
