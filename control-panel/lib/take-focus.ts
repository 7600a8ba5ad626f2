import type { Attachment } from 'svelte/attachments'

/** What opens over a screen has the focus at once; when it closes, what had it before has it again. */
export const takeFocus: Attachment<HTMLElement> = (element) => {
	const before = document.activeElement
	element.focus()
	return () => {
		if (before instanceof HTMLElement && before.isConnected) before.focus()
	}
}
