import { type DeskView, deskTabs } from './view.svelte.ts'

/**
 * A desk by keyboard: the arrows walk through what carries `data-row` (Enter is the browser's own press), letters press
 * what carries their `data-shortcut`, figures change the tab.
 */
export function keyboard(event: KeyboardEvent, view: DeskView) {
	if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || view.sheet !== null) return
	const { target } = event
	const typing = target instanceof HTMLElement && target.matches('input, textarea, select')
	if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
		if (typing && !(target instanceof HTMLInputElement && target.type === 'search')) return
		if (walk(event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault()
		return
	}
	if (typing) {
		if (event.key === 'Escape') target.blur()
		return
	}
	if (event.key === '?') return view.open({ kind: 'help' })
	const tab = deskTabs[Number(event.key) - 1]
	if (tab) return view.go(tab)
	// The letter's own key counts: with a Korean keyboard KeyN types ㅜ.
	const letter = event.key === '/' ? '/' : event.code.replace(/^Key/, '').toLowerCase()
	const control = document.querySelector<HTMLElement>(`.desk [data-shortcut="${CSS.escape(letter)}"]`)
	if (!control) return
	event.preventDefault()
	if (control instanceof HTMLInputElement) control.focus()
	else control.click()
}

/** To the next row, or the first. False: there is none. */
function walk(by: 1 | -1): boolean {
	const rows = [...document.querySelectorAll<HTMLElement>('.desk [data-row]:not(:disabled)')]
	const now = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1
	const next = now < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, now + by))]
	next?.focus()
	next?.scrollIntoView?.({ block: 'nearest' })
	return next !== undefined
}
