/** The events of another calendar's file, as somebody is about to book them. */
import type { BatchItem, CalendarFile, RoomTime } from '../api/types';

export interface Event extends RoomTime {
  title: string;
  /** Where it was to be, in the file's words. */
  location: string;
  /** Room and time as the file had them, once others were chosen. */
  was: RoomTime | null;
  skip: boolean;
}

/** What is in a file; `untitled` stands where it gives no title. */
export const eventsOf = (file: CalendarFile, untitled: string): Event[] =>
  file.events.map(({ title, room, starts_at, ends_at, location }) => ({
    ...{ title: title ?? untitled, room: room ?? '', starts_at, ends_at, location: location ?? '' },
    was: null,
    skip: false,
  }));

/** Another room or time for one of them. */
export function moved(event: Event, to: RoomTime): Event {
  const { room, starts_at, ends_at } = event;
  return { ...event, room: to.room, starts_at: to.starts_at, ends_at: to.ends_at, was: event.was ?? { room, starts_at, ends_at } };
}

/** As the file had it. */
export const undone = (event: Event): Event => ({ ...event, ...(event.was ?? {}), was: null, skip: false });

/** Those that are to be booked, each with its place in the list; `elsewhere` is the room of those whose file names none. */
export const wanted = (events: Event[], elsewhere: string): { index: number; item: BatchItem }[] =>
  events.flatMap(({ title, room, starts_at, ends_at, skip }, index) => {
    const where = room || elsewhere;
    return skip || !where ? [] : [{ index, item: { title, room: where, starts_at, ends_at } }];
  });
