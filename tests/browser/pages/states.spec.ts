/** Pages in the middle of something: a dialog open, an error shown, nothing to show. axe finds nothing wrong with any of them. */
import { addDays, clock, dayOf, minuteOf, today } from '../../../web/src/app/time';
import type { Messages } from '../../../web/src/app/i18n.svelte';
import type { Schemas } from '../house/client';
import { freeTime, ownOrganisation, strangersBooking } from '../house/facts';
import type { House } from '../house/house';
import { flawless, LANGUAGES, settled, speak } from '../house/looks';
import { expect, type Page, type Role, test, words } from '../house/test';
import type { Watch } from '../house/watch';

interface Scene {
  page: Page;
  house: House;
  t: Messages;
  watch: Watch;
}
type State = (scene: Scene) => Promise<void>;

const dialog = async (page: Page) => {
  await expect(page.getByRole('dialog')).toBeVisible();
};
const error = async (page: Page) => {
  await expect(page.locator('.fault, [role=alert]').filter({ visible: true }).first()).toBeVisible();
};

const stranger: Record<string, State> = {
  'the calendar of a day': async ({ page }) => void (await page.goto('/?vy=dag')),
  'the calendar of a room': async ({ page }) => void (await page.goto('/?vy=lokal&lokal=aulan')),
  'what is known about a taken time': async ({ page, house }) => {
    const taken = await strangersBooking(house);
    await page.goto(`/?vy=dag&dag=${dayOf(taken.starts_at)}`);
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="/lokaler/${taken.room}"]`) });
    // An hour that is taken whole: of one that is free in part the free part is what a press is about.
    await row.getByRole('gridcell', { name: /(kl\.|at) \d{1,2}, (bokat|booked)/ }).first().click();
    await dialog(page);
  },
  'the way to a date': async ({ page, t }) => {
    await page.goto('/');
    await page.getByRole('button', { name: t.week.jump }).click();
    await dialog(page);
    await page.getByLabel(t.week.weekNumber, { exact: true }).last().fill('53');
    await page.getByLabel(t.week.year).fill('2027');
    await page.getByRole('button', { name: t.week.jumpWeek }).click();
    await error(page);
  },
  'a date picker that is open': async ({ page, t }) => {
    await page.goto('/hitta');
    await page.getByRole('button', { name: t.common.openCalendar }).click();
    await expect(page.getByRole('button', { name: t.common.nextMonth })).toBeVisible();
  },
  'a search without a hit': async ({ page, t }) => {
    await page.goto('/hitta?antal=4000');
    await expect(page.getByRole('heading', { name: t.find.results(0) }).first()).toBeVisible();
  },
  'a day that is taken': async ({ page }) => void (await page.goto(`/hitta?dag=${addDays(today(), 2)}&fran=10:00&till=12:00&langd=120`)),
  'a wrong password': async ({ page, t, watch }) => {
    watch.expect(401, /\/auth\/token$/);
    await page.goto('/logga-in');
    await page.getByLabel(t.account.email).fill('nobody@example.org');
    await page.getByLabel(t.account.password, { exact: true }).fill('nothing at all');
    await page.getByRole('main').getByRole('button', { name: t.common.signIn }).click();
    await error(page);
  },
  'an empty sign-in': async ({ page, t, watch }) => {
    watch.expect(422, /\/auth\/token$/);
    await page.goto('/logga-in');
    await page.getByRole('main').getByRole('button', { name: t.common.signIn }).click();
    await error(page);
  },
  'a link that is no longer good': async ({ page, t, watch }) => {
    watch.expect(401, /\/auth\/password$/);
    await page.goto('/losenord#nothing-good');
    await page.getByLabel(t.account.newPassword).fill('äpplen i en blå korg');
    await page.getByRole('button', { name: t.common.save }).click();
    await error(page);
  },
  'a question how many came that is over': async ({ page, t, watch }) => {
    watch.expect(404, /\/attendance\/question$/);
    await page.goto('/hur-manga-kom?antal=12#nothing-good');
    await expect(page.getByRole('heading', { name: t.attendance.over })).toBeVisible();
  },
  'a page that is not there': async ({ page }) => void (await page.goto('/ingenstans')),
  'a room that is not there': async ({ page, watch }) => {
    watch.expect(404, /\/rooms\/ingen/);
    await page.goto('/lokaler/ingen');
    await error(page);
  },
  'the day list on paper': async ({ page }) => void (await page.goto('/skarm/entre?utskrift')),
  'the door sign on paper': async ({ page }) => void (await page.goto('/skarm/rum/konferens-1?utskrift')),
};

const booker: Record<string, State> = {
  'the menu of the account': async ({ page, t }) => {
    await page.goto('/lokaler');
    await page.getByRole('button', { name: t.common.menuOf('Amina Holm') }).click();
    await expect(page.getByRole('menu')).toBeVisible();
  },
  'a booking with a conflict': async ({ page, house, t }) => {
    const taken = await strangersBooking(house);
    await page.goto(`/boka?lokal=${taken.room}&dag=${dayOf(taken.starts_at)}&fran=${clock(minuteOf(taken.starts_at))}&till=${clock(minuteOf(taken.ends_at))}`);
    await expect(page.getByText(t.booking.instead)).toBeVisible();
  },
  'a booking against the rules': async ({ page, t }) => {
    await page.goto(`/boka?lokal=motesrummet&dag=${addDays(today(), 3)}&fran=02:00&till=03:00&antal=400`);
    await expect(page.getByText(t.booking.broken)).toBeVisible();
  },
  'a booking with faults': async ({ page, house, t, watch }) => {
    watch.expect(422, /\/bookings$/);
    const free = await freeTime(house, { minutes: 60, people: 5, days: 6 });
    const start = minuteOf(free.starts_at);
    await page.goto(`/boka?lokal=${free.room}&dag=${dayOf(free.starts_at)}&fran=${clock(start)}&till=${clock(start + 60)}`);
    await page.getByRole('button', { name: new RegExp(`^(${t.booking.submit}|${t.booking.submitRequest})$`) }).click();
    await error(page);
  },
  'a booking just made': async ({ page, house }) => void (await page.goto(`/bokningar/${await made(house)}?ny`)),
  'a booking that may be cancelled': async ({ page, house, t }) => {
    await page.goto(`/bokningar/${await made(house)}`);
    await page.getByRole('button', { name: t.booking.cancelBooking }).click();
    await dialog(page);
  },
  'a booking that is being cancelled': async ({ page, house, t }) => {
    await page.goto(`/bokningar/${await made(house)}`);
    await page.getByRole('button', { name: t.booking.cancelBooking }).click();
    await page.getByRole('dialog').getByRole('button', { name: t.booking.cancelBooking }).click();
    await expect(page.locator('.toast')).toBeVisible();
    await page.locator('.toasts').hover({ position: { x: 200, y: 10 } }).catch(() => undefined);
  },
  'a search among bookings without a hit': async ({ page }) => void (await page.goto('/bokningar?q=zzz')),
  'past bookings': async ({ page }) => void (await page.goto('/bokningar?flik=tidigare')),
  'a booking that is not there': async ({ page, watch }) => {
    watch.expect(404, /\/bookings\//);
    await page.goto('/bokningar/01900000-0000-7000-8000-000000000000');
    await error(page);
  },
  'a wrong current password': async ({ page, t, watch }) => {
    watch.expect(422, /\/me\/password$/);
    await page.goto('/konto');
    await page.getByLabel(t.account.currentPassword).fill('not this one');
    await page.getByLabel(t.account.newPassword).fill('äpplen i en blå korg');
    await page.getByRole('button', { name: t.account.changePassword }).click();
    await error(page);
  },
  'a page of others': async ({ page, t }) => {
    await page.goto('/admin');
    await expect(page.getByRole('heading', { name: t.common.forbidden })).toBeVisible();
  },
};

const organisation: Record<string, State> = {
  'a member with a fault': async ({ page, t, watch }) => {
    watch.expect(422, /\/members$/);
    await page.goto('/forening');
    await page.getByRole('button', { name: t.organisation.add, exact: true }).click();
    await error(page);
  },
  'a member who is to go': async ({ page, t }) => {
    await page.goto('/forening');
    await page.getByRole('button', { name: t.organisation.removeLabel('Amina Holm') }).click();
    await dialog(page);
  },
  'details with a fault': async ({ page, t, watch }) => {
    watch.expect(422, /\/organisations\//);
    await page.goto('/forening');
    await page.getByRole('button', { name: t.organisation.edit }).click();
    const details = page.getByRole('region', { name: t.organisation.details });
    await details.getByLabel(t.organisation.email).fill('nothing');
    await details.getByRole('button', { name: t.common.save }).click();
    await error(page);
  },
};

const reception: Record<string, State> = {
  'counting for a gathering': async ({ page }) => void (await page.goto('/rakna?arende=gathering')),
  'a count that can be taken back': async ({ page }) => {
    await page.goto('/rakna');
    await page.getByRole('button', { name: /^\+5,/ }).click();
    await expect(page.locator('.toast')).toBeVisible();
  },
  'a count that waits for the network': async ({ page, t, watch }) => {
    await page.goto('/rakna');
    await expect(page.getByText(t.desk.allSent)).toBeVisible();
    await watch.cut(page.context());
    await page.getByRole('button', { name: /^\+1,/ }).click();
    await expect(page.getByText(t.desk.waitOffline(1))).toBeVisible();
  },
  'a paper list with faults': async ({ page, t }) => {
    await page.goto('/rakna');
    await page.locator('summary').filter({ hasText: t.desk.lateTitle }).click();
    await page.getByRole('button', { name: t.desk.lateSave, exact: true }).click();
    await error(page);
  },
  'a year without figures': async ({ page, t }) => {
    await page.goto('/statistik?ar=2011');
    await expect(page.getByText(t.statistics.none(2011))).toBeVisible();
  },
};

const admin: Record<string, State> = {
  'a request that is to be rejected': async ({ page, t }) => {
    await page.goto('/admin');
    await page.getByRole('button', { name: new RegExp(`^${t.inbox.rejectLabel('.+')}$`) }).first().click();
    await dialog(page);
    await page.getByRole('dialog').getByRole('button', { name: t.inbox.reject }).click();
    await error(page);
  },
  'several requests marked': async ({ page, t }) => {
    await page.goto('/admin');
    await page.getByLabel(t.inbox.markAll).check();
  },
  'a room with faults': async ({ page, t, watch }) => {
    watch.expect(422, /\/rooms$/);
    await page.goto('/admin/ny/lokal');
    await page.getByLabel(t.adminRooms.name, { exact: true }).fill(' ');
    await page.getByRole('button', { name: t.common.save }).click();
    await error(page);
  },
  'opening hours with faults': async ({ page, t, watch }) => {
    watch.expect(422, /\/opening-hours$/);
    await page.goto('/admin/oppettider');
    const week = page.locator('section[aria-labelledby=week]');
    await week.locator('input[type=text], input:not([type])').first().fill('25.00');
    await week.getByRole('button', { name: t.common.save }).click();
    await error(page);
  },
  'a closure that hits bookings': async ({ page, t, watch }) => {
    watch.expect(409, /\/closures$/);
    await page.goto('/admin/ny/stangning');
    await page.getByLabel(t.closures.reason).fill('Strömavbrott');
    // A week hits somebody whatever day it is.
    await page.locator('.date-open').last().click();
    await page.getByRole('button', { name: t.common.nextMonth }).click();
    await page.locator('.month-day:not([data-outside-month])').last().click();
    await page.getByRole('button', { name: t.closures.close, exact: true }).click();
    await expect(page.locator('#hit')).toBeVisible();
  },
  'a closure without a reason': async ({ page, t, watch }) => {
    watch.expect(422, /\/closures$/);
    await page.goto('/admin/ny/stangning');
    // What was half written before comes back.
    await page.getByLabel(t.closures.reason).fill('');
    await page.getByRole('button', { name: t.closures.close, exact: true }).click();
    await error(page);
  },
  'an association with faults': async ({ page, t, watch }) => {
    watch.expect(422, /\/organisations$/);
    await page.goto('/admin/ny/forening');
    await page.getByRole('button', { name: t.common.save }).click();
    await error(page);
  },
  'a person with faults': async ({ page, t, watch }) => {
    watch.expect(422, /\/users$/);
    await page.goto('/admin/ny/person');
    await page.getByRole('button', { name: t.people.add }).click();
    await error(page);
  },
  'a search among people without a hit': async ({ page }) => void (await page.goto('/admin/personer?q=zzz')),
  'the audit trail with what was changed': async ({ page, t }) => {
    await page.goto('/admin/logg');
    await page.locator('summary').filter({ hasText: t.audit.details }).first().click();
  },
  'a search in the audit trail': async ({ page }) => void (await page.goto('/admin/logg?q=zzz')),
};

/** A booking of the booker's own. */
async function made(house: House): Promise<string> {
  const api = await house.as('booker');
  const free = await freeTime(house, { minutes: 60, people: 5, days: 6 });
  const body = { ...free, title: 'Odlarna planerar våren', category: 'meeting', expected_participants: 5, organisation_id: await ownOrganisation(api) };
  return (await api.post<Schemas['Booking']>('/bookings', body)).id;
}

const ALL: [Role | null, Record<string, State>][] = [
  [null, stranger],
  ['booker', booker],
  ['organisation', organisation],
  ['reception', reception],
  ['admin', admin],
];

for (const [role, states] of ALL) {
  // Every page is looked at in both languages elsewhere (tour.spec.ts); of what can happen on it every second is in either.
  for (const [at, language] of LANGUAGES.entries()) {
    test(`what ${role ?? 'a stranger'} can get into breaks no rule of axe, half of it in ${language}`, async ({ page, house, watch, enter }) => {
      test.setTimeout(480_000);
      if (role) await enter(role);
      await page.goto('/uppgifter');
      await speak(page, language);
      for (const [what, reach] of Object.entries(states).filter((_, number) => number % LANGUAGES.length === at)) {
        await test.step(what, async () => {
          await reach({ page, house, watch, t: words(language) });
          await settled(page);
          await flawless(page, what);
          await watch.mend(page.context());
          // Drafts and open dialogs are not carried into the next one.
          await page.evaluate(() => sessionStorage.removeItem('nobel21.draft.booking'));
        });
      }
    });
  }
}

test.describe('a new house', () => {
  test.use({ state: 'empty' });

  test('has nothing to show yet, and says so', async ({ page, t }) => {
    for (const path of ['/', '/?vy=dag', '/hitta', '/lokaler', '/skarm/entre']) {
      await page.goto(path);
      await settled(page);
      await flawless(page, `${path} of a new house`);
    }
    await page.goto('/');
    await expect(page.getByText(t.desk.noRooms)).toBeVisible();
  });
});

test('the contract can be read, by a reader that is no part of the client', async ({ page }) => {
  await page.goto('/docs');
  await expect(page.locator('.opblock-tag').first()).toBeVisible();
});
