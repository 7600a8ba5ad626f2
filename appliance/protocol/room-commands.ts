import { type Static, Type } from 'typebox'
import { SixDigits } from './pairing.ts'
import { operating, type Role } from './roles.ts'
import { Id, Line } from './text.ts'

/** What a panel may ask of the room, who may ask it, and its shape. The only list there is. */

const fraction = Type.Number({ minimum: -1, maximum: 1 })
const slot = Type.Integer({ minimum: 0, maximum: 99 })
const none = Type.Object({}, { additionalProperties: false })

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

export const roomCommands = {
	/** Joins today's open or next meeting; opens one at once where there is none. */
	'room.start': { roles: operating, body: shape({ title: Type.Optional(Line) }) },
	/** A link, or the id of one of today's meetings. */
	'room.join': {
		roles: operating,
		body: shape({ link: Type.Optional(Type.String({ maxLength: 4096 })), meeting: Type.Optional(Id) }),
	},
	'room.leave': { roles: operating, body: none },
	/** Closes the meeting for all. */
	'room.end': { roles: operating, body: none },
	'room.mute': { roles: operating, body: shape({ muted: Type.Boolean() }) },
	/** 0..100, of what is played in the room. */
	'room.volume': { roles: operating, body: shape({ volume: Type.Integer({ minimum: 0, maximum: 100 }) }) },
	/** The ring that a panel shows, by its id: another one may have come meanwhile. */
	'room.answer': { roles: operating, body: shape({ ring: Id }) },
	'room.reject': { roles: operating, body: shape({ ring: Id }) },
	/** Stays in the meeting although somebody hung up at the speakerphone. */
	'room.stay': { roles: operating, body: none },
	/** Measures the microphone for whoever asks, 15 s from the last time. `on` false: no longer. */
	'sound.listen': { roles: operating, body: shape({ on: Type.Boolean() }) },
	/** Plays a tone; answers when it has been heard of. */
	'sound.tone': { roles: operating, body: none },
	/** Waits 30 s for the speakerphone's mute key, which mutes nothing then. Refused in a meeting, where it counts. */
	'sound.key': { roles: operating, body: shape({ on: Type.Boolean() }) },
	/** The morning check, now. Refused where a meeting is on or about to begin. */
	'rehearsal.start': { roles: operating, body: none },
	/** Ends it; whatever it moves stops. */
	'rehearsal.stop': { roles: operating, body: none },
	/** Renewed every 150 ms while a finger is down; stops by itself 400 ms after the last one. */
	'camera.move': { roles: operating, body: shape({ camera: Id, pan: fraction, tilt: fraction, zoom: fraction }) },
	'camera.stop': { roles: operating, body: shape({ camera: Id }) },
	'camera.home': { roles: operating, body: shape({ camera: Id }) },
	/** Takes or gives back the right to drive a camera. */
	'camera.lease': { roles: operating, body: shape({ camera: Id, take: Type.Boolean() }) },
	/** Near and far run until 'stop', which is also what 400 ms without renewal and a lost panel mean. */
	'camera.focus': {
		roles: operating,
		body: shape({
			camera: Id,
			mode: Type.Unsafe<'auto' | 'near' | 'far' | 'stop'>({ type: 'string', enum: ['auto', 'near', 'far', 'stop'] }),
		}),
	},
	/** A slot that has a view is overwritten: panels ask before, and `preset.undo` brings it back. */
	'preset.save': { roles: operating, body: shape({ camera: Id, slot, name: Line }) },
	'preset.recall': { roles: operating, body: shape({ camera: Id, slot }) },
	'preset.remove': { roles: operating, body: shape({ camera: Id, slot }) },
	/** Brings back the view that was overwritten or removed last. */
	'preset.undo': { roles: operating, body: shape({ camera: Id }) },
} as const satisfies Record<string, { roles: readonly Role[]; body: Type.TSchema }>

/**
 * The settings of a panel that IT owns, asked on the same socket. What is `locked` a panel may only after it was shown the
 * admin PIN; language, colours and sound checks are everybody's and ask nobody.
 */
export const settingsCommands = {
	/** → LockView. */
	'settings.standing': { roles: operating, body: none },
	/** Opens them for five minutes → LockView. Five wrong ones, then a wait that grows. */
	'settings.unlock': { roles: operating, body: shape({ pin: SixDigits }) },
	'settings.lock': { roles: operating, body: none },
	/** → MachineView. */
	'settings.read': { roles: operating, body: none, locked: true },
	/** This panel's own token opens nothing any more. */
	'settings.unpair': { roles: operating, body: none, locked: true },
} as const satisfies Record<string, { roles: readonly Role[]; body: Type.TSchema; locked?: true }>

export type SettingsCommand = {
	[T in keyof typeof settingsCommands]: { type: T } & Static<(typeof settingsCommands)[T]['body']>
}[keyof typeof settingsCommands]

export type RoomCommandType = keyof typeof roomCommands
export type RoomCommand = {
	[T in RoomCommandType]: { type: T } & Static<(typeof roomCommands)[T]['body']>
}[RoomCommandType]
