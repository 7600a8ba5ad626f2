/**
 * What a person sees of set-up. A terminal gets one line for each step, rewritten as the tool speaks; anything else
 * (a journal, CI) gets a line at the beginning, every ten seconds, and at the end.
 *
 * @typedef {ReturnType<typeof screenOn>} Screen
 */
export function screenOn(stream) {
	const began = Date.now()
	const write = (text) => stream.write(text)

	/** One line, with the time since the beginning. */
	function line(text) {
		write(`${text} (${seconds(began)})\n`)
	}

	/** A step begins; `note` shows the latest word of its tool. */
	function begin(title) {
		const from = Date.now()
		let latest = ''
		const show = () => {
			const text = `set-up: ${title}: ${seconds(from)}${latest && `, ${latest}`}`
			// Cut to the width, or a terminal wraps and the line can't be rewritten.
			write(stream.isTTY ? `\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text.slice(0, 200)}\n`)
		}
		show()
		const timer = setInterval(show, stream.isTTY ? 500 : 10_000)
		return {
			note: (text) => {
				latest = text
			},
			end: (outcome) => {
				clearInterval(timer)
				write(`${stream.isTTY ? '\r\x1b[K' : ''}set-up: ${title}: ${outcome} (${seconds(from)})\n`)
			},
		}
	}

	return { line, begin }
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`
