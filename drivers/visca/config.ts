import { type Static, Type } from 'typebox'

const range = Type.Tuple([Type.Number(), Type.Number()])

/** Overrules what is known of the model: steps for one degree, travel in degrees, speeds. */
const model = Type.Optional(
	Type.Partial(
		Type.Object(
			{
				panPerDegree: Type.Number(),
				tiltPerDegree: Type.Number(),
				pan: range,
				tilt: range,
				zoomTele: Type.Integer({ minimum: 1, maximum: 0x4000 }),
				panSpeeds: Type.Integer({ minimum: 1, maximum: 24 }),
				tiltSpeeds: Type.Integer({ minimum: 1, maximum: 24 }),
			},
			{ additionalProperties: false },
		),
	),
)
const host = Type.String({ minLength: 1, maxLength: 253 })
const port = (value: number) => Type.Integer({ minimum: 1, maximum: 65535, default: value })

/** The part of the configuration that is a driver's. Apart from the drivers, whose process has no use for schemas. */
export const ViscaIpConfig = Type.Object(
	{
		host,
		port: port(52381),
		/** 52381 for cameras that answer to that port of the host; several then share it. */
		localPort: Type.Integer({ minimum: 0, maximum: 65535, default: 0 }),
		/** Default 'sony'. 'sony-uncounted': the header, without counting (NewTek PTZ1); 'raw': no header (UDP 1259). */
		framing: Type.Optional(Type.Union([Type.Literal('sony'), Type.Literal('sony-uncounted'), Type.Literal('raw')])),
		model,
	},
	{ additionalProperties: false },
)
export type ViscaIpConfig = Static<typeof ViscaIpConfig>

export const ViscaTcpConfig = Type.Object({ host, port: port(5678), model }, { additionalProperties: false })
export type ViscaTcpConfig = Static<typeof ViscaTcpConfig>

export const ViscaSerialConfig = Type.Object(
	{
		/** Best below /dev/serial/by-id, which stays the same. Cameras of one line say the same path and speed. */
		path: Type.String({ minLength: 1, maxLength: 255 }),
		baudRate: Type.Integer({ minimum: 1_200, maximum: 250_000, default: 9_600 }),
		/** Its place in the daisy chain, or what its switch says on a line that has no chain. */
		address: Type.Integer({ minimum: 1, maximum: 7, default: 1 }),
		/** Only its receiving wire is connected: it is told everything and asked nothing. */
		blind: Type.Optional(Type.Boolean()),
		model,
	},
	{ additionalProperties: false },
)
export type ViscaSerialConfig = Static<typeof ViscaSerialConfig>
