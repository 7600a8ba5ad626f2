const saidMs = 5000

/** What is said to the one at this page, for a moment: read out to who does not see it. */
export class Announcer {
	/** Said to screen readers for a moment; shown as well, unless the screen itself shows it. */
	said = $state('')
	/** The same for what must not wait: that one is heard now, that one's time is up. */
	alarm = $state('')
	aloudOnly = $state(false)
	#silence: ReturnType<typeof setTimeout> | undefined
	#alarmEnd: ReturnType<typeof setTimeout> | undefined

	say(text: string, aloudOnly = false) {
		this.said = text
		this.aloudOnly = aloudOnly
		clearTimeout(this.#silence)
		this.#silence = setTimeout(() => {
			this.said = ''
		}, saidMs)
	}

	/** Said at once, whatever is being read out. */
	warn(text: string) {
		this.alarm = text
		clearTimeout(this.#alarmEnd)
		this.#alarmEnd = setTimeout(() => {
			this.alarm = ''
		}, saidMs)
	}
}
