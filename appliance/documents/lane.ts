/** How soon something is wanted. May become urgent while it waits. */
export interface Ticket {
	urgent: boolean
}

/** Work that may not all be done at once. */
export interface Lane {
	/** Done when a place is free; what is urgent goes before what is not. Answers as the work does. */
	run<T>(work: () => Promise<T>, ticket?: Ticket): Promise<T>
	/** How much waits for a place. */
	readonly waiting: number
}

/** At most `places` at a time; the others wait in order. */
export function createLane(places: number): Lane {
	const queue: { ticket: Ticket; start: () => void }[] = []
	let busy = 0

	function next() {
		if (busy >= places || queue.length === 0) return
		const urgent = queue.findIndex(({ ticket }) => ticket.urgent)
		const [first] = queue.splice(Math.max(0, urgent), 1)
		busy++
		first?.start()
	}

	return {
		async run(work, ticket = { urgent: true }) {
			await new Promise<void>((start) => {
				queue.push({ ticket, start })
				next()
			})
			try {
				return await work()
			} finally {
				busy--
				next()
			}
		},
		get waiting() {
			return queue.length
		},
	}
}
