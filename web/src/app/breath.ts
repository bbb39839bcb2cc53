/** Lets the browser draw and listen before work goes on: many short tasks are felt less than one long. */
export const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
