/**
 * Where the links of the letter lead that asks how many came. No gathering of a house that was just opened ended an hour ago, so
 * the service's answers are put in its place here; tests/api/attendance.rs has the letters and the links themselves.
 */
import type { Schemas } from '../house/client';
import { fits, flawless, settled, speak } from '../house/looks';
import { expect, test, words } from '../house/test';

const gathering: Schemas['Attendance'] = {
  title: 'Läxhjälp',
  room: 'Konferens 1',
  starts_at: '2026-11-24T18:00:00+01:00',
  ends_at: '2026-11-24T20:00:00+01:00',
  expected_participants: 12,
  actual_participants: null,
};

test('one tap says how many came, and opening the link says nothing', async ({ page }) => {
  const t = words('sv');
  const said: number[] = [];
  await page.route('**/api/v1/attendance/*', async (route) => {
    if (route.request().method() === 'POST') said.push((route.request().postDataJSON() as Schemas['Report']).actual_participants);
    await route.fulfill({ json: { ...gathering, actual_participants: said.at(-1) ?? null } });
  });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/lokaler');
  await speak(page, 'sv');
  await page.goto('/hur-manga-kom?antal=6#a-secret');
  await settled(page);
  await expect(page).toHaveURL(/\/hur-manga-kom$/);
  await flawless(page, 'the question');
  await fits(page, 'the question at 320 pixels');
  expect(said).toEqual([]);
  await page.getByRole('button', { name: t.attendance.sendNumber(6) }).click();
  await expect(page.getByText(t.attendance.saved(6))).toBeVisible();
  expect(said).toEqual([6]);
  await flawless(page, 'the thanks');

  // It was another number after all.
  await page.getByRole('button', { name: t.attendance.change }).click();
  await page.getByLabel(t.attendance.number).fill('fem');
  await page.getByRole('button', { name: t.attendance.send, exact: true }).click();
  await expect(page.getByText(t.attendance.missing(5000))).toBeVisible();
  await page.getByRole('button', { name: t.attendance.nobody }).click();
  await page.getByRole('button', { name: t.attendance.sendNumber(0) }).click();
  await expect(page.getByText(t.attendance.saved(0))).toBeVisible();
  expect(said).toEqual([6, 0]);
});
