/** How large a picture is, from its head alone: nothing is decoded. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp'

/** Null: the head does not say. PNG (ISO 15948 §11.2.2), JPEG (T.81 §B.2.2), WebP (RFC 9649 §2). */
export function sizeOfImage(head: Buffer, type: ImageType): { width: number; height: number } | null {
	try {
		const size = sizes[type](head)
		return size && size.width > 0 && size.height > 0 ? size : null
	} catch (error) {
		// It ends before it says.
		if (error instanceof RangeError) return null
		throw error
	}
}

const sizes: Record<ImageType, (head: Buffer) => { width: number; height: number } | null> = {
	'image/png': (head) =>
		head.toString('latin1', 12, 16) === 'IHDR' ? { width: head.readUInt32BE(16), height: head.readUInt32BE(20) } : null,
	'image/jpeg': sizeOfJpeg,
	'image/webp': sizeOfWebp,
}

/** From marker to marker until one that begins a frame; a thumbnail lies within APP1 and is passed over with it. */
function sizeOfJpeg(head: Buffer) {
	for (let at = 2; ; ) {
		if (head.readUInt8(at) !== 0xff) return null
		const marker = head.readUInt8(at + 1)
		if (marker === 0xff) {
			at += 1 // padding
			continue
		}
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
		if (isFrame) return { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) }
		// The scan, or the end, and still no frame.
		if (marker === 0xda || marker === 0xd9) return null
		at += 2 + head.readUInt16BE(at + 2)
	}
}

function sizeOfWebp(head: Buffer) {
	switch (head.toString('latin1', 12, 16)) {
		case 'VP8 ':
			return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }
		case 'VP8L': {
			const bits = head.readUInt32LE(21)
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
		}
		case 'VP8X':
			return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
		default:
			return null
	}
}
