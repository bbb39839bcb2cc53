/** Signing in at somebody else's: with a real provider, by its own pages. */
import { Secret, TOTP } from 'otpauth';
import type { Schemas } from '../house/client';
import { House, PASSWORD, PEOPLE } from '../house/house';
import { flawless } from '../house/looks';
import { Provider } from '../house/provider';
import { expect, type Page, test as base } from '../house/test';

const NAME = 'Malmö stad';

const test = base.extend<{ provider: Provider }>({
  provider: async ({}, use) => {
    const provider = await Provider.open();
    await use(provider);
    await provider.close();
  },

  house: async ({ state, provider }, use) => {
    const house = await House.open(state, { variables: provider.variables });
    provider.serve(house.url);
    await use(house);
    await house.close();
  },

  context: async ({ context }, use) => {
    // The provider's page would like a font from elsewhere.
    await context.route('https://fonts.googleapis.com/**', (route) => route.fulfill({ contentType: 'text/css', body: '' }));
    await use(context);
  },
});

test.beforeEach(({ watch, provider }) => {
  watch.also(provider.issuer);
  watch.also('https://fonts.googleapis.com');
});

/** On the provider's own pages. */
async function signInThere(page: Page, issuer: string, email: string): Promise<void> {
  await expect(page).toHaveURL(new RegExp(`^${issuer}/interaction/`));
  await page.getByPlaceholder('Enter any login').fill(email);
  await page.getByPlaceholder('and password').fill('whatever');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a member signs in at the provider, comes back to where it wanted to go, and ends the link', async ({ page, house, provider, t, watch }) => {
  const words = t.account.openid;
  const elsewhere = await house.as('booker');
  await page.goto('/bokningar');
  await expect(page.getByRole('button', { name: words.with(NAME) })).toBeVisible();
  await flawless(page, 'there is another way to sign in');
  await page.getByRole('button', { name: words.with(NAME) }).click();
  await signInThere(page, provider.issuer, PEOPLE.booker.email);
  await expect(page.getByText(t.account.welcome(PEOPLE.booker.name))).toBeVisible();
  await expect(page).toHaveURL(`${house.url}/bokningar`);
  const letter = await house.mailbox.letter(PEOPLE.booker.email, '/konto');
  expect(letter.text).toContain('kopplats till en inloggning hos en annan organisation');

  await page.goto('/konto');
  await expect(page.getByText(words.linked('').slice(0, 25))).toBeVisible();
  await flawless(page, 'own account with a link');
  // Of the three passwords on this page it is this one that the summary of faults leads to.
  watch.expect(422, /\/me\/openid\/end$/);
  await page.getByRole('button', { name: words.end }).click();
  await page.locator('#form-problem').getByRole('link').click();
  await expect(page.locator('#field-openid_password')).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.getByRole('button', { name: words.end }).click();
  await expect(page.locator('#openid')).toBeFocused();
  await expect(page.getByText(words.notLinked(NAME))).toBeVisible();
  await expect(elsewhere.get('/me')).rejects.toThrow();
});

test('who breaks it off, is unknown here, or comes by an address of the past is told what to do', async ({ page, house, provider, t, watch }) => {
  const words = t.account.openid;
  const leave = async () => {
    await page.goto('/logga-in');
    await page.getByRole('button', { name: words.with(NAME) }).click();
  };
  await leave();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByText(words.cancelled)).toBeVisible();
  await expect(page).toHaveURL(`${house.url}/logga-in/openid`);
  await flawless(page, 'broken off at the provider');
  await page.getByRole('link', { name: words.back }).click();
  await expect(page.getByRole('heading', { level: 1, name: t.account.signInTitle })).toBeVisible();

  watch.expect(401, /\/auth\/openid\/redeem$/);
  await leave();
  await signInThere(page, provider.issuer, 'okand@example.org');
  await expect(page.locator('#form-problem')).toContainText('Det finns inget konto för den adressen här');
  await expect(page).toHaveURL(`${house.url}/logga-in/openid`);
  await flawless(page, 'unknown here');

  await page.goto('/logga-in/openid?state=made-up&code=made-up');
  await expect(page.locator('#form-problem')).toContainText('Börja om från inloggningssidan');
  await expect(page).toHaveURL(`${house.url}/logga-in/openid`);
});

test('with two-step sign-in the code is asked for here, and the provider is not gone to again', async ({ page, house, provider, t, watch }) => {
  const booker = await house.as('booker');
  const { secret } = await booker.post<Schemas['SecondFactorSecret']>('/me/second-factor', { current_password: PASSWORD });
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const { recovery_codes } = await booker.post<Schemas['RecoveryCodes']>('/me/second-factor/confirm', { code });
  watch.expect(401, /\/auth\/openid\/redeem$/);
  await page.goto('/logga-in?till=/konto');
  await page.getByRole('button', { name: t.account.openid.with(NAME) }).click();
  await signInThere(page, provider.issuer, PEOPLE.booker.email);
  await expect(page.getByLabel(t.account.secondFactor.code, { exact: true })).toBeFocused();
  await flawless(page, 'a code is asked for after the provider');
  await page.keyboard.type('000000');
  await page.keyboard.press('Enter');
  await expect(page.locator('#form-problem')).toBeVisible();
  await page.getByLabel(t.account.secondFactor.code, { exact: true }).fill(recovery_codes[0] ?? '');
  await page.keyboard.press('Enter');
  await expect(page.getByText(t.account.welcome(PEOPLE.booker.name))).toBeVisible();
  await expect(page).toHaveURL(`${house.url}/konto`);
});
