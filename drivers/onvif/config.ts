import { type Static, Type } from 'typebox'

const degrees = Type.Number({ minimum: -720, maximum: 720 })
const ends = Type.Tuple([degrees, degrees])

/** The part of the configuration that is this driver's. Apart from the driver, whose process has no use for schemas. */
export const OnvifConfig = Type.Object(
	{
		host: Type.String({ minLength: 1, maxLength: 253 }),
		port: Type.Integer({ minimum: 1, maximum: 65535, default: 80 }),
		/** Its certificate, which nobody has signed, is trusted when it is seen first. */
		https: Type.Optional(Type.Boolean()),
		/** Absent: the camera lets everybody in. */
		username: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
		password: Type.Optional(Type.String({ maxLength: 200 })),
		/** Which camera this is, whatever its address is tomorrow. */
		uuid: Type.Optional(Type.String({ maxLength: 120 })),
		/**
		 * For a camera that tells no degrees: what the ends of its range are, left and down first. One whose positions count
		 * against its velocities has them the other way round: [170, -170].
		 */
		travel: Type.Optional(Type.Object({ pan: ends, tilt: ends }, { additionalProperties: false })),
	},
	{ additionalProperties: false },
)
export type OnvifConfig = Static<typeof OnvifConfig>
