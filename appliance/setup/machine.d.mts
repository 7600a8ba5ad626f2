/** Where the Debian of the tests lies: `root`, the system as a folder; `disk`, the same as an ext4 image. */
export function machinePaths(root: string): { folder: string; root: string; disk: string }
/** The packages of Debian that the SFU worker's libraries come from, as this machine has them. */
export function workerPackages(root: string): string[]
