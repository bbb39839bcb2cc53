/**
 * A booking as a calendar file, for those who do not follow the feed. Times in UTC, which every calendar reads alike. Key and
 * version are those of the feed and of the invitation by mail, so that whoever has them too has one event.
 */
import type { Booking } from '../api/types';

const utc = (instant: string) => new Date(instant).toISOString().replace(/[-:]|\.\d{3}/g, '');
const text = (words: string) => words.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\r?\n/g, '\\n');

/** Lines of at most 75 octets, as RFC 5545 wants them, never cut within a letter. */
function fold(line: string): string {
  const bytes = new TextEncoder();
  const lines = [''];
  let size = 0;
  for (const letter of line) {
    const more = bytes.encode(letter).length;
    if (size + more > 74) {
      lines.push(' ');
      size = 1;
    }
    lines[lines.length - 1] += letter;
    size += more;
  }
  return lines.join('\r\n');
}

export function calendarFile(booking: Booking, room: string, address: string): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Nobel 21//Booking//SV',
    'BEGIN:VEVENT',
    `UID:${booking.id}`,
    `SEQUENCE:${booking.version - 1}`,
    `DTSTAMP:${utc(booking.updated_at)}`,
    `DTSTART:${utc(booking.starts_at)}`,
    `DTEND:${utc(booking.ends_at)}`,
    `SUMMARY:${text(booking.title)}`,
    `LOCATION:${text(`${room}, Nobel 21, Malmö`)}`,
    `URL:${address}`,
    `STATUS:${booking.status === 'pending' ? 'TENTATIVE' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
    .map(fold)
    .join('\r\n');
}

/** Hands it to the reader as a file. */
export function saveFile(name: string, content: string, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
