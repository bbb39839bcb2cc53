/** Who is signed in, and for which organisation they act. */
import type { Me, Membership, Token } from '../api/types';
import { api, ask } from './api';
import { copy, draft, keep, kept, onKeptElsewhere } from './kept';
import { roleOf } from './role';
import { drop, hold, mayHaveSession, onSessionEnd } from './token';

class Session {
  status = $state<'starting' | 'out' | 'in'>('starting');
  me = $state.raw<Me | null>(null);
  /** Somebody is signed in here, but the service cannot be reached to say who. */
  unreached = $state(false);
  #chosen = $state(kept('organisation'));
  #desk = $state(kept('desk') === '1');

  readonly memberships: Membership[] = $derived(this.me?.memberships ?? []);
  /** The organisation one acts for: as chosen on this device, otherwise the first. */
  readonly organisation: Membership | null = $derived(
    this.memberships.find((one) => one.organisation_id === this.#chosen) ?? this.memberships[0] ?? null,
  );
  readonly #role = $derived(this.me && roleOf(this.me));
  readonly isStaff = $derived(this.#role === 'reception' || this.#role === 'admin');
  readonly isAdmin = $derived(this.#role === 'admin');
  /** This is the house's own device: its desk goes on counting when the service cannot be reached. */
  readonly atDesk = $derived(this.isStaff || (this.unreached && this.#desk));

  constructor() {
    onSessionEnd(() => this.#leave());
    onKeptElsewhere('signed-in', (value) => {
      if (value === null) {
        drop();
        this.#leave();
      } else if (this.status === 'out') void this.start();
    });
    // A session that ends by itself leaves drafts to come back to; signing out, in whichever tab, does not.
    onKeptElsewhere('signed-out', () => draft.clearAll());
    window.addEventListener('online', () => {
      if (this.unreached) void this.start();
    });
    // Not every way back is announced.
    setInterval(() => {
      if (this.unreached) void this.start();
    }, 20_000);
  }

  /** Takes up the session of this device, if there is one. */
  async start(): Promise<void> {
    if (!mayHaveSession()) {
      this.status = 'out';
      return;
    }
    try {
      await this.reload();
    } catch {
      // The network or the service is gone: what is public can still be seen, and it is tried again.
      this.unreached = mayHaveSession();
      if (this.status === 'starting') this.status = 'out';
    }
  }

  async reload(): Promise<void> {
    this.me = await ask(api.GET('/me'));
    draft.belongTo(this.me.id);
    this.status = 'in';
    this.unreached = false;
    this.#desk = this.isStaff;
    keep('desk', this.isStaff ? '1' : null);
  }

  async signIn(email: string, password: string, code: { code?: string }): Promise<void> {
    await this.take(await ask(api.POST('/auth/token', { body: { email, password, ...code } })));
  }

  /** Signs in with what an answer brought. */
  async take(token: Token): Promise<void> {
    hold(token);
    await this.reload();
  }

  async signOut(): Promise<void> {
    // First the token: what is asked for meanwhile is asked for as a stranger, not with a token that is being voided.
    drop();
    try {
      await ask(api.POST('/auth/logout'));
    } catch (cause) {
      // The cookie is still good: better to be seen as signed in than to be so unseen.
      keep('signed-in', '1');
      throw cause;
    }
    copy.clear();
    draft.clearAll();
    keep('signed-out', String(Date.now()));
    keep('desk', null);
    this.#chosen = null;
    keep('organisation', null);
    this.#leave();
  }

  actFor(organisationId: string): void {
    this.#chosen = organisationId;
    keep('organisation', organisationId);
  }

  /** May the person do what an organisation's admin may? */
  administers(organisationId: string): boolean {
    return this.isAdmin || this.memberships.some((one) => one.organisation_id === organisationId && one.organisation_admin);
  }

  #leave(): void {
    this.me = null;
    this.status = 'out';
    this.unreached = false;
  }
}

export const session = new Session();
