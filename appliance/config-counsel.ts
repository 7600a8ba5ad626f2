import { type Static, Type } from 'typebox'
import type { Department, Topic } from './protocol/counsel.ts'
import { Id, Line } from './protocol/text.ts'

/** The counter of 민원 상담: which departments answer what. Without it this house has none. */

const whole = (minimum: number, maximum: number, value: number) => Type.Integer({ minimum, maximum, default: value })
const named = { id: Id, name: Line, nameEn: Type.Optional(Line) }

export const CounselConfig = Type.Object(
	{
		departments: Type.Array(
			Type.Object(
				{
					...named,
					/** What people come for. Ids are the only ones of their kind in the house. */
					topics: Type.Array(Type.Object(named, { additionalProperties: false }), { minItems: 1, maxItems: 12 }),
				},
				{ additionalProperties: false },
			),
			{ minItems: 1, maxItems: 24 },
		),
		/** What a session takes, before any has shown it. */
		minutes: whole(1, 240, 10),
		/** Whoever is called has so long, and is called so often. */
		callSeconds: whole(10, 900, 120),
		calls: whole(1, 5, 2),
		/** Whoever stepped out keeps the place so long. */
		awayMinutes: whole(1, 240, 30),
		/** A session that its visitor's page has left ends by itself after so long; an official may wait longer. */
		emptySeconds: whole(15, 3_600, 90),
		/** How long number, department, topic and times of a visit are kept. 0: nothing is. */
		recordDays: whole(0, 36_500, 0),
		/** Whether a visitor for whom nobody is there yet rings this room. */
		ring: Type.Boolean({ default: true }),
		/** The city's gateway for text messages: takes `{to, text}` as JSON. */
		sms: Type.Optional(
			Type.Object(
				{
					url: Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 300 }),
					secret: Type.Optional(Type.String({ minLength: 1 })),
				},
				{ additionalProperties: false },
			),
		),
	},
	{ additionalProperties: false },
)
export type CounselConfig = Static<typeof CounselConfig>

/** What is in the list of departments, as the counter takes it. A name without an English one stays as it is. */
export function departmentsOf({ departments }: CounselConfig): { departments: Department[]; topics: Topic[] } {
	return {
		departments: departments.map(({ id, name, nameEn = name }) => ({ id, ko: name, en: nameEn })),
		topics: departments.flatMap(({ id: department, topics }) =>
			topics.map(({ id, name, nameEn = name }) => ({ id, ko: name, en: nameEn, department })),
		),
	}
}

/** The counter of the demo room. */
export const demoCounsel: CounselConfig = {
	departments: [
		{
			...{ id: 'civil', name: '민원여권과', nameEn: 'Civil affairs' },
			topics: [
				{ id: 'passport', name: '여권', nameEn: 'Passport' },
				{ id: 'certificates', name: '제증명', nameEn: 'Certificates' },
			],
		},
		{
			...{ id: 'urban', name: '도시건축과', nameEn: 'Urban planning' },
			topics: [{ id: 'building', name: '건축 허가', nameEn: 'Building permits' }],
		},
		{
			...{ id: 'welfare', name: '복지정책과', nameEn: 'Welfare' },
			topics: [{ id: 'benefits', name: '복지 급여', nameEn: 'Benefits' }],
		},
	],
	...{ minutes: 10, callSeconds: 120, calls: 2, awayMinutes: 30, emptySeconds: 90, recordDays: 0, ring: true },
}
