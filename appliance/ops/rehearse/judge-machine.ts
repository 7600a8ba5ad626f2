import type { BackupReading, CertificateReading, ClockReading, DiskReading } from './readings.ts'
import { absent, failed, passed, type Verdict } from './verdict.ts'

/** What the machine beneath says of itself. */

const gigabyte = 1024 ** 3
const dayMs = 86_400_000
/** An hour of recording takes about a gigabyte and a half; a day of meetings must fit. */
const leastFreeBytes = 10 * gigabyte
const leastFreeShare = 0.05
/** The relay writes and the journal waits for the disk: less than this and both are felt. */
const leastBytesPerSecond = 5_000_000
/** The service makes a new one of its own at a start in the last thirty days. */
const leastDays = 14
/** Less is what a time server sets right. */
const clockPlayMs = 5 * 60_000

export function judgeDisk(reading: DiskReading): Verdict {
	const { error, freeBytes, allBytes, freeFiles, allFiles, bytesPerSecond } = reading
	if (error !== null) {
		if (error === 'ENOSPC' || error === 'EDQUOT') return failed('disk-full', error)
		const shut = error === 'EROFS' || error === 'EACCES' || error === 'EPERM' || error === 'ENOENT'
		return failed(shut ? 'disk-read-only' : 'disk-failed', error)
	}
	const free = `${(freeBytes / gigabyte).toFixed(1)} GiB`
	// A small disk that is almost empty is well; a large one that is almost full is not.
	if (freeBytes < Math.min(leastFreeBytes, allBytes / 2) || freeBytes < allBytes * leastFreeShare) {
		return failed('disk-low', free)
	}
	if (allFiles > 0 && freeFiles < allFiles * leastFreeShare) return failed('disk-inodes', `${freeFiles}`)
	const speed = `${Math.round(bytesPerSecond / 1_000_000)} MB/s`
	return bytesPerSecond < leastBytesPerSecond ? failed('disk-slow', speed) : passed(`${free}, ${speed}`)
}

export function judgeCertificate({ readable, from, to, now, host, covered }: CertificateReading): Verdict {
	if (!readable) return failed('certificate-unreadable')
	const day = (at: number) => new Date(at).toISOString().slice(0, 10)
	if (now < from) return failed('certificate-early', day(from))
	if (now >= to) return failed('certificate-expired', day(to))
	if (to - now < leastDays * dayMs) return failed('certificate-expiring', day(to))
	return covered ? passed(day(to)) : failed('certificate-name', host)
}

export function judgeClock({ synchronised, now, known }: ClockReading): Verdict {
	if (now < known - clockPlayMs) return failed('clock-back', new Date(now).toISOString())
	if (synchronised === null) return absent('clock-unknown')
	return synchronised ? passed() : failed('clock-unsynchronised')
}

export function judgeBackup({ at, file, since, now, days }: BackupReading): Verdict {
	if (at === null) {
		const young = since === null || now - since < days * dayMs
		return young ? absent('backup-none') : failed('backup-none')
	}
	if (file === 'gone') return failed('backup-gone')
	const age = Math.max(0, (now - at) / dayMs)
	return age > days ? failed('backup-old', `${Math.floor(age)} d`) : passed(`${Math.round(age * 24)} h`)
}
