/** What is worked in one way only, or seen once: dragging, what is half written, people leaving, the walls by night, what is printed. */
import { longDay, spokenDay, spokenTime, stamp } from '../../../web/src/app/format';
import { addDays, clock, dayOf, instant, minuteOf, minutes, today } from '../../../web/src/app/time';
import type { Schemas } from '../house/client';
import { freeTime, ownOrganisation } from '../house/facts';
import { fits, flawless } from '../house/looks';
import { expect, signIn, test, type Page } from '../house/test';

/** How many pages a PDF has, and whether each is an A4 standing. */
function sheets(pdf: Buffer): { pages: number; a4: boolean } {
  const text = pdf.toString('latin1');
  const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  return {
    pages: [...text.matchAll(/\/Type \/Page\b(?!s)/g)].length,
    a4: boxes.length > 0 && boxes.every(([, width, height]) => Math.abs(Number(width) - 595) < 2 && Math.abs(Number(height) - 842) < 2),
  };
}

async function middle(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not to be seen`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test('a booking is dragged from its card to another day, and stands there', async ({ page, house, t, enter }) => {
  const api = await house.as('booker');
  const free = await freeTime(house, { minutes: 60, people: 5, days: 4 });
  const asked = { ...free, title: 'Ska flyttas', category: 'meeting', expected_participants: 5, organisation_id: await ownOrganisation(api) };
  const made = await api.post<Schemas['Booking']>('/bookings', asked);
  await enter('booker');
  await page.goto('/bokningar?sok=flyttas');
  const grip = page.getByRole('button', { name: t.booking.dragLabel('Ska flyttas') });
  await grip.scrollIntoViewIfNeeded();
  const held = await grip.boundingBox();
  if (!held) throw new Error('there is nothing to hold it by');
  await page.mouse.move(held.x + held.width / 2, held.y + held.height / 2);
  await page.mouse.down();
  await page.mouse.move(held.x + held.width / 2 - 20, held.y + held.height / 2 - 20, { steps: 4 });
  await expect(page.locator('.board')).toHaveAttribute('aria-busy', 'false');
  const block = page.locator('.board .block');
  const { x } = await middle(page, '.board .block');
  const days = await page.locator('.track').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.day ?? ''));
  let chosen = '';
  for (const day of days.filter((one) => one > today() && one !== dayOf(made.starts_at))) {
    const { y } = await middle(page, `.track[data-day="${day}"]`);
    await page.mouse.move(x, y, { steps: 3 });
    await expect(page.locator('p.words')).toContainText(`${Number(day.slice(8))} `);
    if (await block.evaluate((one) => one.classList.contains('good'))) {
      chosen = day;
      break;
    }
  }
  expect(chosen, 'no day of that week is free at that time').not.toBe('');
  await page.mouse.up();
  await expect(page.locator('.toasts')).toContainText(chosen);
  const moved = await api.get<Schemas['Booking']>(`/bookings/${made.id}`);
  expect(dayOf(moved.starts_at)).toBe(chosen);
  expect(minuteOf(moved.ends_at) - minuteOf(moved.starts_at)).toBe(60);
});

test('an open day shows within two seconds what somebody else books, and what the reader is at stays where it is', async ({ page, house, t }) => {
  const free = await freeTime(house, { minutes: 120, people: 5, days: 6 });
  const api = await house.as('booker');
  const name = (await api.all<Schemas['Room']>('/rooms')).find((room) => room.slug === free.room)?.name ?? '';
  const day = dayOf(free.starts_at);
  const hour = Math.ceil(minuteOf(free.starts_at) / 60) * 60;
  const cell = (state: string) => page.getByRole('gridcell', { name: t.week.cell(name, spokenDay('sv', day), spokenTime('sv', hour), state), exact: true });
  const listening = page.waitForResponse(/calendar\/changes/);
  await page.goto(`/?vy=dag&dag=${day}`);
  await listening;
  await cell(t.week.free).focus();
  await api.post('/bookings', { ...free, title: 'Nyss bokat', category: 'meeting', expected_participants: 5, organisation_id: await ownOrganisation(api) });
  await expect(cell(t.week.free)).toHaveCount(0, { timeout: 2000 });
  await expect(page.locator('[role=gridcell]:focus')).toHaveAccessibleName(new RegExp(`^${name}, ${spokenDay('sv', day)} kl. ${spokenTime('sv', hour)}, `));
});

test('who waits for a taken time is offered it when it falls free, and takes it with one tap', async ({ page, house, t, enter }) => {
  const free = await freeTime(house, { minutes: 60, people: 5, days: 7 });
  const other = await house.as('organisation');
  const asked = { ...free, title: 'Ställs in', category: 'meeting', expected_participants: 5, organisation_id: await ownOrganisation(other) };
  const taken = await other.post<Schemas['Booking']>('/bookings', asked);
  await enter('booker');
  const at = { lokal: free.room, dag: dayOf(free.starts_at), fran: clock(minuteOf(free.starts_at)), till: clock(minuteOf(free.ends_at)) };
  await page.goto(`/boka?${new URLSearchParams(at).toString()}`);
  await page.getByLabel(t.booking.name).fill('Väntar på lokalen');
  await page.getByLabel(t.booking.participants).fill('5');
  await page.getByRole('button', { name: t.waitlist.enter }).click();
  await expect(page.getByText(t.waitlist.entered).first()).toBeVisible();
  await other.post(`/bookings/${taken.id}/cancel`, {});
  await page.goto('/bokningar');
  const offer = page.getByRole('region', { name: t.waitlist.title }).getByRole('listitem').filter({ hasText: 'Väntar på lokalen' });
  await expect(offer).toContainText(t.waitlist.offered);
  await offer.getByRole('button', { name: t.waitlist.accept }).click();
  await expect(page).toHaveURL(/\/bokningar\/[0-9a-f-]+\?ny$/);
  await expect(page.getByRole('heading', { name: 'Väntar på lokalen' })).toBeVisible();
});

test('time is drawn in the day with the mouse, and comes along to the booking', async ({ page, house, t, enter }) => {
  const free = await freeTime(house, { minutes: 240, people: 5, days: 5 });
  const rooms = await (await house.as('booker')).all<Schemas['Room']>('/rooms');
  const name = rooms.find((room) => room.slug === free.room)?.name ?? '';
  const day = dayOf(free.starts_at);
  const hour = Math.ceil(minuteOf(free.starts_at) / 60) * 60;
  await enter('booker');
  await page.goto(`/?vy=dag&dag=${day}`);
  const cell = (from: number) => page.getByRole('gridcell', { name: t.week.cell(name, spokenDay('sv', day), spokenTime('sv', from), t.week.free), exact: true });
  await cell(hour).scrollIntoViewIfNeeded();
  const [first, last] = [await cell(hour).boundingBox(), await cell(hour + 120).boundingBox()];
  if (!first || !last) throw new Error('the hours are not to be seen');
  await page.mouse.move(first.x + first.width / 2, first.y + first.height / 2);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width / 2, last.y + last.height / 2, { steps: 6 });
  await expect(page.locator('[role=gridcell][aria-selected=true]')).toHaveCount(3);
  await page.mouse.up();
  await expect(page).toHaveURL(/\/boka\?/);
  const to = new URL(page.url()).searchParams;
  expect([to.get('lokal'), to.get('dag'), minutes(to.get('fran') ?? ''), minutes(to.get('till') ?? '')]).toEqual([free.room, day, hour, hour + 180]);
});

test('what is half written outlives a session that ends, a network that goes and a reload', async ({ page, context, house, hands, t, watch, enter }) => {
  const free = await freeTime(house, { minutes: 60, people: 5, days: 6 });
  const place = `lokal=${free.room}&dag=${dayOf(free.starts_at)}&fran=${clock(minuteOf(free.starts_at))}&till=${clock(minuteOf(free.ends_at))}`;
  await enter('booker');
  await page.goto(`/boka?${place}`);
  await hands.fill(page.getByLabel(t.booking.name), 'Halvskrivet');
  await hands.fill(page.getByLabel(t.booking.participants), '5');
  // A number is somebody's: it is written again.
  await hands.fill(page.getByLabel(t.booking.phone), '0701740605');
  await expect.poll(() => page.evaluate(() => JSON.stringify({ ...sessionStorage }))).toContain('Halvskrivet');
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('0701740605');

  // The session is over: another sign-in, and everything is where it was.
  watch.expect(401, /\/(auth\/refresh|me)$/);
  await context.clearCookies();
  await page.reload();
  await signIn(page, hands, t, 'booker');
  await expect(page.getByText(t.common.draftKept)).toBeVisible();
  await expect(page.getByLabel(t.booking.name)).toHaveValue('Halvskrivet');

  // The network is gone as it is sent: it is said, nothing is lost, and the second try gets through.
  const submit = page.getByRole('button', { name: new RegExp(`^(${t.booking.submit}|${t.booking.submitRequest})$`) });
  await expect(submit).toBeEnabled();
  await watch.without(context, async () => {
    await hands.press(submit);
    await expect(page.getByRole('alert').first()).toBeVisible();
    await expect(page.getByLabel(t.booking.name)).toHaveValue('Halvskrivet');
  });
  await hands.press(submit);
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(`${t.booking.doneConfirmed}|${t.booking.donePending}`) })).toBeVisible();
  const made = await (await house.as('booker')).all<Schemas['Booking']>('/bookings', { q: 'halvskrivet' });
  expect(made).toHaveLength(1);
});

test('an admin’s form keeps its draft over a reload', async ({ page, hands, t, enter }) => {
  await enter('admin');
  await page.goto('/admin/ny/stangning');
  await hands.fill(page.getByLabel(t.closures.reason), 'Golvet slipas');
  await page.reload();
  await expect(page.getByText(t.common.draftKept)).toBeVisible();
  await expect(page.getByLabel(t.closures.reason)).toHaveValue('Golvet slipas');
  await hands.press(page.getByRole('button', { name: t.common.startOver }));
  await expect(page.getByLabel(t.closures.reason)).toHaveValue('');
});

test('people who leave are counted out of the house', async ({ page, house, hands, enter }) => {
  const api = await house.as('reception');
  await api.post('/visits', { headcount: 12, purpose: 'walk_in' });
  const before = (await api.get<Schemas['VisitsPresent']>('/visits/present')).total;
  await enter('reception');
  await page.goto('/rakna?vag=ut');
  await hands.press(page.getByRole('button', { name: /^−5,/ }));
  await expect.poll(async () => (await api.get<Schemas['VisitsPresent']>('/visits/present')).total).toBe(before - 5);
  await page.goto('/i-huset');
  await expect(page.locator('.total strong')).toHaveText(String(before - 5));
});

test('the screens keep what they know over a night without network, and renew themselves after it', async ({ page, context, house, t, watch }) => {
  const api = await house.as('admin');
  const free = await freeTime(house, { minutes: 60, people: 5, days: 1 });
  const organisation = await ownOrganisation(await house.as('booker'));
  const asked = { ...free, category: 'meeting', expected_participants: 5, organisation_id: organisation, display: 'title' };
  await api.post('/bookings', { ...asked, title: 'Morgonens möte' });
  const old = page.getByText(t.screen.old('').split('.')[0]?.trim() ?? '');
  // The clock stands at the evening before.
  await page.clock.install({ time: Date.parse(instant(addDays(dayOf(free.starts_at), -1), 23 * 60)) });
  await page.goto(`/skarm/rum/${free.room}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await watch.cut(context);
  // To the morning, an hour before the house knows anything new.
  await page.clock.fastForward((minuteOf(free.starts_at) + 30) * 60_000);
  await expect(page.getByText('Morgonens möte').first()).toBeVisible();
  await expect(old).toBeVisible();
  // The longest of the words, as large as it may be, on the narrowest of phones.
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, 'a room that is taken');
  await watch.mend(context);
  await page.clock.fastForward(61_000);
  await expect(old).toHaveCount(0);
});

