import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cardOf, readCards } from '../../appliance/room/cards.ts'

/** A machine's own sound and two USB devices, as a kernel lists them (6.1, HDA Intel and snd-usb-audio). */
const listed = ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0x6012118000 irq 145
 1 [USB            ]: USB-Audio - Jabra SPEAK 510 USB
                      Jabra SPEAK 510 USB at usb-0000:00:14.0-2, full speed
 2 [USB_1          ]: USB-Audio - Jabra SPEAK 510 USB
                      Jabra SPEAK 510 USB at usb-0000:00:14.0-1.3, full speed
`
const pci = 'sys/devices/pci0000:00/0000:00:1f.3'
const usb = (port: string) => `sys/devices/pci0000:00/0000:00:14.0/usb1/1-${port}`

let root: string

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'maru-cards-'))
	mkdirSync(join(root, 'proc/asound'), { recursive: true })
	writeFileSync(join(root, 'proc/asound/cards'), listed)
	card(0, pci)
	card(1, `${usb('2')}/1-2:1.0`)
	card(2, `${usb('1')}/1-1.3/1-1.3:1.0`)
})
afterEach(() => rmSync(root, { recursive: true }))

function card(index: number, device: string) {
	mkdirSync(join(root, device), { recursive: true })
	mkdirSync(join(root, `sys/class/sound/card${index}`), { recursive: true })
	symlinkSync(join(root, device), join(root, `sys/class/sound/card${index}/device`))
}

test('a card is known by the USB device that has its call control as well, also where two are alike', () => {
	const cards = readCards(root)
	expect(cards.map(({ index, name }) => [index, name])).toEqual([
		[0, 'HDA Intel PCH'],
		[1, 'Jabra SPEAK 510 USB'],
		[2, 'Jabra SPEAK 510 USB'],
	])
	expect(cardOf(cards, join(root, usb('2')))?.index).toBe(1)
	expect(cardOf(cards, join(root, usb('1'), '1-1.3'))?.index).toBe(2)
	expect(cardOf(cards, join(root, usb('1')))).toBeNull()
	expect(cardOf(cards, null)).toBeNull()
})

test('a machine without sound has no cards', () => {
	expect(readCards(join(root, 'nowhere'))).toEqual([])
})
