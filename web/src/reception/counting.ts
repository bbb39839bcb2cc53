/** Counting with a word about it and ten seconds to take it back: one such word at a time, so that quick taps do not pile up. */
import type { Purpose } from '../api/types';
import { number } from '../app/format';
import { i18n, t } from '../app/i18n.svelte';
import { today } from '../app/time';
import { toasts, type Toast } from '../app/toast.svelte';
import { desk } from './desk.svelte';
import { tally, type Line } from './tally';
import { whatOf } from './words';

let shown: Toast | undefined;

function say(text: string, undo?: () => void): void {
  if (shown) toasts.expire(shown);
  if (undo) toasts.undoable(text, { undo });
  else toasts.done(text);
  shown = toasts.list.at(-1);
}

const name = (line: Pick<Line, 'purpose' | 'booking_id'>) => whatOf(line.purpose, line.booking_id, desk.known?.today.by_gathering ?? []);

export async function countIn(people: number, purpose: Purpose, booking: string | null): Promise<void> {
  const line = await desk.count(people, purpose, booking);
  const { total } = tally(desk.known, desk.items, today());
  say(t().desk.countedToast(people, name(line), number(i18n.language, total)), () => void takeBack(line));
}

/** They leave: fewer in the house, as many visits as before. */
export async function countOut(people: number, purpose: Purpose, booking: string | null): Promise<void> {
  const line = await desk.count(people, purpose, booking, undefined, 'out');
  const { present } = tally(desk.known, desk.items, today());
  say(t().desk.leftToast(people, name(line), present === null ? null : number(i18n.language, present)), () => void takeBack(line));
}

/** Takes one off what was counted last. */
export async function takeOne(line: Line): Promise<void> {
  const before = line.headcount;
  await desk.correct(line, before - 1, t().desk.reasonOne);
  say(t().desk.correctedToast(before, before - 1, name(line)), () => void desk.correct(line, before, t().desk.reasonUndo));
}

/** The whole count never was. */
export async function takeBack(line: Line): Promise<void> {
  await desk.correct(line, 0, t().desk.reasonUndo);
  say(t().desk.takenBack(line.headcount, name(line)));
}
