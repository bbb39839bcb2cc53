/** Lets the browser draw and listen before work goes on: many short tasks are felt less than one long. */
// A page that nobody sees has nobody to wait for, and its timers come a second apart.
export const breath = (): Promise<void> => (document.hidden ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve)));

const waiting: (() => void)[] = [];
/** Where the next one stands in line: last, or before all others what is asked for during somebody's turn. */
let place = Infinity;
let underway = false;

/** Does each piece of work in a task of its own; what comes of one, before all others: a page grows from top to bottom. Returns what calls it off. */
export function turn(work: () => void): () => void {
  waiting.splice(place, 0, work);
  place += 1;
  if (!underway) void takeTurns();
  return () => {
    const at = waiting.indexOf(work);
    if (at >= 0) waiting.splice(at, 1);
  };
}

async function takeTurns(): Promise<void> {
  underway = true;
  for (;;) {
    await breath();
    const work = waiting.shift();
    if (!work) break;
    place = 0;
    try {
      work();
    } catch (cause) {
      reportError(cause);
    }
    place = Infinity;
  }
  underway = false;
}
