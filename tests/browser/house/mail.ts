/** What the house has sent: letters as `.eml` files in a folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

export interface Letter {
  to: string;
  subject: string;
  text: string;
  html: string;
  attachments: string[];
}

export class Mailbox {
  constructor(readonly folder: string) {}

  async letters(): Promise<Letter[]> {
    const names = await readdir(this.folder).catch(() => []);
    return Promise.all(
      names
        .filter((name) => name.endsWith('.eml'))
        .sort()
        .map(async (name) => {
          const mail = await PostalMime.parse(await readFile(join(this.folder, name)));
          return {
            to: mail.to?.map((one) => one.address).join(', ') ?? '',
            subject: mail.subject ?? '',
            text: mail.text ?? '',
            html: mail.html ?? '',
            attachments: mail.attachments.map((one) => one.filename ?? ''),
          };
        }),
    );
  }

  /** The first letter to `to` with `words` in subject or text; letters leave the outbox about once a second. */
  async letter(to: string, words: string | RegExp): Promise<Letter> {
    const until = Date.now() + 20_000;
    for (;;) {
      const letters = await this.letters();
      const found = letters.find((one) => {
        const all = `${one.subject}\n${one.text}`;
        return one.to === to && (typeof words === 'string' ? all.includes(words) : words.test(all));
      });
      if (found) return found;
      if (Date.now() > until) {
        const there = letters.map((one) => `${one.to}: ${one.subject}`).join('\n');
        throw new Error(`no letter to ${to} about ${words}; there are:\n${there}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
