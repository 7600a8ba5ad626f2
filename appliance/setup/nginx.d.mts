/** The nginx of this machine, or the one that set-up left in the cache. Null: there is none. */
export function nginxPath(root: string): string | null
