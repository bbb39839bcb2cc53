/** How near its limit a place is: amber from nine tenths on, red when it is full, as the service says it. */
export type Level = 'ok' | 'amber' | 'red';

export function levelOf(people: number, most: number): Level {
  if (people >= most) return 'red';
  return people * 10 >= most * 9 ? 'amber' : 'ok';
}
