import { accessSync, constants, globSync, statfsSync, statSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Said } from '../../protocol/diagnosis.ts'
import { makeDataFolder } from '../data-folder.ts'
import { advice, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { reasonOf } from './reading.ts'

/** The folder where everything is kept, and the disk below it. */

interface Disk {
	freeBytes: number
	totalBytes: number
	/** Null: this file system counts none. */
	freeInodes: number | null
	inMemory: boolean
}

export interface Data {
	dir: string
	/** Why it cannot be written; null: it can. */
	refusal: string | null
	/** Secrets that others than their owner may read, from the folder on. */
	open: readonly string[]
	disk: Read<Disk>
	/** How long a write takes until it is safe, the median of some. */
	syncMs: Read<number>
	/** Null: nginx fetches segments. */
	segments: { dir: string; refusal: string | null; disk: Read<Disk> } | null
}

const gib = 1024 ** 3
/** Recordings leave so much to everything else (`recordingReserveBytes`), so with less there are none. */
const free = { least: gib, good: 10 * gib }
const inodesNeeded = 2_000
const segmentsNeeded = 256 * 1024 ** 2
/** Every vote and every word given waits for one: a tap is to be seen within 0.4 s. */
const syncMs = { good: 40, most: 200 }
const tmpfs = 0x01021994
const ramfs = 0x858458f6

export function judgeData(read: Data): Finding[] {
	return [
		folderFinding(read),
		secretFinding(read),
		diskFinding(read),
		speedFinding(read.syncMs),
		...segmentFinding(read),
	]
}

function folderFinding({ dir, refusal, disk }: Data): Finding {
	if (refusal !== null) {
		const detail = { ko: `${dir}에 쓸 수 없습니다 (${refusal})`, en: `${dir} cannot be written (${refusal})` }
		const mend =
			refusal === 'EROFS'
				? {
						ko: 'sudo mount -o remount,rw (디스크 고장일 수 있습니다: sudo dmesg)',
						en: 'sudo mount -o remount,rw (the disk may be failing: sudo dmesg)',
					}
				: {
						ko: `sudo chown -R maru: ${dir}, 또는 MARU_DATA로 다른 폴더를`,
						en: `sudo chown -R maru: ${dir}, or another folder by MARU_DATA`,
					}
		return fault('data', detail, mend)
	}
	if (!isUnread(disk) && disk.inMemory) {
		const detail = {
			ko: `${dir}이(가) 메모리에 있어 전원을 끄면 모두 사라집니다`,
			en: `${dir} is in memory: all of it is gone when the power is`,
		}
		return fault('data', detail, {
			ko: 'MARU_DATA로 디스크의 폴더를 지정하십시오',
			en: 'name a folder on a disk by MARU_DATA',
		})
	}
	return ok('data', dir)
}

function secretFinding({ dir, open }: Data): Finding {
	if (open.length === 0) return ok('secrets', { ko: '소유자만 읽을 수 있습니다', en: 'their owner alone reads them' })
	const names = open.map((name) => join(dir, name)).join(' ')
	const detail = { ko: `다른 사용자가 읽을 수 있습니다: ${names}`, en: `others may read them: ${names}` }
	return fault('secrets', detail, `sudo chmod 600 ${names}`)
}

function diskFinding({ dir, disk }: Data): Finding {
	if (isUnread(disk)) return unread('disk', disk, `df -h ${dir}`)
	const { freeBytes, totalBytes, freeInodes } = disk
	const found = {
		ko: `${gibOf(freeBytes)} GiB 남음 (전체 ${gibOf(totalBytes)} GiB)`,
		en: `${gibOf(freeBytes)} GiB free of ${gibOf(totalBytes)}`,
	}
	if (freeInodes !== null && freeInodes < inodesNeeded) {
		const detail = { ko: `아이노드가 ${freeInodes}개만 남았습니다`, en: `${freeInodes} inodes are left` }
		return fault('disk', detail, {
			ko: `작은 파일이 많은 곳을 찾아 지우십시오: sudo du --inodes -x / | sort -n | tail`,
			en: `find and remove what has many small files: sudo du --inodes -x / | sort -n | tail`,
		})
	}
	const mend: Said = {
		ko: `녹화를 지우거나(/recordings) maru.yaml에 relay.recordings.keepDays를 정하십시오. 큰 것부터: sudo du -xh ${dir} | sort -h | tail`,
		en: `remove recordings (/recordings), or set relay.recordings.keepDays in maru.yaml. The largest: sudo du -xh ${dir} | sort -h | tail`,
	}
	if (freeBytes < free.least) return fault('disk', found, mend)
	return freeBytes < free.good ? advice('disk', found, mend) : ok('disk', found)
}

function speedFinding(read: Read<number>): Finding {
	if (isUnread(read)) {
		return unread('disk-speed', read, { ko: '데이터 폴더의 문제를 먼저 고치십시오', en: 'mend the data folder first' })
	}
	const found = { ko: `저장에 ${read.toFixed(1)} ms`, en: `${read.toFixed(1)} ms until a write is safe` }
	const mend = {
		ko: 'SSD에 두십시오(MARU_DATA). SSD라면 sudo smartctl -a로 고장을 확인하십시오',
		en: 'put it on an SSD (MARU_DATA); if it is one, sudo smartctl -a tells whether it fails',
	}
	if (read > syncMs.most) return fault('disk-speed', found, mend)
	return read > syncMs.good ? advice('disk-speed', found, mend) : ok('disk-speed', found)
}

function segmentFinding({ segments }: Data): Finding[] {
	if (!segments) return []
	const { dir, refusal, disk } = segments
	if (refusal !== null) {
		const detail = { ko: `${dir}에 쓸 수 없습니다 (${refusal})`, en: `${dir} cannot be written (${refusal})` }
		return [fault('segments', detail, 'sudo systemd-tmpfiles --create (systemd/maru-relay.tmpfiles.conf)')]
	}
	if (isUnread(disk)) return [unread('segments', disk, `df -h ${dir}`)]
	const found = { ko: `${dir}: ${gibOf(disk.freeBytes)} GiB 남음`, en: `${dir}: ${gibOf(disk.freeBytes)} GiB free` }
	if (disk.freeBytes >= segmentsNeeded) return [ok('segments', found)]
	return [
		fault('segments', found, {
			ko: 'maru.yaml의 relay.segmentsDir에 더 넓은 폴더를 지정하십시오',
			en: 'name a larger folder as relay.segmentsDir in maru.yaml',
		}),
	]
}

const gibOf = (bytes: number) => (bytes / gib).toFixed(1)

/** Makes the folder where it is missing, and leaves nothing else behind. */
export async function readData(dir: string, segmentsDir: string | undefined): Promise<Data> {
	const refusal = refusalOf(dir, true)
	return {
		dir,
		refusal,
		open: openSecrets(dir),
		disk: diskOf(dir),
		syncMs: refusal === null ? await timeOfSync(dir) : { unread: refusal },
		segments:
			segmentsDir === undefined
				? null
				: { dir: segmentsDir, refusal: refusalOf(segmentsDir, false), disk: diskOf(segmentsDir) },
	}
}

function refusalOf(dir: string, make: boolean): string | null {
	try {
		if (make) makeDataFolder(dir)
		accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
		return null
	} catch (error) {
		return reasonOf(error)
	}
}

function openSecrets(dir: string): string[] {
	const names = globSync(['identity/*', 'secrets/*', 'certificates/*.key', 'maru.db'], { cwd: dir })
	return names
		.filter((name) => {
			const found = statSync(join(dir, name), { throwIfNoEntry: false })
			return found?.isFile() && (found.mode & 0o077) !== 0
		})
		.sort()
}

function diskOf(dir: string): Read<Disk> {
	try {
		const { type, bsize, blocks, bavail, files, ffree } = statfsSync(dir)
		return {
			freeBytes: bsize * bavail,
			totalBytes: bsize * blocks,
			freeInodes: files === 0 ? null : ffree,
			inMemory: type === tmpfs || type === ramfs,
		}
	} catch (error) {
		return { unread: reasonOf(error) }
	}
}

async function timeOfSync(dir: string): Promise<Read<number>> {
	const path = join(dir, `.doctor-${process.pid}`)
	try {
		const file = await open(path, 'wx', 0o600)
		const times: number[] = []
		try {
			for (let i = 0; i < 7; i++) {
				const from = performance.now()
				await file.write(Buffer.alloc(4_096, i))
				await file.datasync()
				times.push(performance.now() - from)
			}
		} finally {
			await file.close()
			await rm(path)
		}
		return times.sort((a, b) => a - b)[3] ?? 0
	} catch (error) {
		return { unread: reasonOf(error) }
	}
}
