/** The floor plan of a room as a file: which ones are taken, and how it is fetched where an address alone would not do. */
import type { Room } from '../api/types';
import { api, ask } from '../app/api';

export const TYPES = ['image/png', 'image/jpeg', 'image/webp'];
/** In bytes, as the service has it. */
export const LARGEST = 5 * 1024 * 1024;

/** Where the picture is; another one is somewhere else. */
export const planAddress = (room: Pick<Room, 'slug'>, version: number) => `/api/v1/rooms/${room.slug}/floor-plan?version=${version}`;

/** What stands in the way of sending a file, before anything is sent. */
export function unfit(file: Pick<File, 'type' | 'size'>): 'wrongType' | 'tooLarge' | undefined {
  if (!TYPES.includes(file.type)) return 'wrongType';
  return file.size > LARGEST ? 'tooLarge' : undefined;
}

/** A file as an address of its own: the page's policy lets no other picture in. */
export function asAddress(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(file);
  });
}

/** Where the picture of this room can be seen from. Of a room out of use it is for the house's people alone, and an image carries no token. */
export async function planSource(room: Room, version: number): Promise<string> {
  if (room.active) return planAddress(room, version);
  const path = { slug: room.slug };
  const picture = await ask<unknown>(api.GET('/rooms/{slug}/floor-plan', { params: { path, query: { version } }, parseAs: 'blob' }));
  return asAddress(picture as Blob);
}
