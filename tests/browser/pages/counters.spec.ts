/** Door counters: added with a token that is shown once, files taken whole or not at all, and who counts in which hour. */
import type { Schemas } from '../house/client';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

/** An evening years ago, so that no other test's figures move. */
const EVENING = ['device_id,from,to,in,out', 'B8:A4:4F:00:00:01,2021-03-07T18:00:00+01:00,2021-03-07T19:00:00+01:00,24,3', ''].join('\n');

const csv = (content: string) => ({ name: 'rakningar.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });

test('an admin adds a counter, its device sends, and what is revoked sends nothing more', async ({ page, house, t, enter, watch }) => {
  await enter('admin');
  await page.goto('/admin/installningar');
  const part = page.getByRole('region', { name: t.counters.title, exact: true });
  await part.getByLabel(t.counters.name).fill('Huvudentrén');
  await part.getByLabel(t.counters.door, { exact: true }).fill('Mot Nobelvägen');
  await part.getByLabel(t.counters.device).fill('B8:A4:4F:00:00:01');
  await part.getByRole('button', { name: t.counters.add }).click();
  await expect(page.getByText(t.counters.added('Huvudentrén'))).toBeVisible();
  const token = await part.getByLabel(t.counters.token('Huvudentrén')).inputValue();
  const address = await part.getByLabel(t.counters.address).inputValue();
  expect(token).toMatch(/^[\w-]{43}$/);
  await flawless(page, 'a token that is shown once');

  const send = () =>
    fetch(address, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' }, body: EVENING });
  expect(await (await send()).json()).toEqual({ added: 1, known: 0, reset: false, gap: false });

  await page.reload();
  await expect(part.getByRole('listitem').filter({ hasText: 'Huvudentrén' })).toContainText('2021-03-07');
  await expect(page.getByText(token)).toHaveCount(0);

  // The same file, by hand: nothing new. Then one with faults, each with its line.
  const upload = page.getByRole('region', { name: t.counters.fileTitle });
  await upload.getByLabel(t.counters.file).setInputFiles(csv(EVENING));
  await expect(upload.getByText(t.counters.done('door_counts', 0, 1))).toBeVisible();
  watch.expect(422, /\/imports\/visits$/);
  await upload.getByLabel(t.counters.file).setInputFiles(csv(`${EVENING}nobody,2021-03-07T18:00:00+01:00,2021-03-07T19:00:00+01:00,1,x\n`));
  await expect(upload.getByRole('alert')).toContainText(t.counters.faults(1));
  await expect(upload.getByRole('alert')).toContainText(`3: `);
  await flawless(page, 'a file with faults');

  await part.getByRole('button', { name: t.counters.revokeLabel('Huvudentrén') }).click();
  await page.getByRole('dialog').getByRole('button', { name: t.counters.revoke, exact: true }).click();
  await expect(page.getByText(t.counters.revoked('Huvudentrén'))).toBeVisible();
  expect((await send()).status).toBe(401);
  const admin = await house.as('admin');
  const [counter] = (await admin.get<Schemas['CounterPage']>('/counters')).items;
  expect(counter?.revoked_at).not.toBeNull();
});

test('an admin decides who counts on Sunday evenings, and the report says who did', async ({ page, house, t, enter }) => {
  const admin = await house.as('admin');
  await enter('admin');
  await page.goto('/admin/installningar');
  const part = page.getByRole('region', { name: t.counters.sourcesTitle });
  await part.getByRole('button', { name: t.counters.addPart }).click();
  const days = part.getByRole('group', { name: t.counters.days });
  for (const box of await days.getByRole('checkbox').all()) await box.setChecked(false);
  await days.getByRole('checkbox').last().setChecked(true);
  await part.getByLabel(t.counters.fromHour(1)).fill('18');
  await part.getByLabel(t.counters.toHour(1)).fill('22');
  await flawless(page, 'who counts when');
  await part.getByRole('button', { name: t.counters.decide }).click();
  await expect(page.getByText(t.counters.decided)).toBeVisible();
  const settings = await admin.get<Schemas['Settings']>('/settings');
  expect(settings.visit_sources).toEqual([{ weekdays: [7], from: '18:00', to: '22:00', source: 'counter' }]);

  await admin.post('/counters', { name: 'Gårdsdörren', door: 'Mot gården', device_id: 'gard-1' });
  const evening = EVENING.replace('B8:A4:4F:00:00:01', 'gard-1').replaceAll('2021-03-07', '2021-03-14');
  await page.getByLabel(t.counters.file).setInputFiles(csv(evening));
  await expect(page.getByText(t.counters.done('door_counts', 1, 0))).toBeVisible();
  await page.goto('/statistik/arsrapport/2021');
  await expect(page.getByText(/Besök räknade av dörräknare: (24|48)/)).toBeVisible();

  await admin.patch('/settings', settings.version, { visit_sources: [] });
  await page.reload();
  await expect(page.getByText(t.statistics.none(2021))).toBeVisible();
});
