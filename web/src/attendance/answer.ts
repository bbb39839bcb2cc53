/** How many came: what may be answered with one tap, and what a letter's link has chosen already. */

/** As many as the service takes. */
export const MOST = 5000;

/** The number in a link's address or in the field; undefined if it is none that can be sent. */
export function readNumber(text: string | null): number | undefined {
  const number = /^\d{1,4}$/.test(text?.trim() ?? '') ? Number(text) : undefined;
  return number !== undefined && number <= MOST ? number : undefined;
}

/** All, about half, nobody: each number once, the largest first. */
export const choices = (expected: number): number[] => [...new Set([expected, Math.ceil(expected / 2), 0])];
