/** A real provider of sign-ins (OpenID Connect): `oidc-provider` with its own pages, on this machine. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Oidc from 'oidc-provider';

const CLIENT = 'nobel21';
const SECRET = 'provider-knows-the-house-by-this';

export class Provider {
  #answer: RequestListener = (_, response) => void response.writeHead(503).end();

  private constructor(
    readonly server: Server,
    readonly issuer: string,
  ) {}

  /** Has an address at once; answers once it knows where the house is. */
  static async open(): Promise<Provider> {
    const server = createServer((request, response) => provider.#answer(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    // Another site than the house, which is at 127.0.0.1: what a browser keeps from other sites it keeps from this one.
    const provider = new Provider(server, `http://localhost:${(server.address() as AddressInfo).port}`);
    return provider;
  }

  /** What the house is told. */
  get variables(): Record<string, string> {
    return {
      NOBEL21_OPENID_ISSUER: this.issuer,
      NOBEL21_OPENID_CLIENT_ID: CLIENT,
      NOBEL21_OPENID_CLIENT_SECRET: SECRET,
      NOBEL21_OPENID_NAME: 'Malmö stad',
    };
  }

  /** Knows this house, and everybody by the address that it types; any password will do. */
  serve(house: string): void {
    const provider = new Oidc(this.issuer, {
      clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [`${house}/logga-in/openid`], response_types: ['code'] }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'] },
      cookies: { keys: ['one key for this test'] },
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, email: id, email_verified: true }) }),
    });
    this.#answer = provider.callback();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
