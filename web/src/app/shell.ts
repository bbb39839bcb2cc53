/** Lets pages open without network: see `worker.ts`. */
export async function keepShell(): Promise<void> {
  // Without https there are no workers; while developing there is nothing to keep.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  } catch {
    // The browser forbids it; then pages need the network.
  }
}
