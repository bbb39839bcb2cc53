/** An admin's day: answer requests, one and several, close a day with what that hits, take the year's figures home. */
import { readFile } from 'node:fs/promises';
import ExcelJS from 'exceljs';
import { addDays, dayOf, instant, today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { freeTime, ownOrganisation } from '../house/facts';
import { type House, PEOPLE } from '../house/house';
import { expect, signIn, test } from '../house/test';

type Booking = Schemas['Booking'];

/** Requests of the booker, who gets the letters about them: in a room whose bookings the house approves. */
async function requests(house: House, titles: string[]): Promise<Booking[]> {
  const admin = await house.as('admin');
  const room = await admin.get<Schemas['Room']>('/rooms/kafeet');
  await admin.patch('/rooms/kafeet', room.version, { needs_approval: true });
  const booker = await house.as('booker');
  const made: Booking[] = [];
  for (const title of titles) {
    const free = await freeTime(house, { minutes: 60, people: 21, days: 9 + made.length, room: 'kafeet' });
    made.push(
      await booker.post<Booking>('/bookings', {
        ...{ ...free, title, category: 'meeting', expected_participants: 5, organisation_id: await ownOrganisation(booker) },
      }),
    );
  }
  return made;
}

test('approves one request, then several, and rejects one with a reason that reaches the one who asked', async ({ page, house, hands, t }) => {
  const made = await requests(house, ['Första frågan', 'Andra frågan', 'Tredje frågan', 'Fjärde frågan']);
  expect(made.map((one) => one.status)).toEqual(['pending', 'pending', 'pending', 'pending']);
  await page.goto('/admin');
  await signIn(page, hands, t, 'admin');
  await expect(page.getByRole('heading', { level: 1, name: t.inbox.title })).toBeVisible();
  const row = (title: string) => page.getByRole('listitem').filter({ hasText: title });

  await hands.press(page.getByRole('button', { name: t.inbox.approveLabel('Första frågan') }));
  await expect(row('Första frågan').getByText(t.inbox.approved)).toBeVisible();

  await hands.press(page.getByRole('checkbox', { name: t.inbox.mark('Andra frågan') }));
  await hands.press(page.getByRole('checkbox', { name: t.inbox.mark('Tredje frågan') }));
  await hands.press(page.getByRole('button', { name: t.inbox.approveMarked(2) }));
  await expect(row('Andra frågan').getByText(t.inbox.approved)).toBeVisible();
  await expect(row('Tredje frågan').getByText(t.inbox.approved)).toBeVisible();

  await hands.press(page.getByRole('button', { name: t.inbox.rejectLabel('Fjärde frågan') }));
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Fjärde frågan');
  await hands.press(dialog.getByRole('button', { name: t.inbox.reject }));
  await expect(dialog.getByText(t.inbox.reasonMissing)).toBeVisible();
  await hands.choose(dialog.getByLabel(t.inbox.template), t.inbox.templates.staff.name);
  await expect(dialog.getByLabel(t.inbox.reason)).toHaveValue(t.inbox.templates.staff.text);
  await hands.press(dialog.getByRole('button', { name: t.inbox.reject }));
  await expect(row('Fjärde frågan').getByText(t.inbox.rejected)).toBeVisible();

  const api = await house.as('booker');
  const states = await Promise.all(made.map(async (one) => (await api.get<Booking>(`/bookings/${one.id}`)).status));
  expect(states).toEqual(['confirmed', 'confirmed', 'confirmed', 'rejected']);
  for (const { reference } of made.slice(0, 3)) await house.mailbox.letter(PEOPLE.booker.email, new RegExp(`bekräft[^]*${reference}`, 'i'));
  const letter = await house.mailbox.letter(PEOPLE.booker.email, t.inbox.templates.staff.text);
  expect(letter.text).toContain(made[3]?.reference);
});

test('answers by the letters of the keyboard', async ({ page, house, t, enter }) => {
  const made = await requests(house, ['Med A', 'Med X']);
  await enter('admin');
  await page.goto('/admin');
  await page.getByRole('checkbox', { name: t.inbox.mark('Med A') }).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(page.getByRole('checkbox', { name: t.inbox.mark('Med A') })).toBeFocused();
  await page.keyboard.press('a');
  await expect(page.getByRole('listitem').filter({ hasText: 'Med A' }).getByText(t.inbox.approved)).toBeVisible();
  await page.getByRole('checkbox', { name: t.inbox.mark('Med X') }).focus();
  await page.keyboard.press('x');
  await page.getByRole('dialog').getByLabel(t.inbox.reason).fill('Det är städning.');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const api = await house.as('admin');
  expect((await api.get<Booking>(`/bookings/${made[1]?.id}`)).status).toBe('pending');
});

test('sees what a closure hits before it is said yes to, and everybody hit gets a letter', async ({ page, house, hands, t, enter, watch }) => {
  const api = await house.as('admin');
  // A day on which something is booked.
  const coming = await api.all<Booking>('/bookings', { from: instant(addDays(today(), 4), 0), to: instant(addDays(today(), 25), 0), status: 'confirmed', order: 'asc' });
  const first = coming.find((one) => one.room === 'konferens-1');
  if (!first) throw new Error('nobody meets in Konferens 1');
  const day = dayOf(first.starts_at);
  const hit = coming.filter((one) => dayOf(one.starts_at) === day && one.room === 'konferens-1');
  await enter('admin');
  await page.goto('/admin/stangningar');
  await hands.press(page.getByRole('main').getByRole('link', { name: t.closures.add }));
  await hands.press(page.getByRole('radio', { name: t.closures.someRooms }));
  await hands.press(page.getByRole('checkbox', { name: 'Konferens 1' }));
  const dates = page.locator('main form .grid > div');
  await hands.pickDay(dates.nth(0), day, t.common.nextMonth);
  await hands.pickDay(dates.nth(1), day, t.common.nextMonth);
  await hands.fill(page.getByLabel(t.closures.reason), 'Golvet slipas');
  watch.expect(409, /\/closures$/);
  await hands.press(page.getByRole('button', { name: t.closures.close, exact: true }));
  const warning = page.getByRole('region', { name: t.closures.hits(hit.length) });
  await expect(warning).toBeFocused();
  for (const one of hit) await expect(warning).toContainText(one.title);
  expect((await api.get<Booking>(`/bookings/${first.id}`)).status, 'nothing is cancelled yet').toBe('confirmed');
  await hands.press(warning.getByRole('button', { name: t.closures.closeAndCancel(hit.length) }));
  await expect(page.getByText(t.closures.closed)).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: 'Golvet slipas' })).toBeVisible();
  for (const one of hit) expect((await api.get<Booking>(`/bookings/${one.id}`)).status).toBe('cancelled');
  await page.goto(`/?vy=dag&dag=${day}`);
  await expect(page.getByRole('gridcell', { name: /Golvet slipas/ }).first()).toBeVisible();
});

