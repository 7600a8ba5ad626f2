import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { HidTelephonyConfig, VirtualPhoneConfig } from '../drivers/hid-telephony/config.ts'
import { TextLinesConfig } from '../drivers/microphones/config.ts'
import { OnvifConfig } from '../drivers/onvif/config.ts'
import { PelcoConfig } from '../drivers/pelco/config.ts'
import { ViscaIpConfig, ViscaSerialConfig, ViscaTcpConfig } from '../drivers/visca/config.ts'
import { ClassConfig } from './config-class.ts'
import { CounselConfig } from './config-counsel.ts'
import { RehearsalConfig } from './config-rehearsal.ts'
import { SsoConfig } from './config-sso.ts'
import { Feel } from './protocol/facilities.ts'

/** maru.yaml as one schema: every key, its range and its default. Unknown keys are faults. */

function section<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false, default: {} })
}

const id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const line = Type.String({ minLength: 1, maxLength: 80 })
const port = (value: number) => Type.Integer({ minimum: 1, maximum: 65535, default: value })
const host = (value: string) => Type.String({ minLength: 1, maxLength: 253, default: value })
const oneOf = <const T extends string>(values: readonly T[], value?: T) =>
	Type.Unsafe<T>({ type: 'string', enum: [...values], ...(value === undefined ? {} : { default: value }) })

/** What no router of the Internet passes on: RFC 1918, RFC 4193, and devices that nobody has given an address. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10']

const headerName = Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' })

/** Where a camera's picture comes from. */
const Video = Type.Union([
	Type.Object({ rtsp: Type.String({ pattern: '^rtsps?://' }) }, { additionalProperties: false }),
	/** Label of the capture device, as the browser names it. */
	Type.Object({ usb: line }, { additionalProperties: false }),
])

const cameraBase = {
	id,
	name: line,
	video: Type.Optional(Video),
	feel: Type.Optional(Feel),
	/** How much later than its sound this camera's picture comes, in milliseconds. */
	delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
}

/** Drivers by the name that the configuration uses, each with its own keys. */
export const cameraDrivers = {
	'visca-ip': Type.Object(
		{ ...cameraBase, driver: Type.Literal('visca-ip'), ...ViscaIpConfig.properties },
		{ additionalProperties: false },
	),
	'visca-tcp': Type.Object(
		{ ...cameraBase, driver: Type.Literal('visca-tcp'), ...ViscaTcpConfig.properties },
		{ additionalProperties: false },
	),
	'visca-serial': Type.Object(
		{ ...cameraBase, driver: Type.Literal('visca-serial'), ...ViscaSerialConfig.properties },
		{ additionalProperties: false },
	),
	onvif: Type.Object(
		{ ...cameraBase, driver: Type.Literal('onvif'), ...OnvifConfig.properties },
		{ additionalProperties: false },
	),
	'pelco-d': Type.Object(
		{ ...cameraBase, driver: Type.Literal('pelco-d'), ...PelcoConfig.properties },
		{ additionalProperties: false },
	),
	/** A camera that nobody moves: a picture and nothing else. */
	fixed: Type.Object({ ...cameraBase, driver: Type.Literal('fixed'), video: Video }, { additionalProperties: false }),
}

/** The hall's microphone system by its driver, as with cameras. */
export const microphoneDrivers = { 'text-lines': TextLinesConfig }

/** Keys that the design has and this version does not obey, or not with every value: told so by name. */
export const toCome = /^hub$/

