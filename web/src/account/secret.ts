/** The one-time secret behind `#` in the address, which is no longer shown afterwards: not to onlookers, not to the history. */
export function takeSecret(): string {
  const secret = decodeURIComponent(location.hash.slice(1));
  if (secret) history.replaceState(history.state, '', location.pathname);
  return secret;
}
