import { setTimeout as sleep } from 'node:timers/promises'
import { StepFault } from './fault.ts'
import type { Sample } from './gate.ts'
import { runProgram, succeed } from './programs.ts'

/** What an update does to the machine: dpkg, systemd, and looking at the service. */
export interface Machine {
	/** Resolves when the service has ended. */
	stopService(): Promise<void>
	/** Begins to start it, and does not wait. */
	startService(): Promise<void>
	/** Installs packages, also older ones, without starting anything. */
	install(packages: readonly string[]): Promise<void>
	look(): Promise<Sample>
	/** What `maru doctor` finds wrong, by name. */
	doctor(): Promise<string[]>
	now(): number
	sleep(ms: number): Promise<void>
}

const unit = 'maru.service'
const doctorMs = 120_000
const answerMs = 5_000
const ownChecks = new Set([
	...['node', 'configuration', 'user', 'sandbox', 'chromium', 'ffmpeg', 'worker', 'data', 'secrets', 'database'],
	...['journals', 'ports', 'certificate', 'authority', 'service', 'units', 'version', 'speakerphone-rule'],
])
/** Another dpkg, of Debian's own updates perhaps, may hold the lock for a while. */
const lockPatienceMs = 300_000
const lockEveryMs = 2_000

/** The scripts of the package leave the service alone where this is set (systemd/deb/postinst, prerm). */
const dpkgEnv = {
	MARU_UPDATING: '1',
	DEBIAN_FRONTEND: 'noninteractive',
	PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
}

/** This machine. `health`: the address that the service tells its health at. */
export function thisMachine(health: string): Machine {
	return {
		async stopService() {
			await succeed(['systemctl', 'stop', unit])
		},
		async startService() {
			await succeed(['systemctl', 'daemon-reload'])
			// Also sets the counter of restarts to 0. It fails where there is nothing to reset.
			await runProgram(['systemctl', 'reset-failed', unit])
			await succeed(['systemctl', 'start', '--no-block', unit])
		},
		install: (packages) => dpkgInstall(packages),
		async look() {
			const said = (await runProgram(['systemctl', 'show', unit, '-p', 'NRestarts', '--value'])).stdout
			return { health: await healthAt(health), restarts: Number(said) || 0 }
		},
		async doctor() {
			const { stdout } = await runProgram(['/usr/bin/maru', 'doctor', '--json'], { timeoutMs: doctorMs })
			return faultsOf(stdout)
		},
		now: Date.now,
		sleep: (ms) => sleep(ms),
	}
}

/** Of what the doctor finds wrong, what an update can have broken; a camera without power is not its doing. */
export function faultsOf(json: string): string[] {
	try {
		const { findings } = JSON.parse(json) as { findings: { check: string; of: string | null; state: string }[] }
		return findings
			.filter(({ check, state }) => state === 'fault' && ownChecks.has(check))
			.map(({ check, of }) => (of === null ? check : `${check} ${of}`))
	} catch {
		// One that cannot even look is not well either.
		return ['doctor']
	}
}

async function healthAt(address: string): Promise<Sample['health']> {
	try {
		const response = await fetch(address, { signal: AbortSignal.timeout(answerMs) })
		return response.ok ? ((await response.json()) as Record<string, unknown>) : null
	} catch {
		return null
	}
}

async function dpkgInstall(packages: readonly string[]) {
	// What the administrator has changed of the configuration stays, and nobody is asked.
	const command = ['dpkg', '--force-confold', '--install', ...packages]
	for (const until = Date.now() + lockPatienceMs; ; await sleep(lockEveryMs)) {
		const { code, stdout, stderr } = await runProgram(command, { env: dpkgEnv })
		if (code === 0) return
		if (/lock/.test(stderr) && /another process/.test(stderr) && Date.now() < until) continue
		throw new StepFault('dpkg', `${stdout}\n${stderr}`.trim().split('\n').slice(-3).join(' · ').slice(-500))
	}
}
