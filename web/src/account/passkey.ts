/** Passkeys by way of the browser, which talks to the device: a key that is made, and what one signs. */
import type { PasskeyChallenge, PasskeyCredential } from '../api/types';
import { t } from '../app/i18n.svelte';
import { Problem } from '../app/problem';

/** Devices make keys for names alone: `127.0.0.1` and `[::1]` are none. */
const isNumber = (host: string) => /^[\d.]+$|:/.test(host);

/** Can this browser do it here? Where it can't, nobody is offered it. */
export const offersPasskeys = (): boolean =>
  typeof PublicKeyCredential === 'function' &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function' &&
  !isNumber(location.hostname);

/** What became of it, in words: browsers say but a name, and not whether somebody pressed "cancel" or has no key. */
function told(cause: unknown, nothing: string): Problem {
  const name = cause instanceof DOMException ? cause.name : '';
  const words = t().account.passkeys;
  const detail = name === 'InvalidStateError' ? words.already : name === 'NotAllowedError' || name === 'AbortError' ? nothing : words.impossible;
  return new Problem('invalid_passkey', 0, { detail });
}

async function onDevice(work: () => Promise<Credential | null>, nothing: string): Promise<PasskeyCredential> {
  let found: Credential | null;
  try {
    found = await work();
  } catch (cause) {
    throw told(cause, nothing);
  }
  if (found instanceof PublicKeyCredential) return found.toJSON() as PasskeyCredential;
  throw new Problem('invalid_passkey', 0, { detail: nothing });
}

/** Has a key made for what was asked. */
export const makeKey = (asked: PasskeyChallenge): Promise<PasskeyCredential> =>
  onDevice(() => {
    const options = asked.public_key as unknown as PublicKeyCredentialCreationOptionsJSON;
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }, t().account.passkeys.notMade);

/** Has what was asked signed by a key that somebody picks. */
export const signWithKey = (asked: PasskeyChallenge): Promise<PasskeyCredential> =>
  onDevice(() => {
    const options = asked.public_key as unknown as PublicKeyCredentialRequestOptionsJSON;
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }, t().account.passkeys.notUsed);
