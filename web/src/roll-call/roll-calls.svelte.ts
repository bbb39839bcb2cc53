/** The roll call that runs on this device, and those that are over and not handed in yet: both outlive a reload and a dead network. */
import type { NewRollCall } from '../api/types';
import { api, ask } from '../app/api';
import { keep, kept } from '../app/kept';
import { Problem } from '../app/problem';
import { sentence } from '../ui/sentence';
import type { Running } from './roll-call';

function read<T>(key: 'roll-call' | 'roll-calls'): T | null {
  try {
    return JSON.parse(kept(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

class RollCalls {
  running = $state.raw<Running | null>(read<Running>('roll-call'));
  waiting = $state.raw<NewRollCall[]>(read<NewRollCall[]>('roll-calls') ?? []);
  /** Why the service does not take the first of those that wait. */
  refusal = $state('');
  /** Rises with each that was handed in. */
  sent = $state(0);
  #sending: Promise<void> | null = null;

  set(running: Running | null): void {
    this.running = running;
    keep('roll-call', running && JSON.stringify(running));
  }

  finish(report: NewRollCall): void {
    this.#wait([...this.waiting, report]);
    this.set(null);
    void this.send();
  }

  #wait(waiting: NewRollCall[]): void {
    this.waiting = waiting;
    keep('roll-calls', waiting.length ? JSON.stringify(waiting) : null);
  }

  /** Hands in what waits. The service keeps each once, however often it is sent. */
  send(): Promise<void> {
    this.#sending ??= this.#send().finally(() => (this.#sending = null));
    return this.#sending;
  }

  async #send(): Promise<void> {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      try {
        await ask(api.POST('/roll-calls', { body: next }));
      } catch (cause) {
        const refused = cause instanceof Problem && cause.status === 422;
        this.refusal = refused ? [...cause.faults.map((fault) => fault.message), sentence(cause)].join(' ') : '';
        return;
      }
      this.refusal = '';
      const { client_id } = next;
      this.#wait(this.waiting.filter((one) => one.client_id !== client_id));
      this.sent += 1;
    }
  }
}

export const rollCalls = new RollCalls();
