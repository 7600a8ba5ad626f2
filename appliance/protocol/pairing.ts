import { type Static, Type } from 'typebox'
import { Id, Line } from './text.ts'

/** Pairing: a tablet shows six digits, somebody with the right types them, and the tablet is a panel from then on. */

const closed = { additionalProperties: false }
/** One coordinate of a point on P-256, in base64url. */
const coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })

/** The public half of a key whose other half never leaves the tablet. */
export const PairingRequest = Type.Object({ key: Type.Object({ x: coordinate, y: coordinate }, closed) }, closed)
export type PairingRequest = Static<typeof PairingRequest>

/** `leftMs` rather than a time: a tablet's clock may be anything. */
export interface PairingCode {
	id: string
	code: string
	leftMs: number
	/** Of this house, for a page that knows nothing else of it. */
	language: 'ko' | 'en'
}

export interface PairingStanding {
	/** 'gone': it is over, ask for another one. */
	state: 'open' | 'approved' | 'gone'
	leftMs: number
}

/** The signature (ECDSA, SHA-256, 64 bytes in base64url) of what pairing-text.ts says. */
export const PairingProof = Type.Object({ proof: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }) }, closed)

export const SixDigits = Type.String({ pattern: '^[0-9]{6}$' })
export const PairingLook = Type.Object({ code: SixDigits }, closed)

/** Who shows a code, for the one who is about to let it in. */
export interface PairingAsk {
	id: string
	address: string
	/** 'Chrome · Android': what it says of itself. */
	browser: string
	at: number
	leftMs: number
}

export const mostHours = 24 * 90
/** Without `hours`: until it is revoked. */
export const PairingApproval = Type.Object(
	{ name: Line, hours: Type.Optional(Type.Integer({ minimum: 1, maximum: mostHours })) },
	closed,
)
export type PairingApproval = Static<typeof PairingApproval>
export const PanelId = Type.Object({ id: Id }, closed)

/** A panel or tablet that was let in. */
export interface PanelView {
	id: string
	name: string
	browser: string
	address: string
	since: number
	/** Null: until it is revoked. */
	until: number | null
	/** Whether it is connected now, and when it was last. Null: it has not come yet. */
	here: boolean
	seenAt: number | null
}

export const PinBody = Type.Object({ pin: SixDigits }, closed)

export interface PinView {
	set: boolean
	/** Since when there is this one. */
	at: number | null
}

/** How a panel's settings are locked: `leftMs` until they lock themselves (0: they are locked), `waitMs` until a PIN may be tried. */
export interface LockView {
	set: boolean
	waitMs: number
	leftMs: number
}

/** What those who look after the machine want to know of it, standing before it. */
export interface MachineView {
	/** Addresses of this machine, and where its pages are found. */
	addresses: string[]
	outside: string
	fingerprint: string | null
	build: string
	startedAt: number
	/** Of the disk that keeps everything; null: it does not say. */
	disk: { freeBytes: number; wholeBytes: number } | null
	cameras: { name: string; driver: string; at: string }[]
	/** This panel, where it was paired. */
	panel: { name: string; since: number; until: number | null } | null
}
