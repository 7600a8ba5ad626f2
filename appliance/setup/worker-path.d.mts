/**
 * The SFU worker's binary: `MEDIASOUP_WORKER_BIN` if given, else the one that set-up left in the cache.
 * Throws where there is none.
 */
export function workerPath(): string
