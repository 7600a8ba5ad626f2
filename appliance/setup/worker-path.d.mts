/**
 * The SFU worker's binary: `MEDIASOUP_WORKER_BIN` if given, else the one that set-up left in the cache.
 * Throws where there is none.
 */
export function workerPath(): string

/** The user's cache; in the checkout `root` where the user has no home that can be written. */
export function cacheFolder(root: string): string
