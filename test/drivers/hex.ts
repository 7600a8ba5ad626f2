import { readFileSync } from 'node:fs'

/** Bytes in the manual's notation: '81 01 06 04 FF'. */
export function bytes(notation: string): Uint8Array {
	return Uint8Array.from(notation.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** The manual's notation of bytes. */
export function notation(packet: Uint8Array): string {
	return Array.from(packet, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
}

/** A captured conversation of test/fixtures. */
export function fixture(name: string): { sent: boolean; bytes: Uint8Array; what: string }[] {
	const text = readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
	return [...text.matchAll(/^([<>]) ((?:[0-9A-F]{2} )+) *(\S.*)$/gm)].map(([, way, hex = '', what = '']) => ({
		sent: way === '>',
		bytes: bytes(hex),
		what,
	}))
}
