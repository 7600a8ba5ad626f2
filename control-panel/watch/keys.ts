/** What keys do while nothing is being typed: as in every player. */

export type KeyAct = 'toggle' | 'mute' | 'fullscreen' | 'back' | 'forward' | 'live' | 'captions' | 'louder' | 'quieter'

const acts: Readonly<Record<string, KeyAct>> = {
	' ': 'toggle',
	k: 'toggle',
	m: 'mute',
	f: 'fullscreen',
	ArrowLeft: 'back',
	ArrowRight: 'forward',
	ArrowUp: 'louder',
	ArrowDown: 'quieter',
	l: 'live',
	c: 'captions',
}
/** With a Korean keyboard the same keys write these. */
const hangul: Readonly<Record<string, string>> = { ㅏ: 'k', ㅡ: 'm', ㄹ: 'f', ㅣ: 'l', ㅊ: 'c' }

interface Pressed {
	key: string
	ctrlKey: boolean
	metaKey: boolean
	altKey: boolean
}

/** `on`: what has the focus. Null: the key is for that, or for nobody. */
export function actOf(
	{ key, ctrlKey, metaKey, altKey }: Pressed,
	on: { typing: boolean; control: boolean },
): KeyAct | null {
	if (ctrlKey || metaKey || altKey || on.typing) return null
	// A focused button or slider has uses of its own for these.
	if (on.control && (key === ' ' || key.startsWith('Arrow'))) return null
	return acts[hangul[key] ?? (key.length === 1 ? key.toLowerCase() : key)] ?? null
}
