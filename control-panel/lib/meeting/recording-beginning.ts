/** Tells a recording that begins from one that goes on already when somebody comes in. */
export class RecordingBeginning {
	#before: string | null | undefined = undefined

	/** `recording`: its id; null: there is none; undefined: nobody has said yet. */
	isOne(recording: string | null | undefined): boolean {
		const begins = this.#before !== undefined && typeof recording === 'string' && recording !== this.#before
		if (recording !== undefined) this.#before = recording
		return begins
	}
}
