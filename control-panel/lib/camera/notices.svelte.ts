export interface Notice {
	id: number
	tone: 'problem' | 'info'
	title: string
	text: string
	action: { label: string; run(): void } | null
	/** How long it stays, where that is not the usual. */
	lastsMs?: number
}

const shownMs = { problem: 9000, info: 6000 }

/** Short messages over the screen, the newest last; each goes by itself and can be put away. */
export class Notices {
	list = $state.raw<readonly Notice[]>([])
	#last = 0
	readonly #timers = new Set<ReturnType<typeof setTimeout>>()

	show(notice: Omit<Notice, 'id'>) {
		this.#last += 1
		const id = this.#last
		// The same words again replace themselves, so that a control pressed ten times says it once.
		const others = this.list.filter(({ title, text }) => title !== notice.title || text !== notice.text)
		this.list = [...others.slice(-1), { ...notice, id }]
		const timer = setTimeout(() => {
			this.#timers.delete(timer)
			this.dismiss(id)
		}, notice.lastsMs ?? shownMs[notice.tone])
		this.#timers.add(timer)
	}

	dismiss(id: number) {
		this.list = this.list.filter((notice) => notice.id !== id)
	}

	close() {
		for (const timer of this.#timers) clearTimeout(timer)
	}
}
