/** A house of its own for each test: the real program on a copy of one SQLite file that holds the sample year around today. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from './client';
import { Mailbox } from './mail';
import { service } from './programs';

const run = promisify(execFile);

/** Who the demo lets in. */
export const PEOPLE = {
  booker: { email: 'bokare@example.org', name: 'Amina Holm' },
  organisation: { email: 'forening@example.org', name: 'Lars Nyberg' },
  reception: { email: 'reception@example.org', name: 'Samira Ek' },
  admin: { email: 'admin@example.org', name: 'Kim Lund' },
} as const;
export type Role = keyof typeof PEOPLE;
export const PASSWORD = 'nobel21-demo';

/** Nothing of this machine's settings that the program would heed. */
export function clean(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('NOBEL21_') && name !== 'DATABASE_URL');
  return { ...Object.fromEntries(kept), LC_ALL: 'C.UTF-8', ...extra };
}

/** Reads on until a line matches; what is said later is read and dropped, so that the program never waits for a reader. */
export async function said(child: ChildProcess, words: RegExp): Promise<RegExpExecArray> {
  const heard: string[] = [];
  child.stderr?.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('its output is not read'));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nobel21 ended (${code}) without saying ${words}:\n${heard.join('')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard.push(`${line}\n`);
      const match = words.exec(line);
      if (match) resolve(match);
    });
  });
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  // A browser that still holds a connection is not waited for.
  const hurry = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(hurry);
}

export class House {
  #child: ChildProcess | undefined;
  #listen = '127.0.0.1:0';
  url = '';

  private constructor(
    readonly folder: string,
    readonly mailbox: Mailbox,
    /** Reached by a name instead of a number. */
    readonly name: string | undefined,
    readonly variables: Record<string, string>,
  ) {}

  /** Furnished as the demo, or new and empty; reached by a `name`, configured by `variables` besides. */
  static async open(how: 'furnished' | 'empty', wish: { name?: string | undefined; variables?: Record<string, string> } = {}): Promise<House> {
    const template = process.env.NOBEL21_TEST_HOUSE;
    if (!template) throw new Error('the global set-up has not furnished a house');
    const folder = await mkdtemp(join(tmpdir(), 'nobel21-browser-'));
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    if (how === 'furnished') await cp(template, join(folder, 'data/nobel21.db'));
    const house = new House(folder, new Mailbox(join(folder, 'data/mail')), wish.name, wish.variables ?? {});
    await house.start();
    return house;
  }

  /** Also again after `stop`: at the same address, with what was written before. */
  async start(): Promise<void> {
    const { folder, name } = this;
    // Port 0 becomes the one that it listens on.
    const named = name ? ['--public-url', `http://${name}:0`] : [];
    const child = spawn(service(), ['serve', '--listen', this.#listen, '--data-dir', join(folder, 'data'), '--workers', '2', ...named], {
      cwd: folder,
      env: clean({ NOBEL21_LOG: 'warn', ...this.variables }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const [, url = ''] = await said(child, /(http:\/\/127\.0\.0\.1:\d+)/);
    this.#listen = new URL(url).host;
    this.url = name ? `http://${name}:${new URL(url).port}` : url;
  }

  /** The service is gone, its address and data are not. */
  async stop(): Promise<void> {
    if (this.#child) await stopped(this.#child);
    this.#child = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes past the service what would take days to come about. Python's SQLite, as Node 20 has none. */
  async write(statement: string, ...values: string[]): Promise<void> {
    const program = 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as db: db.execute(sys.argv[2], sys.argv[3:])';
    await run(process.env.PYTHON_BIN ?? '/usr/bin/python3', ['-c', program, join(this.folder, 'data/nobel21.db'), statement, ...values]);
  }

  /** The API as a program of that person would use it. */
  as(role: Role): Promise<Client> {
    return Client.signIn(this.url, PEOPLE[role].email, PASSWORD);
  }
}
