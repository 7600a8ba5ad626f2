import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Sound cards as ALSA names them. A service has no login session and so no PipeWire: Chromium then opens ALSA's devices
 * itself, which needs the group `audio` and nothing else. A card is the same by name either way: ALSA's device is called
 * '<card>, <pcm>', and PipeWire's description begins with the card as well.
 */
export interface Card {
	readonly index: number
	/** 'Jabra SPEAK 510 USB': how the labels of its devices begin. */
	readonly name: string
	/** sysfs path of the USB device that it belongs to; null: it belongs to none. */
	readonly usb: string | null
}

/** ` 1 [USB            ]: USB-Audio - Jabra SPEAK 510 USB` (sound/core/init.c, snd_card_info_read). */
const line = /^\s*(\d+) \[.{15}\]: .+? - (.+)$/gm

/** Those that there are now. `root`: of /proc and /sys. */
export function readCards(root = '/'): Card[] {
	const listed = read(join(root, 'proc/asound/cards'))
	return [...listed.matchAll(line)].map(([, index = '', name = '']) => ({
		index: Number(index),
		name: name.trim(),
		usb: usbOf(join(root, 'sys/class/sound', `card${index}`, 'device')),
	}))
}

/** The card of a USB device that has call control as well; null: it has none, or nobody knows of which device it is. */
export function cardOf(cards: readonly Card[], usb: string | null): Card | null {
	return (usb !== null && cards.find((card) => card.usb === usb)) || null
}

/** A card hangs on an interface of its device (1-2:1.0), call control on another one (1-2:1.3). */
function usbOf(device: string): string | null {
	try {
		return /^(.*\/\d+-[\d.]+)\/\d+-[\d.]+:\d+\.\d+$/.exec(realpathSync(device))?.[1] ?? null
	} catch {
		return null
	}
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8')
	} catch {
		return '' // this machine has no sound, or none yet
	}
}
