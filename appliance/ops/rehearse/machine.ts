import { randomBytes, X509Certificate } from 'node:crypto'
import { open, rm, statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { readBackup } from '../doctor/backup.ts'
import { readClock } from '../doctor/clock.ts'
import { isUnread } from '../doctor/finding.ts'
import type { BackupReading, CertificateReading, ClockReading, DiskReading } from './readings.ts'
import { codeOf } from './trying.ts'

/** What the machine beneath is asked. */
export interface Machine {
	disk(): Promise<DiskReading>
	certificate(): CertificateReading
	/** `known`: a moment that is known to have been. */
	clock(known: number): Promise<ClockReading>
	backup(): BackupReading
}

export interface MachineOptions {
	/** The data folder. */
	dir: string
	/** What the HTTPS listener shows, in PEM, and the host that links name. */
	certificate: () => string
	host: () => string
	backupDays: number
	now: () => number
}

const chunkBytes = 1024 ** 2
const chunks = 16

export function machineOf({ dir, certificate, host, backupDays, now }: MachineOptions): Machine {
	return {
		disk: () => readDisk(dir),
		certificate: () => readCertificate(certificate(), host(), now()),
		async clock(known) {
			const { synchronised, installedAt } = await readClock('en', null)
			const told = isUnread(synchronised) ? null : synchronised
			return { kind: 'clock', synchronised: told, now: now(), known: Math.max(known, installedAt) }
		},
		backup() {
			const { record, file, since } = readBackup(dir)
			const found = { kind: 'backup', since, now: now(), days: backupDays } as const
			if (isUnread(record)) return { ...found, at: 0, file: 'gone' }
			return { ...found, at: record?.at ?? null, file }
		},
	}
}

/** Writes a file of 16 MiB for good, and removes it. */
export async function readDisk(dir: string): Promise<DiskReading> {
	const found = { kind: 'disk', freeBytes: 0, allBytes: 0, freeFiles: 0, allFiles: 0, bytesPerSecond: 0 } as const
	const file = join(dir, `.rehearsal-${process.pid}`)
	try {
		const { bavail, blocks, bsize, ffree, files } = await statfs(dir)
		const room = { freeBytes: bavail * bsize, allBytes: blocks * bsize, freeFiles: ffree, allFiles: files }
		// Not zeros: some disks write none.
		const chunk = randomBytes(chunkBytes)
		const handle = await open(file, 'wx', 0o600)
		try {
			const began = performance.now()
			for (let i = 0; i < chunks; i++) await handle.write(chunk)
			await handle.sync()
			const seconds = (performance.now() - began) / 1_000
			return { ...found, ...room, error: null, bytesPerSecond: Math.round((chunks * chunkBytes) / seconds) }
		} finally {
			await handle.close()
			await rm(file, { force: true })
		}
	} catch (error) {
		return { ...found, error: codeOf(error) }
	}
}

function readCertificate(pem: string, host: string, now: number): CertificateReading {
	try {
		const certificate = new X509Certificate(pem)
		const covered = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)
		const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
		return { kind: 'certificate', readable: true, from, to, now, host, covered: covered !== undefined }
	} catch {
		return { kind: 'certificate', readable: false, from: 0, to: 0, now, host, covered: false }
	}
}