export const ConfigSchema = Type.Object(
	{
		room: Type.Object(
			{
				name: line,
				language: oneOf(['ko', 'en'], 'ko'),
				/** Whom to call when something fails: a name, a number. Panels show it. */
				contact: Type.Optional(line),
			},
			{ additionalProperties: false },
		),
		/** What links use: a name that the certificate has. */
		publicUrl: Type.String({ pattern: '^(auto|https://[^/\\s]+)$', default: 'auto' }),
		/** The city's own, in two files that may be renewed at any time; without, an authority of ours signs one. */
		certificate: Type.Optional(
			Type.Object(
				{
					/** PEM: the server's, then those between. */
					chain: Type.String({ pattern: '^/', maxLength: 300 }),
					key: Type.String({ pattern: '^/', maxLength: 300 }),
				},
				{ additionalProperties: false },
			),
		),
		listen: section({
			/** This machine: stage, local panel, health. */
			http: section({ host: host('127.0.0.1'), port: port(8080) }),
			/** Everyone else. */
			https: section({ host: host('0.0.0.0'), port: port(8443) }),
			/** Proxies before us (nginx): by their word alone we know from where, and whether by TLS, somebody asks. */
			proxies: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 16, default: [] }),
			/** One port for each worker, counted up. */
			media: section({
				host: host('0.0.0.0'),
				announce: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, default: ['auto'] }),
				port: port(44300),
			}),
			/** Where rooms send their cameras. */
			feeds: section({
				host: host('127.0.0.1'),
				portRange: Type.Tuple([port(44400), port(44499)], { default: [44400, 44499] }),
			}),
		}),
		/** The city's own sign-in, beside accounts of this appliance. Needs `publicUrl`. */
		sso: Type.Optional(SsoConfig),
		/** The city's TURN server (coturn with use-auth-secret), for attendees whose network lets nothing else through. */
		turn: Type.Optional(
			Type.Object(
				{
					urls: Type.Array(Type.String({ pattern: '^turns?:[^\\s/]+$', maxLength: 300 }), { minItems: 1, maxItems: 8 }),
					secret: Type.String({ minLength: 1 }),
					/** All media goes by it, also where another way is open. */
					always: Type.Boolean({ default: false }),
				},
				{ additionalProperties: false },
			),
		),
		/** Who may watch what is relayed, and where. */
		relay: section({
			/** Sites whose pages may show the watch page in a frame. */
			embed: Type.Array(Type.String({ maxLength: 300 }), { maxItems: 32, default: [] }),
			/** 'staff': only those whom we know, by a link of their own or by the portal; 'open': also whoever has the shared link. */
			audience: oneOf(['open', 'staff'], 'open'),
			/** A portal before us that people sign in to: whoever comes through it is who its headers say. */
			identity: Type.Optional(
				Type.Object(
					{
						/** Names the person, always by the same word: `X-Remote-User`. */
						header: headerName,
						/** Says how they are shown; without it as `header` says. */
						name: Type.Optional(headerName),
						/** The portal's own addresses. From anywhere else these headers mean nothing. */
						from: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 32 }),
					},
					{ additionalProperties: false },
				),
			),
			/** Where segments are files as well, for an nginx before us that gives them by itself: a folder for these alone. */
			segmentsDir: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
			recordings: section({
				/** Days after its end a recording's file is removed, in the service's daily look. Null: when somebody does it. */
				keepDays: Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: 36_500 })], { default: null }),
			}),
		}),
		class: ClassConfig,
		/** The counter of 민원 상담. */
		counsel: Type.Optional(CounselConfig),
		/** The morning check. */
		rehearsal: RehearsalConfig,
		hub: oneOf(['embedded'], 'embedded'),
		stage: section({
			display: oneOf(['headless', 'kiosk'], 'headless'),
			/** 'virtual': the browser's own moving picture and beep instead of devices, for a demo and for tests. */
			devices: oneOf(['real', 'virtual'], 'real'),
			/**
			 * A second browser stands by for the stage, where that has no display, and one for the programme while it is relayed:
			 * what is lost is back two to four seconds sooner. Each takes 250 MB of memory and a twentieth of a core.
			 */
			standBy: Type.Boolean({ default: true }),
		}),
		audio: section({
			/**
			 * The capture device by its label, as the browser names it, or by the name of its card, with which that begins.
			 * 'default': the speakerphone's own where there is one, else the system's. 'none': this room sends no sound.
			 */
			input: Type.String({ default: 'default', minLength: 1, maxLength: 200 }),
			/** The playback device, by the same names. */
			output: Type.String({ default: 'default', minLength: 1, maxLength: 200 }),
			/** Who cancels the echo: the speakerphone, the stage's browser, or nobody here (a mixer does, or there is none). */
			processing: oneOf(['device', 'browser', 'none'], 'device'),
			/** How late the room's sound comes in, in milliseconds (a mixer's own delay). Cameras are late by so much less. */
			delayMs: Type.Integer({ minimum: 0, maximum: 1_000, default: 0 }),
		}),
		/** The device with call control: its hook, mute and lamps; its sound is found by it. Without one nothing is amiss. */
		speakerphone: Type.Union([Type.Literal('none'), HidTelephonyConfig, VirtualPhoneConfig], {
			default: { driver: 'hid-telephony', match: 'auto' },
		}),
		/**
		 * Networks in which cameras and microphones may be. What is set up on the console, or what a name means, is refused
		 * elsewhere; an address that stands in this file is not.
		 */
		deviceNetworks: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
			maxItems: 64,
			default: privateNetworks,
		}),
		/** The conference microphones of the hall; checked by their driver, see config.ts. */
		microphones: Type.Unsafe<'none' | TextLinesConfig>({ default: 'none' }),
		cameras: Type.Array(
			Type.Object({ driver: Type.String() }), // the rest by its driver, see config.ts
			{ default: [], maxItems: 16 },
		),
		seats: Type.Array(
			Type.Object(
				{ id, name: line, camera: Type.Optional(id), preset: Type.Optional(Type.Integer({ minimum: 0, maximum: 99 })) },
				{ additionalProperties: false },
			),
			{ default: [], maxItems: 200 },
		),
	},
	{ additionalProperties: false },
)

type CameraDriver = keyof typeof cameraDrivers
export type CameraConfig = Static<(typeof cameraDrivers)[CameraDriver]>
export type Config = Omit<Static<typeof ConfigSchema>, 'cameras'> & { cameras: CameraConfig[] }

/** A room of this name with every default and no devices. */
export function defaultConfig(name: string): Config {
	return Value.Default(ConfigSchema, { room: { name } }) as Config
}
