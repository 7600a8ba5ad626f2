/** Tells whether anything changed that the pages are built from: a hash of all of it. `root`: the checkout. */
export function pagesHash(root: string): string
