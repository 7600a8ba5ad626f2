import { type Static, Type } from 'typebox'

/** The morning check (`maru rehearse`): when it is begun by itself, and who is told. Without it people begin it. */

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

export const RehearsalConfig = Type.Object(
	{
		/** By the clock of this machine. Absent: it is begun by people alone. */
		at: Type.Optional(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })),
		days: Type.Array(Type.Unsafe<(typeof weekdays)[number]>({ type: 'string', enum: [...weekdays] }), {
			minItems: 1,
			uniqueItems: true,
			default: ['mon', 'tue', 'wed', 'thu', 'fri'],
		}),
		/** It is not begun where a meeting is to begin within so long. */
		clearMinutes: Type.Integer({ minimum: 5, maximum: 240, default: 30 }),
		/** Whether a recording is tried, of which nothing is kept. */
		recording: Type.Boolean({ default: true }),
		/** How old the last backup may be. */
		backupDays: Type.Integer({ minimum: 1, maximum: 365, default: 2 }),
		/** Each report is sent there as JSON, signed with the secret. */
		webhook: Type.Optional(
			Type.Object(
				{
					url: Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 300 }),
					secret: Type.String({ minLength: 1 }),
				},
				{ additionalProperties: false },
			),
		),
	},
	{ additionalProperties: false, default: {} },
)
export type RehearsalConfig = Static<typeof RehearsalConfig>