test("takes the year's figures home as a file whose cells say what the service says", async ({ page, house, hands, t, enter }) => {
  const api = await house.as('admin');
  const year = Number(today().slice(0, 4));
  const report = await api.get<Schemas['AnnualReport']>(`/statistics/annual-report/${year}`);
  await enter('admin');
  await page.goto('/');
  await hands.press(page.getByRole('navigation', { name: t.common.mainMenu }).getByRole('link', { name: t.nav.statistics }));
  await expect(page.getByRole('heading', { level: 1, name: t.statistics.heading(year) })).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    hands.press(page.getByRole('button', { name: t.statistics.downloadLabel(t.statistics.wholeYear, t.statistics.xlsx) })),
  ]);
  expect(file.suggestedFilename()).toMatch(new RegExp(`${year}.*\\.xlsx$`));
  const book = new ExcelJS.Workbook();
  await book.xlsx.load((await readFile(await file.path())).buffer as ArrayBuffer);
  const cells = book.worksheets.flatMap((sheet) => sheet.getSheetValues().flatMap((row) => (Array.isArray(row) ? [row.filter((cell) => cell !== undefined)] : [])));
  const visits = cells.find((row) => row.some((cell) => /^(Besök|Visits)$/.test(String(cell))) && row.includes(report.visits));
  expect(visits, `${report.visits} visits among ${JSON.stringify(cells.slice(0, 12))}`).toBeTruthy();
});
