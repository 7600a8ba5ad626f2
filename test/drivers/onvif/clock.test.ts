import { describe, expect, it } from 'vitest'
import { CameraClock, readDateAndTime } from '../../../drivers/onvif/clock.ts'
import { escapeXml, parseXml } from '../../../drivers/onvif/xml.ts'

const moment = (hour: number) =>
	`<tt:Time><tt:Hour>${hour}</tt:Hour><tt:Minute>5</tt:Minute><tt:Second>9</tt:Second></tt:Time><tt:Date><tt:Year>2026</tt:Year><tt:Month>11</tt:Month><tt:Day>3</tt:Day></tt:Date>`
const answer = (inside: string) =>
	parseXml(
		`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>${inside}</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`,
	)
const local = (zone: string, summer = false) =>
	answer(
		`<tt:DaylightSavings>${summer}</tt:DaylightSavings><tt:TimeZone><tt:TZ>${escapeXml(zone)}</tt:TZ></tt:TimeZone><tt:LocalDateTime>${moment(12)}</tt:LocalDateTime>`,
	)
/** In the middle of the second that it told. */
const utc = (hour: number, minute = 5) => Date.UTC(2026, 10, 3, hour, minute, 9, 500)

describe('A camera’s time', () => {
	it('is its UTC', () => {
		expect(readDateAndTime(answer(`<tt:UTCDateTime>${moment(12)}</tt:UTCDateTime>`))).toBe(utc(12))
	})

	it.each([
		['UTC0', false, utc(12)],
		['KST-9', false, utc(3)],
		['<+09>-9', false, utc(3)],
		['EST5EDT,M3.2.0,M11.1.0', false, utc(17)],
		['EST5EDT,M3.2.0,M11.1.0', true, utc(16)],
		['IST-5:30', false, utc(6, 35)],
		['', false, utc(12)],
		['no zone at all', false, utc(12)],
	])('is its local time in the zone %s, where it tells no UTC', (zone, summer, expected) => {
		expect(readDateAndTime(local(zone, summer))).toBe(expected)
	})

	it.each(['', '<tt:UTCDateTime/>', `<tt:UTCDateTime>${moment(12).replace('2026', 'x')}</tt:UTCDateTime>`])(
		'is unknown where there is none',
		(inside) => {
			expect(readDateAndTime(answer(inside))).toBeNull()
		},
	)

	it('runs on from what it said in the middle of the question', () => {
		const clock = new CameraClock()
		expect(clock.measured(1_000_000, 200, 300)).toBe(true)
		expect(clock.now(250)).toBe(1_000_000)
		expect(clock.now(1_250)).toBe(1_001_000)
	})

	it('has moved when it says something else than it should, by more than it can be told', () => {
		const clock = new CameraClock()
		clock.measured(1_000_000, 0, 0)
		expect(clock.measured(1_011_000, 10_000, 10_000)).toBe(false)
		expect(clock.measured(946_684_800_000, 20_000, 20_000)).toBe(true)
	})

	it('is ours where it was never asked, and is asked again after ten minutes', () => {
		const clock = new CameraClock()
		expect(Math.abs(clock.now(5) - Date.now())).toBeLessThan(1_000)
		expect(clock.offsetMs(5)).toBeNull()
		expect(clock.isOld(1e9)).toBe(false)
		const at = performance.now()
		clock.measured(Date.now() + 3 * 86_400_000, at, at)
		expect(clock.offsetMs(at)).toBeCloseTo(3 * 86_400_000, -3)
		expect(clock.isOld(at + 599_000)).toBe(false)
		expect(clock.isOld(at + 601_000)).toBe(true)
	})
})
