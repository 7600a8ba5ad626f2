import { type Static, Type } from 'typebox'
import type { Placed } from './config-faults.ts'
import { accountRoles } from './protocol/roles.ts'
import { Line } from './protocol/text.ts'

/** The city's own sign-in (OpenID Connect): where it is, and whom of its people it gives which role here. */

const word = Type.String({ minLength: 1, maxLength: 200 })

export const SsoConfig = Type.Object(
	{
		/** As the provider itself says it, without `/.well-known/…` behind. */
		issuer: Type.String({ pattern: '^https://[^\\s?#]+$', maxLength: 300 }),
		clientId: word,
		clientSecret: word,
		/** Beside `openid`. */
		scopes: Type.Array(Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,100}$' }), {
			maxItems: 16,
			default: ['profile'],
		}),
		/** What of a person says which role they have: `groups`, or a way into it as `realm_access.roles`. */
		claim: word,
		/** The first that has a value of this person is their role, and their only one. Who has none is not let in. */
		roles: Type.Array(
			Type.Object(
				{
					role: Type.Unsafe<(typeof accountRoles)[number]>({ type: 'string', enum: [...accountRoles] }),
					values: Type.Array(word, { minItems: 1, maxItems: 64 }),
				},
				{ additionalProperties: false },
			),
			{ minItems: 1, maxItems: 16 },
		),
		/** By what people are shown. */
		nameClaim: Type.String({ minLength: 1, maxLength: 200, default: 'name' }),
		/** What stands on the button. */
		button: Type.Object(
			{ ko: Line, en: Line },
			{ additionalProperties: false, default: { ko: '통합 로그인', en: 'Single sign-on' } },
		),
		/** The authority of the provider's certificate, where browsers do not know it by themselves. */
		ca: Type.Optional(Type.String()),
	},
	{ additionalProperties: false },
)
export type SsoConfig = Static<typeof SsoConfig>

/** What no key of `sso` can tell alone. `value`: the whole configuration. */
export function ssoFaults({ sso, publicUrl }: Record<string, unknown>): Placed[] {
	if (typeof sso !== 'object' || sso === null) return []
	const { roles, ca } = sso as { roles?: unknown; ca?: unknown }
	const faults = sameValueFaults(roles)
	if (publicUrl === 'auto') {
		const message =
			"sso needs 'publicUrl': the provider leads back to that very address, and knows it as https://name/sign-in/sso/callback"
		faults.push({ path: ['sso'], message })
	}
	if (typeof ca === 'string' && ca !== 'unread' && !ca.includes('-----BEGIN CERTIFICATE-----')) {
		faults.push({ path: ['sso', 'ca'], message: 'the file holds no certificate in PEM' })
	}
	return faults
}

/** A value of two roles is a slip: the second would never be given by it. */
function sameValueFaults(roles: unknown): Placed[] {
	const seen = new Set<unknown>()
	return (Array.isArray(roles) ? roles : []).flatMap((entry, i) => {
		const { values } = { ...(entry as { values?: unknown } | null) }
		return (Array.isArray(values) ? values : []).flatMap((value, j) => {
			if (!seen.has(value)) {
				seen.add(value)
				return []
			}
			return [{ path: ['sso', 'roles', i, 'values', j], message: `the value '${value}' has a role already` }]
		})
	})
}
