/** What would happen, asked again while somebody types; the last answer counts. */
import type { Preview } from '../api/types';
import { api, ask } from '../app/api';
import { Problem } from '../app/problem';
import { wire, type Draft } from './draft';

const PAUSE = 350;

export class LiveAnswer<T> {
  answer = $state.raw<T>();
  problem = $state.raw<Problem>();
  busy = $state(false);

  /** `asked` is read in an effect: what it reads is what the answer follows. Undefined while there is nothing to ask. */
  constructor(asked: () => ((signal: AbortSignal) => Promise<T>) | undefined) {
    $effect(() => {
      const question = asked();
      if (!question) return;
      const stop = new AbortController();
      this.busy = true;
      const timer = setTimeout(() => {
        question(stop.signal).then(
          (answer) => {
            if (stop.signal.aborted) return;
            this.answer = answer;
            this.problem = undefined;
            this.busy = false;
          },
          (cause: unknown) => {
            if (stop.signal.aborted) return;
            this.problem = cause instanceof Problem ? cause : Problem.offline();
            this.busy = false;
          },
        );
      }, PAUSE);
      return () => {
        clearTimeout(timer);
        stop.abort();
      };
    });
  }
}

export class LivePreview extends LiveAnswer<Preview> {
  constructor(asked: () => { draft: Draft; organisation: string; booking?: string } | undefined) {
    super(() => {
      const question = asked();
      if (!question || question.draft.to <= question.draft.from || !question.draft.room) return undefined;
      const { room, starts_at, ends_at, expected_participants, layout } = wire(question.draft);
      const body = {
        room,
        organisation_id: question.organisation,
        starts_at,
        ends_at,
        ...(expected_participants > 0 ? { expected_participants, layout } : {}),
        ...(question.booking ? { booking_id: question.booking } : {}),
      };
      return (signal) => ask(api.POST('/bookings/preview', { body, signal }));
    });
  }
}
