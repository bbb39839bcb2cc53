/** Passkeys, with a device that the browser makes up: an admin adds one, comes in with it and runs the house, and takes it away. */
import type { Schemas } from '../house/client';
import { PEOPLE } from '../house/house';
import { flawless } from '../house/looks';
import { expect, test } from '../house/test';

test.describe('a house with a name', () => {
  test.use({ houseName: 'localhost' });

  test('an admin adds a passkey, comes in with nothing else, has an admin’s pages, and removes it', async ({ page, context, house, t, enter }) => {
    const words = t.account.passkeys;
    const api = await house.as('admin');
    const { version } = await api.get<Schemas['Settings']>('/settings');
    await api.patch('/settings', version, { second_factor_required: true });

    const browser = await context.newCDPSession(page);
    await browser.send('WebAuthn.enable');
    const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    });
    const recognises = (isUserVerified: boolean) => browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });

    await enter('admin');
    await page.goto('/admin');
    await expect(page.getByRole('heading', { level: 1, name: t.common.forbidden })).toBeVisible();
    await page.getByRole('link', { name: t.account.secondFactor.toAccount }).click();
    const section = page.locator('section', { has: page.getByRole('heading', { name: words.title }) });
    await section.getByLabel(words.name).fill('Min telefon');
    await section.getByLabel(t.account.secondFactor.password, { exact: true }).fill('nobel21-demo');
    await flawless(page, 'a passkey is to be added');

    // The device does not recognise whoever holds it.
    await recognises(false);
    await section.getByRole('button', { name: words.add }).click();
    await expect(section.getByRole('alert')).toContainText(words.notMade);
    await expect(page.locator('#form-problem')).toBeFocused();
    await recognises(true);
    await section.getByRole('button', { name: words.add }).click();
    await expect(section.getByRole('listitem')).toContainText('Min telefon');
    await expect(page.getByText(t.account.secondFactor.neededText)).toHaveCount(0);
    await flawless(page, 'a passkey is there');
    // A device that has one makes no other.
    await section.getByLabel(words.name).fill('Min telefon igen');
    await section.getByLabel(t.account.secondFactor.password, { exact: true }).fill('nobel21-demo');
    await section.getByRole('button', { name: words.add }).click();
    await expect(section.getByRole('alert')).toContainText(words.already);
    await page.goto('/admin');
    await expect(page.getByRole('heading', { level: 1, name: t.inbox.title })).toBeVisible();

    await page.getByRole('button', { name: t.common.menuOf(PEOPLE.admin.name) }).click();
    await page.getByRole('menuitem', { name: t.common.signOut }).click();
    await expect(page.getByText(t.common.signedOut)).toBeVisible();
    await page.goto('/logga-in');
    await flawless(page, 'signing in with a passkey');
    await recognises(false);
    await page.getByRole('button', { name: words.signIn }).click();
    await expect(page.getByRole('alert')).toContainText(words.notUsed);
    await expect(page.locator('#form-problem')).toBeFocused();
    await recognises(true);
    await page.getByRole('button', { name: words.signIn }).click();
    await expect(page.getByText(t.account.welcome(PEOPLE.admin.name))).toBeVisible();
    await page.goto('/admin');
    await expect(page.getByRole('heading', { level: 1, name: t.inbox.title })).toBeVisible();

    await page.goto('/konto');
    await expect(section.getByRole('listitem')).toContainText(words.used('').trim());
    await section.getByRole('button', { name: words.removeLabel('Min telefon') }).click();
    await flawless(page, 'a passkey is to go');
    await page.getByRole('dialog').getByRole('button', { name: words.remove, exact: true }).click();
    await expect(page.getByText(words.removed)).toBeVisible();
    await expect(page.locator('#passkeys')).toBeFocused();
    await expect(section.getByRole('listitem')).toHaveCount(0);
    await expect(page.getByText(t.account.secondFactor.neededText)).toBeVisible();
  });

  test('a passkey that the house does not know any more says so in plain words', async ({ page, context, house, t, enter, watch }) => {
    const words = t.account.passkeys;
    const browser = await context.newCDPSession(page);
    await browser.send('WebAuthn.enable');
    await browser.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    });
    await enter('booker');
    await page.goto('/konto');
    const section = page.locator('section', { has: page.getByRole('heading', { name: words.title }) });
    await section.getByLabel(words.name).fill('Min dator');
    await section.getByLabel(t.account.secondFactor.password, { exact: true }).fill('nobel21-demo');
    await section.getByRole('button', { name: words.add }).click();
    await expect(section.getByRole('listitem')).toContainText('Min dator');
    await house.write('DELETE FROM passkeys');
    await page.getByRole('button', { name: t.common.menuOf(PEOPLE.booker.name) }).click();
    await page.getByRole('menuitem', { name: t.common.signOut }).click();
    await expect(page.getByText(t.common.signedOut)).toBeVisible();
    await page.goto('/logga-in');
    watch.expect(401, /auth\/passkey$/);
    await page.getByRole('button', { name: words.signIn }).click();
    await expect(page.locator('#form-problem')).toBeFocused();
    await expect(page.getByRole('alert')).not.toContainText(words.notUsed);
    await flawless(page, 'a passkey that is refused');
  });
});

test('where the house has no name, nobody is offered a passkey', async ({ page, t, enter }) => {
  await page.goto('/logga-in');
  await expect(page.getByRole('button', { name: t.account.link.send })).toBeVisible();
  await expect(page.getByRole('button', { name: t.account.passkeys.signIn })).toHaveCount(0);
  await enter('booker');
  await page.goto('/konto');
  await expect(page.getByRole('heading', { name: t.account.secondFactor.title })).toBeVisible();
  await expect(page.getByRole('heading', { name: t.account.passkeys.title })).toHaveCount(0);
});
