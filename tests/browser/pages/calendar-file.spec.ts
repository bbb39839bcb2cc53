/** Another calendar's file becomes bookings: read, put right, booked, and nothing booked twice. */
import { addDays, instant, today, weekday } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { ownOrganisation } from '../house/facts';
import { expect, test } from '../house/test';

/** The first Monday that lies well beyond what the sample year has booked. */
const monday = (() => {
  const far = addDays(today(), 300);
  return addDays(far, (8 - weekday(far)) % 7);
})();

const compact = (day: string) => day.replaceAll('-', '');

/** Three evenings in a room that the file names, one elsewhere, one at night, and a holiday of whole days. */
const file = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Example//Kalender//SV',
  'BEGIN:VEVENT',
  'UID:kor',
  'SUMMARY:Kören övar',
  'LOCATION:Konferens 1\\, Nobelvägen 21',
  `DTSTART;TZID=Europe/Stockholm:${compact(monday)}T180000`,
  `DTEND;TZID=Europe/Stockholm:${compact(monday)}T200000`,
  'RRULE:FREQ=DAILY;COUNT=3',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:fest',
  'SUMMARY:Avslutning',
  'LOCATION:Hos Kim',
  `DTSTART;TZID=Europe/Stockholm:${compact(addDays(monday, 3))}T170000`,
  `DTEND;TZID=Europe/Stockholm:${compact(addDays(monday, 3))}T190000`,
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:natt',
  'SUMMARY:Nattvak',
  'LOCATION:Konferens 1',
  `DTSTART;TZID=Europe/Stockholm:${compact(addDays(monday, 4))}T020000`,
  `DTEND;TZID=Europe/Stockholm:${compact(addDays(monday, 4))}T040000`,
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:lov',
  'SUMMARY:Lov',
  `DTSTART;VALUE=DATE:${compact(monday)}`,
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

test('a choir brings its term from another calendar, chooses rooms, and books it once', async ({ page, house, t, enter }) => {
  const api = await house.as('booker');
  const organisation = await ownOrganisation(api);
  const upload = () =>
    page.getByLabel(t.calendarFile.file, { exact: true }).setInputFiles({ name: 'kor.ics', mimeType: 'text/calendar', buffer: Buffer.from(file) });
  await enter('booker');
  await page.goto('/bokningar');
  await page.getByRole('link', { name: t.calendarFile.link }).click();
  await upload();
  await expect(page.getByRole('heading', { name: t.calendarFile.found(5) })).toBeFocused();
  await expect(page.getByText('Lov', { exact: true })).toBeVisible();

  // What the file does not say is asked for; until then the event without a room can't be had, nor can the night.
  const row = (title: string) => page.getByRole('listitem').filter({ hasText: title });
  await expect(row('Avslutning')).toContainText(t.calendarFile.roomMissing);
  await expect(row('Nattvak').locator('.state')).not.toContainText(t.calendarFile.checking);
  await expect(row('Nattvak')).toHaveClass(/bad/);
  await page.getByLabel(t.calendarFile.elsewhere).selectOption('aulan');
  await expect(row('Avslutning').locator('.state')).toContainText(t.series.verdicts.free);
  await row('Nattvak').getByRole('button', { name: t.series.skip }).click();
  await page.getByLabel(t.booking.participants).fill('9');
  await expect(page.getByRole('button', { name: t.calendarFile.book(4) })).toBeEnabled();
  // A reload loses nothing of it.
  await page.reload();
  await expect(page.getByRole('button', { name: t.calendarFile.book(4) })).toBeEnabled();
  await page.getByRole('button', { name: t.calendarFile.book(4) }).click();
  await expect(page.getByRole('heading', { name: t.calendarFile.done(4) })).toBeVisible();

  const query = { organisation_id: organisation, from: instant(monday, 0), to: instant(addDays(monday, 5), 0) };
  const list = async () =>
    (await api.get<{ items: Schemas['Booking'][] }>('/bookings', query)).items.map(
      (one) => `${one.title} ${one.room} ${one.starts_at.slice(0, 16)} ${one.expected_participants}`,
    );
  const booked = await list();
  expect(booked).toEqual([
    `Kören övar konferens-1 ${monday}T18:00 9`,
    `Kören övar konferens-1 ${addDays(monday, 1)}T18:00 9`,
    `Kören övar konferens-1 ${addDays(monday, 2)}T18:00 9`,
    `Avslutning aulan ${addDays(monday, 3)}T17:00 9`,
  ]);

  // The same file once more books nothing twice.
  await upload();
  await page.getByLabel(t.calendarFile.elsewhere).selectOption('aulan');
  await expect(row('Kören övar').first()).toContainText(t.calendarFile.already);
  await row('Nattvak').getByRole('button', { name: t.series.skip }).click();
  await expect(page.getByRole('button', { name: t.calendarFile.book(0) })).toBeDisabled();
  expect(await list()).toEqual(booked);
});

test('what is no calendar is refused beside the field', async ({ page, t, watch, enter }) => {
  watch.expect(422, /calendar-files/);
  await enter('booker');
  await page.goto('/boka/kalenderfil');
  await page.getByLabel(t.calendarFile.file, { exact: true }).setInputFiles({ name: 'bild.ics', mimeType: 'text/calendar', buffer: Buffer.from('hej') });
  await expect(page.locator('.fault')).toBeVisible();
});
