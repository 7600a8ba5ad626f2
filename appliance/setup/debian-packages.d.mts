/** What Maru takes from Debian, each with why. */
export const NEEDED: Readonly<Record<string, string>>
/** What the demo room takes besides. */
export const NEEDED_FOR_DEMO: Readonly<Record<string, string>>
/** What an installed room takes that has displays of its own, by name. */
export const NEEDED_FOR_DISPLAYS: Readonly<Record<string, string>>
