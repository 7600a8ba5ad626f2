const seatPrefix = 'seat-'

/** How a seat of the hall that nobody is named for stands in lists beside people. */
export function whoIsSeat(seat: string): string {
	return `${seatPrefix}${seat}`
}

/** The seat that is meant; null: a person. */
export function seatIn(who: string): string | null {
	return who.startsWith(seatPrefix) ? who.slice(seatPrefix.length) : null
}
