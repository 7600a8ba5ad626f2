import type { CameraCapabilities, CameraHealth, CameraVideo, Position, Velocity } from '../camera.ts'
import type { Limits } from './motion.ts'

/**
 * One open connection to one camera, told and asked by `PtzCamera` (camera.ts beside this), which alone decides: what
 * was told, what is due, whether the camera's own positions prove it. Each protocol has one. Rejections are DeviceErrors:
 * 'timeout' (no answer), 'rejected' (refused, or something newer moves it), 'lost' (closed).
 */
export interface Mechanism {
	/** Fixed once `begin` has resolved. */
	readonly capabilities: CameraCapabilities
	/** Travel in the unit of its positions, left and down first. */
	readonly limits: Limits
	readonly firmware: string | null
	readonly video: CameraVideo | null
	/** How often a movement that does not change must be told again so that the camera goes on; null: never. */
	readonly renewMs: number | null
	/**
	 * Whether `moveTo`, `home` and `recallSlot` resolve when the camera is there, rather than when it has taken the order. One
	 * that cannot tell where it is either moves unseen: it resolves when it should be there, and nobody calls that an arrival.
	 */
	readonly completes: boolean
	/** How often it is asked where it is while it moves, and while it stands. */
	readonly pollMs: { readonly moving: number; readonly idle: number }
	/**
	 * The opening conversation; its first act is a stop of every axis. Rejects with 'unreachable' when nothing answers.
	 * Resolves with the first position; null: this camera cannot tell, so that what it acknowledges must do.
	 */
	begin(): Promise<Position | null>
	/** What this camera makes of a velocity: it goes in steps. Two that come out equal are the same movement. */
	quantise(velocity: Velocity): Velocity
	/**
	 * Quantised; the newest call wins. On the wire, as far as the transport is free, when the call returns. Resolves when
	 * the camera has acknowledged it, or a newer one took its place. `changed`: what differs from the last telling.
	 */
	drive(velocity: Velocity, changed: { panTilt: boolean; zoom: boolean }): Promise<unknown>
	/** Every axis and the lens, passing every queue. Resolves when acknowledged. */
	stop(): Promise<unknown>
	/** For a camera that acknowledges its stop and moves on: by other means. Told again while it moves. */
	stopHarder(): void
	/** The position's unit is one of `capabilities`. A refusal to set the focus is for `setFocus`. */
	moveTo(position: Position, speed: number): Promise<unknown>
	home(): Promise<unknown>
	recallSlot(slot: number): Promise<unknown>
	saveSlot(slot: number): Promise<unknown>
	focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<unknown>
	/** Null: the lens focuses by itself. 0 near .. 1 far. */
	setFocus(focus: number | null): Promise<unknown>
	/** Null: it cannot tell. With `focus` also how the lens stands: only when asked for, because each question costs time. */
	look(withFocus: boolean): Promise<Position | null>
	/** Anything that it must answer, for a camera that can't tell where it is. A blind line resolves at once. */
	ping(): Promise<unknown>
	/**
	 * For one that shares its line: whether a look takes long because the camera is silent, rather than because others are
	 * asked first.
	 */
	isSilent?(): boolean
	health(): CameraHealth
	/** What waits is rejected with 'lost'. */
	close(): void
	/** Settles once when the transport itself ends; never where it cannot tell (datagrams). */
	readonly ended: Promise<unknown>
}
