/** What a page remembers; within another page a browser may forbid it to remember anything. */
export interface Keep extends Pick<Storage, 'getItem' | 'setItem'> {
	/** False: it lasts only until the page is gone. */
	readonly lasts: boolean
}

/** `open` throws where storage is forbidden: even naming it is an error then. */
export function keepIn(open: () => Storage): Keep {
	try {
		const storage = open()
		const probe = 'maru.probe'
		storage.setItem(probe, probe)
		storage.removeItem(probe)
		return {
			lasts: true,
			getItem: (key) => storage.getItem(key),
			setItem: (key, value) => {
				try {
					storage.setItem(key, value)
				} catch {
					// Full, or forbidden since: it is forgotten.
				}
			},
		}
	} catch {
		const map = new Map<string, string>()
		return {
			lasts: false,
			getItem: (key) => map.get(key) ?? null,
			setItem: (key, value) => void map.set(key, value),
		}
	}
}
