import { writeFileSync } from 'node:fs'

/** A steady tone (PCM, 16 bit, 48 kHz, mono, two seconds) for Chromium's fake microphone, so that silence means silence. */
export function writeTone(path: string, hertz = 440) {
	const rate = 48_000
	const samples = rate * 2
	const bytes = Buffer.alloc(44 + samples * 2)
	bytes.write('RIFF', 0)
	bytes.writeUInt32LE(36 + samples * 2, 4)
	bytes.write('WAVEfmt ', 8)
	bytes.writeUInt32LE(16, 16)
	bytes.writeUInt16LE(1, 20)
	bytes.writeUInt16LE(1, 22)
	bytes.writeUInt32LE(rate, 24)
	bytes.writeUInt32LE(rate * 2, 28)
	bytes.writeUInt16LE(2, 32)
	bytes.writeUInt16LE(16, 34)
	bytes.write('data', 36)
	bytes.writeUInt32LE(samples * 2, 40)
	for (let i = 0; i < samples; i++) {
		bytes.writeInt16LE(Math.round(Math.sin((2 * Math.PI * hertz * i) / rate) * 12_000), 44 + i * 2)
	}
	writeFileSync(path, bytes, { mode: 0o644 })
}
