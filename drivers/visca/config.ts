import { type Static, Type } from 'typebox'

/** The part of the configuration that is this driver's. Apart from the driver, whose process has no use for schemas. */
export const ViscaIpConfig = Type.Object(
	{
		host: Type.String({ minLength: 1, maxLength: 253 }),
		port: Type.Integer({ minimum: 1, maximum: 65535, default: 52381 }),
		/** 52381 for cameras that answer to that port of the host; several then share it. */
		localPort: Type.Integer({ minimum: 0, maximum: 65535, default: 0 }),
	},
	{ additionalProperties: false },
)
export type ViscaIpConfig = Static<typeof ViscaIpConfig>
