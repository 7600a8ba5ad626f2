import { Type } from 'typebox'
import { Line } from './protocol/text.ts'

/** A class (교육): who gives its certificates (수료증). */
export const ClassConfig = Type.Object(
	{
		certificate: Type.Object(
			{
				/** The body that gives them (발급 기관). Absent: the name of the room. */
				issuer: Type.Optional(Line),
				issuerEn: Type.Optional(Line),
				/** Who signs, with office and name (발급자). Absent: nobody does, and the issuer stands alone. */
				signer: Type.Optional(Line),
				signerEn: Type.Optional(Line),
			},
			{ additionalProperties: false, default: {} },
		),
	},
	{ additionalProperties: false, default: {} },
)
