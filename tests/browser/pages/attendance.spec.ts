/** Where the links of the letter lead that asks how many came. tests/api/attendance.rs has the letters and when they are written. */
import { createHash } from 'node:crypto';
import { addDays, instant, today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { fits, flawless, settled, speak } from '../house/looks';
import { expect, test, words } from '../house/test';

const SECRET = 'a-secret-from-a-letter';

test('one tap says how many came, and opening the link says nothing', async ({ page, house }) => {
  const t = words('sv');
  const admin = await house.as('admin');
  const past = { from: instant(addDays(today(), -10), 0), to: instant(today(), 0), limit: 1 };
  const [asked] = (await admin.get<{ items: Schemas['Booking'][] }>('/bookings', { ...past, status: 'held' })).items;
  if (!asked) throw new Error('nothing was held in ten days');
  await house.write(
    "INSERT INTO attendance_questions (booking_id, number, token_hash, asked_at) VALUES (?, 1, ?, datetime('now'))",
    asked.id,
    createHash('sha256').update(SECRET).digest('base64url'),
  );
  const said = async () => (await admin.get<Schemas['Booking']>(`/bookings/${asked.id}`)).actual_participants;
  const before = await said();
  const number = (before ?? 0) + 1;
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/lokaler');
  await speak(page, 'sv');
  await page.goto(`/hur-manga-kom?antal=${number}#${SECRET}`);
  await settled(page);
  await expect(page).toHaveURL(/\/hur-manga-kom$/);
  await expect(page.getByText(asked.title)).toBeVisible();
  await flawless(page, 'the question');
  await fits(page, 'the question at 320 pixels');
  expect(await said(), 'looking says nothing').toBe(before);
  await page.getByRole('button', { name: t.attendance.sendNumber(number) }).click();
  await expect(page.getByText(t.attendance.saved(number))).toBeVisible();
  expect(await said()).toBe(number);
  await flawless(page, 'the thanks');

  // It was another number after all.
  await page.getByRole('button', { name: t.attendance.change }).click();
  await page.getByLabel(t.attendance.number).fill('fem');
  await page.getByRole('button', { name: t.attendance.send, exact: true }).click();
  await expect(page.getByText(t.attendance.missing(5000))).toBeVisible();
  await page.getByRole('button', { name: t.attendance.nobody }).click();
  await page.getByRole('button', { name: t.attendance.sendNumber(0) }).click();
  await expect(page.getByText(t.attendance.saved(0))).toBeVisible();
  expect(await said()).toBe(0);
});
