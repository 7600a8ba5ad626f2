import { type Static, Type } from 'typebox'

const id = Type.Integer({ minimum: 1, maximum: 0xffff })

/** A USB speakerphone, headset or desk phone with call control. */
export const HidTelephonyConfig = Type.Object(
	{
		driver: Type.Literal('hid-telephony'),
		/** 'auto': the best that is plugged in, of equal ones the first port. Ids as `lsusb` shows them: 0x0b0e. */
		match: Type.Union(
			[
				Type.Literal('auto'),
				Type.Object(
					{
						vendorId: id,
						productId: Type.Optional(id),
						serial: Type.Optional(Type.String({ minLength: 1, maxLength: 126 })),
					},
					{ additionalProperties: false },
				),
			],
			{ default: 'auto' },
		),
	},
	{ additionalProperties: false },
)
export type HidTelephonyConfig = Static<typeof HidTelephonyConfig>

/** A phone of `drivers/virtual/phone-server.ts`: for the demo room, and for tests without a kernel of their own. */
export const VirtualPhoneConfig = Type.Object(
	{
		driver: Type.Literal('virtual-phone'),
		host: Type.String({ minLength: 1, maxLength: 253 }),
		port: Type.Integer({ minimum: 1, maximum: 65_535 }),
	},
	{ additionalProperties: false },
)
export type VirtualPhoneConfig = Static<typeof VirtualPhoneConfig>
