/** The admin's year end: the last month is closed, the report made, and compared with what the days' counts come to. */
import { monthName } from '../../../web/src/app/format';
import { addDays, instant, today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

test('an admin sets a goal, closes the last month, and hands over a report that says what the days say', async ({ page, house, t, enter }) => {
  test.setTimeout(180_000);
  const admin = await house.as('admin');
  const last = addDays(`${today().slice(0, 7)}-01`, -1);
  const [month, year, name] = [last.slice(0, 7), last.slice(0, 4), monthName('sv', last)];
  await enter('admin');

  await page.goto(`/statistik?ar=${year}`);
  const goals = page.getByRole('region', { name: t.statistics.goals });
  await goals.getByLabel(t.statistics.goalName).fill('Lärandeluncher');
  await goals.getByLabel(t.statistics.goalCategory).selectOption('learning_lunch');
  await goals.getByLabel(t.statistics.goalTarget).fill('6');
  await goals.getByRole('button', { name: t.statistics.addGoal }).click();
  await expect(goals.getByRole('listitem')).toContainText('Lärandeluncher');

  const compare = page.getByRole('region', { name: t.statistics.compare });
  await compare.getByLabel(t.statistics.period, { exact: true }).selectOption({ label: name });
  await expect(compare.getByRole('columnheader', { name: `${t.statistics.chosenPeriod} (${month})` })).toBeVisible();
  // And by its parts: every room, also one that nobody used, then by association.
  const parts = page.getByRole('group', { name: new RegExp(t.statistics.parts) });
  const rooms = await admin.all<Schemas['Room']>('/rooms');
  await expect(parts.getByRole('row')).toHaveCount(rooms.length + 1);
  await expect(parts.getByRole('columnheader')).toHaveCount(4);
  await compare.getByLabel(t.statistics.partsBy).selectOption({ label: t.statistics.organisation });
  await compare.getByLabel(t.statistics.measure).selectOption({ label: t.statistics.figure.visits });
  await expect(parts.getByRole('columnheader', { name: t.statistics.organisation })).toBeVisible();
  await flawless(page, 'a year of figures, compared');

  const panel = page.getByRole('region', { name: t.statistics.closedMonths });
  await panel.getByRole('button', { name: t.statistics.closeLabel(name) }).click();
  await expect(page.getByText(t.statistics.monthClosed(name))).toBeVisible();

  // What the days say, row by row.
  const rows = await admin.all<Schemas['Visit']>('/visits', { from: instant(`${month}-01`, 0), to: instant(addDays(last, 1), 0) });
  const counted = rows.filter((one) => one.kind === 'in').reduce((sum, one) => sum + one.headcount, 0);
  expect(counted).toBeGreaterThan(0);
  const report = await admin.get<Schemas['AnnualReport']>(`/statistics/annual-report/${year}`);
  expect(report.monthly.find((one) => one.month === month)?.visits).toBe(counted);

  // A late count changes the data, and not what was closed.
  await admin.post('/visits', { at: instant(last, 720), headcount: 9, purpose: 'tour' });
  await page.goto(`/statistik/arsrapport/${year}`);
  await expect(page.getByText(t.statistics.someChanged(name))).toBeVisible();
  const shown = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Besök', exact: true }) });
  const digits = async () => ((await shown.locator('strong').first().textContent()) ?? '').replace(/\D/g, '');
  await expect.poll(digits).toBe(String(report.visits));
  await expect(page.getByRole('region', { name: t.statistics.goals })).toContainText('Lärandeluncher');
  await expect(page.getByRole('region', { name: t.statistics.seals })).toContainText(month);
  await flawless(page, 'the yearly report');
  await page.screenshot({ path: 'screenshots/arsrapport-1280.png', fullPage: true });
  const pdf = await page.pdf({ preferCSSPageSize: true, format: 'A4' });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(3);
  expect(pages).toBeLessThan(12);

  await page.goto(`/statistik?ar=${year}`);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: t.statistics.downloadLabel(t.statistics.wholeYear, t.statistics.xlsx) }).click();
  expect((await download).suggestedFilename()).toBe(`nobel21-arsrapport-${year}.xlsx`);
});

test('an association prints what it held in the half-year and takes it along as a file', async ({ page, house, t, enter }) => {
  const booker = await house.as('booker');
  const me = await booker.get<Schemas['Me']>('/me');
  const organisation = me.memberships[0]?.organisation_id ?? '';
  await enter('booker');
  await page.goto('/forening');
  await page.getByRole('link', { name: t.statistics.basisLink }).click();
  await page.getByLabel(t.statistics.halfYear).selectOption({ index: 1 });
  const chosen = await page.getByLabel(t.statistics.halfYear).inputValue();
  const basis = await booker.get<Schemas['AttendanceBasis']>(`/organisations/${organisation}/attendance-basis`, { half_year: chosen });
  expect(basis.items.length).toBeGreaterThan(0);
  await expect(page.getByRole('row')).toHaveCount(basis.items.length + 1);
  await flawless(page, 'the basis for attendance');
  await page.screenshot({ path: 'screenshots/underlag-1280.png', fullPage: true });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: t.statistics.csv }).click();
  expect((await download).suggestedFilename()).toBe(`nobel21-narvaro-${chosen}.csv`);
});
