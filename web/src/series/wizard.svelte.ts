/** A series that is being put together: how it repeats, what is chosen for single dates, and what the service says to each. */
import { untrack } from 'svelte';
import type { RefusedDate, Series, SeriesException, SeriesVerdict, SeriesVerdicts } from '../api/types';
import { api, ask } from '../app/api';
import { keepDraft, type KeptDraft } from '../app/draft.svelte';
import type { Draft } from '../booking/draft';
import type { Overriding } from '../booking/override.svelte';
import { LiveAnswer } from '../booking/preview.svelte';
import { datesKey, latest, planOf, stands } from './plan';
import { once, type Repeat } from './rule';

/** What is written of it, as it is kept while it is half written. */
interface Fields {
  repeat: Repeat;
  exceptions: SeriesException[];
  /** For which dates the exceptions were chosen. */
  key: string;
  /** Book what can be had, and leave the rest. */
  skipRest: boolean;
}

export interface Asked {
  draft: Draft;
  organisation: string;
  override: boolean;
}

export class Wizard {
  fields: Fields;
  /** What was refused while saving, until something is changed. */
  refused = $state.raw<RefusedDate[]>([]);
  readonly asked: LiveAnswer<SeriesVerdicts>;
  readonly #kept: KeptDraft<Fields>;
  readonly repeats: boolean = $derived.by(() => this.fields.repeat.kind !== 'once');
  readonly list: SeriesVerdict[] = $derived.by(() => latest(this.asked.answer?.dates ?? [], this.refused));
  readonly bad: SeriesVerdict[] = $derived(this.list.filter((one) => !stands(one)));
  readonly left: number = $derived(this.list.filter((one) => one.verdict === 'left_out').length);
  /** How many would be booked. */
  readonly count: number = $derived.by(() => this.list.length - this.left - (this.fields.skipRest ? this.bad.length : 0));

  constructor(of: () => Asked) {
    const { day } = untrack(of).draft;
    const repeat = once(day);
    const fields = $state<Fields>({ repeat, exceptions: [], key: datesKey(repeat, day), skipRest: false });
    this.fields = fields;
    this.#kept = keepDraft('series', () => fields);
    $effect(() => {
      const key = datesKey(fields.repeat, of().draft.day);
      untrack(() => {
        // What was chosen for a date is gone with the date.
        if (key !== fields.key) fields.exceptions = [];
        fields.key = key;
      });
    });
    $effect(() => {
      JSON.stringify([of().draft, fields]);
      untrack(() => (this.refused = []));
    });
    this.asked = new LiveAnswer(() => {
      const { draft, organisation, override } = of();
      if (!this.repeats || !organisation || !draft.room || draft.to <= draft.from) return undefined;
      const { room, from, to, date, rule, dates, exceptions, expected_participants, layout } = planOf(draft, this.fields.repeat, this.fields.exceptions);
      const body = {
        ...{ room, from, to, organisation_id: organisation, exceptions: $state.snapshot(exceptions ?? []) },
        ...(rule && date ? { rule, date } : { dates: dates ?? [] }),
        ...(expected_participants > 0 ? { expected_participants, layout: layout ?? null } : {}),
        ...(override ? { override } : {}),
      };
      return (signal) => ask(api.POST('/series/preview', { body, signal }));
    });
  }

  /** What is wrong with how it repeats. */
  fault(field: string): string | undefined {
    return this.repeats ? this.asked.problem?.faults.find((fault) => fault.field === field)?.message : undefined;
  }

  book({ draft, organisation, more }: Pick<Asked, 'draft' | 'organisation'> & { more: Overriding & { on_behalf_of?: string } }, key: string): Promise<Series> {
    const body = {
      ...planOf(draft, this.fields.repeat, $state.snapshot(this.fields.exceptions)),
      organisation_id: organisation,
      on_conflict: this.fields.skipRest ? ('skip' as const) : ('fail' as const),
      ...more,
    };
    return ask(api.POST('/series', { params: { header: { 'Idempotency-Key': key } }, body }));
  }

  /** It is booked: nothing is kept of it. */
  done(): void {
    this.#kept.sent();
  }

  startOver(day: string): void {
    this.#kept.startOver();
    this.fields.repeat = once(day);
  }
}