test('while a standby is read from, every page says how old that is, and the list of who is here too', async ({ page, t, enter }) => {
  await enter('reception');
  const then = stamp('sv', '2026-11-23T12:03:00+01:00');
  const everything = /\/api\/v1\/(?!calendar\/changes)/;
  await page.route(everything, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'nobel21-as-of': '2026-11-23T12:03:00+01:00' } });
  });
  const note = page.getByText(t.common.readFrom(then));
  for (const path of ['/', '/reception', '/i-huset']) {
    await page.goto(path);
    await expect(note).toBeVisible();
    await flawless(page, `${path} from a standby`);
  }
  await expect(page.getByText(t.desk.asOf(longDay('sv', '2026-11-23') + ' 12.03'))).toBeVisible();
  await page.unroute(everything);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(note).toHaveCount(0);
});

test('the reception says with one tap that a gathering is there', async ({ page, house, t, enter }) => {
  const api = await house.as('admin');
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const at = (minutes: number) => new Date(minute + minutes * 60_000).toISOString();
  const asked = { title: 'Är på plats', category: 'meeting', expected_participants: 2, organisation_id: await ownOrganisation(await house.as('booker')) };
  // In whichever room nobody has just now, over any rule.
  let made: Schemas['Booking'] | undefined;
  for (const room of await api.all<Schemas['Room']>('/rooms')) {
    made ??= await api
      .post<Schemas['Booking']>('/bookings', { ...asked, room: room.slug, starts_at: at(-5), ends_at: at(20), override: true })
      .catch(() => undefined);
  }
  if (!made) throw new Error('every room is taken');
  await enter('reception');
  await page.goto('/reception');
  const gathering = page.locator('.gathering').filter({ hasText: asked.title });
  const button = gathering.getByRole('button', { name: t.desk.checkInLabel(asked.title) });
  await button.click();
  await expect(gathering).toContainText(t.desk.arrived);
  await expect(button).toHaveCount(0);
  expect((await api.get<Schemas['Booking']>(`/bookings/${made.id}`)).checked_in_at).not.toBeNull();
});

test('a day and a door are printed on one sheet each', async ({ page, house }) => {
  const free = await freeTime(house, { minutes: 60, people: 5, days: 1 });
  for (const path of [`/skarm/entre?utskrift&dag=${dayOf(free.starts_at)}`, `/skarm/rum/${free.room}?utskrift&dag=${dayOf(free.starts_at)}`]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.screenshot({ path: `screenshots/utskrift-${path.includes('entre') ? 'dag' : 'dorr'}.png` });
    expect(sheets(await page.pdf({ preferCSSPageSize: true, printBackground: true })), path).toEqual({ pages: 1, a4: true });
    await page.emulateMedia({ media: null });
  }
});
