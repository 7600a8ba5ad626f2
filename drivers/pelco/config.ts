import { type Static, Type } from 'typebox'

const range = Type.Tuple([Type.Number(), Type.Number()])

/** The part of the configuration that is this driver's. Apart from the driver, whose process has no use for schemas. */
export const PelcoConfig = Type.Object(
	{
		/** Best below /dev/serial/by-id. Several domes may name the same line. */
		path: Type.String({ minLength: 1, maxLength: 255 }),
		baudRate: Type.Integer({ minimum: 1_200, maximum: 115_200, default: 2_400 }),
		address: Type.Integer({ minimum: 1, maximum: 255, default: 1 }),
		/** Nothing can come back: it is driven without being asked, and nobody claims to know what it does. */
		blind: Type.Optional(Type.Boolean()),
		/** In degrees, left and down first. Default: pan without end, tilt from straight down to the horizon. */
		travel: Type.Optional(Type.Object({ pan: range, tilt: range }, { additionalProperties: false })),
		/** Overrules what the manual says of positions and presets. */
		model: Type.Optional(
			Type.Partial(
				Type.Object(
					{
						/** Steps for one degree; negative where pan runs from right to left, tilt downwards. */
						panPerDegree: Type.Number(),
						tiltPerDegree: Type.Number(),
						/** Zoom position at the wide and at the tele end. */
						zoom: Type.Tuple([Type.Integer(), Type.Integer()]),
						/** Places in its own memory. */
						presets: Type.Integer({ minimum: 1, maximum: 80 }),
					},
					{ additionalProperties: false },
				),
			),
		),
	},
	{ additionalProperties: false },
)
export type PelcoConfig = Static<typeof PelcoConfig>
