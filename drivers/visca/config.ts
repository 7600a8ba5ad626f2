import { type Static, Type } from 'typebox'

const range = Type.Tuple([Type.Number(), Type.Number()])

/** The part of the configuration that is this driver's. Apart from the driver, whose process has no use for schemas. */
export const ViscaIpConfig = Type.Object(
	{
		host: Type.String({ minLength: 1, maxLength: 253 }),
		port: Type.Integer({ minimum: 1, maximum: 65535, default: 52381 }),
		/** 52381 for cameras that answer to that port of the host; several then share it. */
		localPort: Type.Integer({ minimum: 0, maximum: 65535, default: 0 }),
		/** Default 'sony'. 'sony-uncounted': the header, without counting (NewTek PTZ1); 'raw': no header (UDP 1259). */
		framing: Type.Optional(Type.Union([Type.Literal('sony'), Type.Literal('sony-uncounted'), Type.Literal('raw')])),
		/** Overrules what is known of the model: steps for one degree, travel in degrees, speeds. */
		model: Type.Optional(
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
		),
	},
	{ additionalProperties: false },
)
export type ViscaIpConfig = Static<typeof ViscaIpConfig>
